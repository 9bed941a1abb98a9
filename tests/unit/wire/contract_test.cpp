#include "wire/contract.h"

#include "unit/wire/octets.h"
#include "wire/v2/notify_data.h"
#include "wire/v2/payload_writer.h"

namespace ike::wire {
namespace {

using enum PayloadType;
using test::octets;

// A message of well-formed payloads of these types.
v2::Message message(std::initializer_list<PayloadType> types) {
  Blob out;
  v2::PayloadWriter w(out);
  for (const PayloadType type : types) {
    switch (type) {
      case sa: w.add_raw(type, octets("0000001001010001 0000000801000003")); break;
      case nonce: w.add_raw(type, Blob(16)); break;
      case ts_i:
      case ts_r: w.add_raw(type, octets("01000000 07000010 0000ffff 0a000000 0affffff")); break;
      case notify: w.add_raw(type, octets("03044009 00000100")); break;  // REKEY_SA
      case del: w.add_raw(type, octets("01000000")); break;
      case cp: w.add_raw(type, octets("01000000")); break;
      case eap: w.add_raw(type, octets("03010004")); break;
      default: w.add_raw(type, octets("0200000000")); break;
    }
  }
  const auto m = v2::parse_payloads(w.first(), out);
  EXPECT_TRUE(m) << test::reason(m);
  return m.value_or(v2::Message{});
}

std::string verdict(const Contract& contract, std::initializer_list<PayloadType> types) {
  const auto violation = judge(contract, message(types));
  return violation ? violation->text() : "kept";
}

using namespace contracts;

//= RFC 7296 section 1.2: SA, KE and a nonce
TEST(Contracts, OfIkeSaInit) {
  EXPECT_EQ(verdict(kSaInitRequest, {notify, sa, ke, nonce, notify, notify, vendor}), "kept");
  EXPECT_EQ(verdict(kSaInitRequest, {nonce, ke, sa}), "kept") << "any order";
  EXPECT_EQ(verdict(kSaInitRequest, {sa, nonce}),
            "IKE_SA_INIT request: KE: required payload missing");
  EXPECT_EQ(verdict(kSaInitRequest, {sa, ke, nonce, auth}),
            "IKE_SA_INIT request: AUTH: payload not allowed in this message");
  EXPECT_EQ(verdict(kSaInitResponse, {sa, ke, nonce, certreq, notify}), "kept");
  EXPECT_EQ(verdict(kSaInitResponse, {notify}),
            "IKE_SA_INIT response: SA: required payload missing");
  EXPECT_EQ(verdict(kSaInitError, {notify}), "kept");
  EXPECT_EQ(verdict(kSaInitError, {vendor}),
            "IKE_SA_INIT error response: N: required payload missing");
}

//= RFC 7296 section 1.2: identity, proof, and the first Child SA
TEST(Contracts, OfIkeAuth) {
  EXPECT_EQ(verdict(kAuthRequest, {id_i, cert, cert, certreq, id_r, auth, cp, sa, ts_i, ts_r}),
            "kept");
  EXPECT_EQ(verdict(kAuthRequest, {id_i, sa, ts_i, ts_r}),
            "IKE_AUTH request: AUTH: required payload missing");
  EXPECT_EQ(verdict(kAuthResponse, {id_r, auth, sa, ts_i, ts_r}), "kept");
  EXPECT_EQ(verdict(kAuthResponse, {id_i, id_r, auth, sa, ts_i, ts_r}),
            "IKE_AUTH response: IDi: payload not allowed in this message");
  EXPECT_EQ(verdict(kAuthResponseNoChild, {id_r, auth, notify}), "kept");
  EXPECT_EQ(verdict(kAuthError, {notify}), "kept");
}

//= RFC 7296 section 2.16: EAP in the middle of IKE_AUTH
TEST(Contracts, OfEap) {
  EXPECT_EQ(verdict(kEapFirstRequest, {id_i, sa, ts_i, ts_r}), "kept");
  EXPECT_EQ(verdict(kEapFirstResponse, {id_r, auth, eap}), "kept");
  EXPECT_EQ(verdict(kEapMiddle, {eap}), "kept");
  EXPECT_EQ(verdict(kEapLastRequest, {auth}), "kept");
  EXPECT_EQ(verdict(kEapLastResponse, {auth, sa, ts_i, ts_r}), "kept");
  EXPECT_EQ(verdict(kEapMiddle, {auth}), "IKE_AUTH message of EAP: EAP: required payload missing");
}

//= RFC 7296 section 1.3: a Child SA, its rekeying, and that of the IKE SA
TEST(Contracts, OfCreateChildSa) {
  EXPECT_EQ(verdict(kCreateChildRequest, {sa, nonce, ts_i, ts_r}), "kept");
  EXPECT_EQ(verdict(kCreateChildRequest, {sa, nonce, ke, ts_i, ts_r}), "kept");
  EXPECT_EQ(verdict(kCreateChildResponse, {sa, nonce, ts_i}),
            "CREATE_CHILD_SA response for a Child SA: TSr: required payload missing");
  EXPECT_EQ(verdict(kRekeyChildRequest, {notify, sa, nonce, ts_i, ts_r}), "kept");
  EXPECT_EQ(verdict(kRekeyChildResponse, {sa, nonce, ke, ts_i, ts_r}), "kept");
  EXPECT_EQ(verdict(kRekeyIkeRequest, {sa, nonce, ke}), "kept");
  EXPECT_EQ(verdict(kRekeyIkeRequest, {sa, nonce}),
            "CREATE_CHILD_SA request to rekey the IKE SA: KE: required payload missing");
  EXPECT_EQ(verdict(kRekeyIkeResponse, {sa, nonce, ke, ts_i}),
            "CREATE_CHILD_SA response to rekey the IKE SA: TSi: payload not allowed in this "
            "message");
  EXPECT_EQ(verdict(kCreateChildError, {notify}), "kept");
}

//= RFC 7296 section 1.3.3: REKEY_SA has to be there
TEST(Contracts, CanDemandANotify) {
  Blob out;
  v2::PayloadWriter w(out);
  w.add_raw(sa, octets("0000001001010001 0000000801000003"));
  w.add_raw(nonce, Blob(16));
  w.add_raw(ts_i, octets("01000000 07000010 0000ffff 0a000000 0affffff"));
  w.add_raw(ts_r, octets("01000000 07000010 0000ffff 0a000000 0affffff"));
  w.notify(NotifyType::use_transport_mode);
  const auto m = v2::parse_payloads(w.first(), out);
  ASSERT_TRUE(m);
  EXPECT_EQ(judge(kRekeyChildRequest, *m)->text(),
            "CREATE_CHILD_SA request to rekey a Child SA: REKEY_SA: required notify missing");
}

//= RFC 7296 section 1.4: anything from nothing to several deletes
TEST(Contracts, OfInformational) {
  EXPECT_EQ(verdict(kInformational, {}), "kept");
  EXPECT_EQ(verdict(kInformational, {del, del, notify}), "kept");
  EXPECT_EQ(verdict(kInformational, {sa}),
            "INFORMATIONAL message: SA: payload not allowed in this message");
}

TEST(Contracts, BecomeErrorsThatNameThePayload) {
  const auto result = check(kSaInitRequest, message({sa, nonce}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().what, "required payload missing");
  EXPECT_EQ(result.error().at, raw(ke));
  EXPECT_TRUE(check(kSaInitRequest, message({sa, ke, nonce})));
}

TEST(Contracts, JudgeWhatMayRepeat) {
  constexpr Contract kOnce{.name = "once", .required = {}, .optional = {notify}, .repeated = {}};
  EXPECT_EQ(verdict(kOnce, {notify}), "kept");
  EXPECT_EQ(verdict(kOnce, {notify, notify}), "once: N: payload repeated that may occur once");
}

}  // namespace
}  // namespace ike::wire
