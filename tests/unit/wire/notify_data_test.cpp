#include "wire/v2/notify_data.h"

#include "fuzz/round_trip.h"
#include "unit/wire/octets.h"

namespace ike::wire::v2 {
namespace {

using test::octets;
using test::parsed;
using test::reason;
using test::written;

TEST(NotifyData, NamesTheCriticalPayload) {
  EXPECT_EQ(parsed<UnsupportedCriticalPayload>(octets("37"))->type, static_cast<PayloadType>(55));
  EXPECT_FALSE(parsed<UnsupportedCriticalPayload>({}));
  EXPECT_EQ(to_hex(written(UnsupportedCriticalPayload{static_cast<PayloadType>(55)})), "37");
}

TEST(NotifyData, NamesTheGroupThatTheResponderTakes) {
  EXPECT_EQ(parsed<InvalidKePayload>(octets("0013"))->method, KeMethod::ecp256);
  EXPECT_EQ(reason(parsed<InvalidKePayload>(octets("13"))), "truncated");
  EXPECT_EQ(reason(parsed<InvalidKePayload>(octets("001300"))), "octets after the end");
  EXPECT_EQ(to_hex(written(InvalidKePayload{KeMethod::curve25519})), "001f");
}

//= RFC 7296 section 2.6: 1 to 64 octets
TEST(NotifyData, BoundsTheCookie) {
  EXPECT_EQ(reason(parsed<Cookie>({})), "COOKIE: empty");
  EXPECT_TRUE(parsed<Cookie>(Blob(1)));
  EXPECT_TRUE(parsed<Cookie>(Blob(64)));
  EXPECT_EQ(reason(parsed<Cookie>(Blob(65))), "COOKIE: longer than 64 octets");
}

//= RFC 7296 section 2.23: a SHA-1 hash
TEST(NotifyData, TakesNatDetectionHashesOfTwentyOctets) {
  EXPECT_FALSE(parsed<NatDetection>(Blob(19)));
  EXPECT_TRUE(parsed<NatDetection>(Blob(20)));
  EXPECT_FALSE(parsed<NatDetection>(Blob(21)));
}

//= RFC 7427 section 4: numbers of two octets
TEST(NotifyData, ListsSignatureHashes) {
  const Blob body = octets("0002 0004 00ff");
  const auto list = parsed<SignatureHashes>(body);
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->contains(SignatureHash::sha2_256));
  EXPECT_TRUE(list->contains(SignatureHash::sha2_512));
  EXPECT_FALSE(list->contains(SignatureHash::sha1));
  EXPECT_EQ(written(*list), body);
  EXPECT_FALSE(parsed<SignatureHashes>(octets("000200")));
  EXPECT_TRUE(parsed<SignatureHashes>(Blob(2 * SignatureHashes::kMax)));
  EXPECT_EQ(parsed<SignatureHashes>(Blob(2 * SignatureHashes::kMax + 2)).error().fault,
            Fault::limit);
}

TEST(NotifyData, ReadsTheNumbers) {
  EXPECT_EQ(parsed<InvalidMessageId>(octets("00000005"))->id, MessageId(5));
  EXPECT_EQ(parsed<SetWindowSize>(octets("00000004"))->size, 4u);
  EXPECT_EQ(reason(parsed<SetWindowSize>(octets("00000000"))), "SET_WINDOW_SIZE: zero");
  EXPECT_EQ(parsed<AuthLifetime>(octets("00000e10"))->seconds, 3600u);
  const auto ipcomp = parsed<IpcompSupported>(octets("123402"));
  ASSERT_TRUE(ipcomp);
  EXPECT_EQ(ipcomp->cpi, 0x1234);
  EXPECT_EQ(ipcomp->transform, 2);
}

TEST(NotifyData, ReadsAdditionalAddresses) {
  EXPECT_EQ(parsed<AdditionalAddress>(octets("c0000201"))->address.text(), "192.0.2.1");
  EXPECT_EQ(parsed<AdditionalAddress>(octets("20010db8000000000000000000000001"))->address.text(),
            "2001:db8::1");
  EXPECT_FALSE(parsed<AdditionalAddress>(octets("c00002")));
}

TEST(NotifyData, ReadsARedirect) {
  const Blob body = octets("0104c0000201aabb");
  const auto redirect = parsed<Redirect>(body);
  ASSERT_TRUE(redirect);
  EXPECT_EQ(redirect->gateway_type, Redirect::kIpv4);
  EXPECT_EQ(to_hex(redirect->gateway), "c0000201");
  EXPECT_EQ(to_hex(redirect->nonce), "aabb");
  EXPECT_FALSE(parsed<Redirect>(octets("0105c0000201")));
}

//= RFC 7296 section 1.3.3: the SPI is in the notify's SPI field
TEST(NotifyData, FindsTheChildSaToRekey) {
  const Blob spi = octets("c61ea2a0");
  Notify n{ProtocolId::esp, NotifyType::rekey_sa, spi, {}};
  ASSERT_TRUE(RekeySa::from(n));
  EXPECT_EQ(RekeySa::from(n)->spi, EspSpi(0xc61ea2a0));
  n.protocol = ProtocolId::ike;
  EXPECT_EQ(reason(RekeySa::from(n)), "REKEY_SA: neither ESP nor AH");
  n = {ProtocolId::esp, NotifyType::rekey_sa, Bytes(spi).first(3), {}};
  EXPECT_EQ(reason(RekeySa::from(n)), "REKEY_SA: SPI of less than 4 octets");
}

TEST(NotifyData, ParsesFromANotify) {
  const Blob data = octets("001f");
  const Notify n{ProtocolId::none, NotifyType::invalid_ke_payload, {}, data};
  EXPECT_EQ(parse_data<InvalidKePayload>(n)->method, KeMethod::curve25519);
  const Notify empty{ProtocolId::none, NotifyType::invalid_ke_payload, {}, {}};
  EXPECT_EQ(reason(parse_data<InvalidKePayload>(empty)), "INVALID_KE_PAYLOAD");
}

}  // namespace
}  // namespace ike::wire::v2
