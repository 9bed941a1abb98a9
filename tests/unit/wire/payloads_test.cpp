// The payloads of a few fields each: reading, writing, limits.
#include "base/limits.h"
#include "fuzz/round_trip.h"
#include "unit/wire/octets.h"
#include "wire/v2/auth.h"
#include "wire/v2/cert.h"
#include "wire/v2/certreq.h"
#include "wire/v2/cp.h"
#include "wire/v2/delete.h"
#include "wire/v2/eap.h"
#include "wire/v2/id.h"
#include "wire/v2/ke.h"
#include "wire/v2/nonce.h"
#include "wire/v2/notify.h"
#include "wire/v2/vendor.h"

namespace ike::wire::v2 {
namespace {

using test::octets;
using test::parsed;
using test::reason;
using test::written;

// Parses, compares what is written with what came, and hands the payload on.  `body` must outlive
// the result.
template <typename Payload>
Payload read_back(const Blob& body) {
  const auto payload = parsed<Payload>(body);
  EXPECT_TRUE(payload) << reason(payload);
  if (!payload) return {};
  EXPECT_EQ(to_hex(written(*payload)), to_hex(body));
  return *payload;
}

TEST(Ke, HasMethodAndData) {
  const Blob body = octets("001f0000 abcdef");
  const Ke ke = read_back<Ke>(body);
  EXPECT_EQ(ke.method, KeMethod::curve25519);
  EXPECT_EQ(to_hex(ke.data), "abcdef");
}

TEST(Ke, NeedsData) {
  EXPECT_EQ(reason(parsed<Ke>(octets("001f0000"))), "KE: no key exchange data");
  EXPECT_EQ(reason(parsed<Ke>(octets("001f00"))), "truncated");
}

TEST(Id, HasTypeAndData) {
  const Blob body = octets("02000000 67772e6578616d706c65");
  const Id id = read_back<Id>(body);
  EXPECT_EQ(id.type, IdType::fqdn);
  EXPECT_EQ(as_text(id.data), "gw.example");
}

//= RFC 7296 section 2.15: the body goes into the AUTH octets as it was sent
TEST(Id, KeepsTheBodyWithItsReservedOctets) {
  const Blob body = octets("0b112233 aabb");
  const auto id = parsed<Id>(body);
  ASSERT_TRUE(id);
  EXPECT_EQ(to_hex(id->body), "0b112233aabb");
  EXPECT_EQ(to_hex(id->data), "aabb");
}

TEST(Id, IsBounded) {
  EXPECT_TRUE(parsed<Id>(Blob(4 + limits::kIdentityMax)));
  EXPECT_EQ(parsed<Id>(Blob(5 + limits::kIdentityMax)).error().fault, Fault::limit);
  EXPECT_EQ(reason(parsed<Id>(Blob(3))), "truncated");
}

TEST(Cert, HasEncodingAndData) {
  const Blob body = octets("04 3082");
  EXPECT_EQ(read_back<Cert>(body).encoding, CertEncoding::x509_signature);
  EXPECT_EQ(reason(parsed<Cert>({})), "truncated");
}

//= RFC 7296 section 3.7: hashes of 20 octets in a row
TEST(CertReq, CountsItsAuthorities) {
  Blob body = octets("04");
  body.resize(1 + 40, 0xaa);
  body[21] = 0xbb;
  const CertReq request = read_back<CertReq>(body);
  ASSERT_EQ(request.count(), 2u);
  EXPECT_EQ(request.authority(1).front(), 0xbb);
  EXPECT_EQ(request.authority(1).size(), 20u);
  body.push_back(0);
  EXPECT_EQ(parsed<CertReq>(body)->count(), 0u);
}

TEST(Auth, HasMethodAndData) {
  const Blob body = octets("02000000 0102");
  EXPECT_EQ(read_back<Auth>(body).method, AuthMethod::psk);
  EXPECT_EQ(reason(parsed<Auth>(octets("02000000"))), "AUTH: no authentication data");
}

//= RFC 7296 section 3.9: 16 to 256 octets
TEST(Nonce, HasBoundsOfSize) {
  EXPECT_EQ(reason(parsed<Nonce>(Blob(limits::kNonceMin - 1))), "Nonce: shorter than 16 octets");
  EXPECT_TRUE(parsed<Nonce>(Blob(limits::kNonceMin)));
  EXPECT_TRUE(parsed<Nonce>(Blob(limits::kNonceMax)));
  EXPECT_EQ(reason(parsed<Nonce>(Blob(limits::kNonceMax + 1))), "Nonce: longer than 256 octets");
  read_back<Nonce>(Blob(32, 7));
}

TEST(Notify, HasProtocolSpiTypeAndData) {
  const Blob body = octets("03044009 c61ea2a0 0102");
  const Notify n = read_back<Notify>(body);
  EXPECT_EQ(n.protocol, ProtocolId::esp);
  EXPECT_EQ(n.type, NotifyType::rekey_sa);
  EXPECT_EQ(to_hex(n.spi), "c61ea2a0");
  EXPECT_EQ(to_hex(n.data), "0102");
  EXPECT_EQ(reason(parsed<Notify>(octets("03044009 c61ea2"))), "truncated");
  EXPECT_EQ(reason(parsed<Notify>(octets("030440"))), "truncated");
}

TEST(Delete, HasTheSpisOfItsProtocol) {
  const Blob body = octets("03040002 00000100 fffffffe");
  const Delete d = read_back<Delete>(body);
  ASSERT_EQ(d.count(), 2u);
  EXPECT_EQ(d.spi(0), EspSpi(0x100));
  EXPECT_EQ(d.spi(1), EspSpi(0xfffffffe));
}

//= RFC 7296 section 3.11: no SPI for the IKE SA, four octets for the others
TEST(Delete, JudgesSpiSizesByProtocol) {
  EXPECT_EQ(read_back<Delete>(octets("01000000")).protocol, ProtocolId::ike);
  EXPECT_EQ(reason(parsed<Delete>(octets("01080001 0102030405060708"))),
            "D: SPI size does not fit the protocol");
  EXPECT_EQ(reason(parsed<Delete>(octets("01000001"))), "D: the IKE SA is deleted without SPIs");
  EXPECT_EQ(reason(parsed<Delete>(octets("03000001"))), "D: SPI size does not fit the protocol");
  EXPECT_EQ(reason(parsed<Delete>(octets("03040002 00000100"))), "truncated");
  EXPECT_EQ(reason(parsed<Delete>(octets("03040001 00000100 00"))), "octets after the end");
}

TEST(Delete, IsBounded) {
  Blob body = octets("03040100");
  body.resize(4 + 4 * limits::kDeletedSpisMax);
  EXPECT_EQ(parsed<Delete>(body)->count(), limits::kDeletedSpisMax);
  body[3] = 1;
  body.resize(body.size() + 4);
  EXPECT_EQ(parsed<Delete>(body).error().fault, Fault::limit);
}

TEST(Vendor, IsItsBody) {
  EXPECT_EQ(to_hex(read_back<Vendor>(octets("0102")).data).size(), 4u);
  EXPECT_TRUE(parsed<Vendor>({}));
}

TEST(Cp, HasTypeAndAttributes) {
  const Blob body = octets("01000000 00010000 00080011 20010db8000000000000000000000001 40");
  const Cp cp = read_back<Cp>(body);
  EXPECT_EQ(cp.type, CpType::request);
  ASSERT_EQ(cp.attributes.size(), 2u);
  EXPECT_EQ(cp.attributes[0].type, CpAttributeType::ip4_address);
  EXPECT_TRUE(cp.attributes[0].value.empty());
  EXPECT_EQ(cp.attributes[1].value.size(), 17u);
  EXPECT_EQ(name_of(cp.attributes[1].type), "INTERNAL_IP6_ADDRESS");
  EXPECT_EQ(reason(parsed<Cp>(octets("01000000 00010001"))), "truncated");
}

//= RFC 7296 section 3.15.1: the first bit of the type is ignored
TEST(Cp, IgnoresTheReservedBit) {
  const Blob body = octets("02000000 80010000");
  EXPECT_EQ(parsed<Cp>(body)->attributes[0].type, CpAttributeType::ip4_address);
}

TEST(Cp, IsBounded) {
  Blob body = octets("01000000");
  for (size_t i = 0; i < kCpAttributesMax; ++i) append(body, octets("00010000"));
  EXPECT_EQ(parsed<Cp>(body)->attributes.size(), kCpAttributesMax);
  append(body, octets("00010000"));
  EXPECT_EQ(parsed<Cp>(body).error().fault, Fault::limit);
}

TEST(Eap, HasATypeInRequestsAndResponsesOnly) {
  const Blob identity = octets("02070008 01626f62");
  const Eap eap = read_back<Eap>(identity);
  EXPECT_EQ(eap.code, EapCode::response);
  EXPECT_EQ(eap.identifier, 7);
  EXPECT_EQ(eap.type, 1);
  EXPECT_EQ(as_text(eap.data), "bob");
  read_back<Eap>(octets("03070004"));
  EXPECT_EQ(reason(parsed<Eap>(octets("03070005"))), "EAP: length differs from the payload's");
  EXPECT_EQ(reason(parsed<Eap>(octets("01070004"))), "truncated");
}

}  // namespace
}  // namespace ike::wire::v2
