#include <gtest/gtest.h>

#include "crypto/openssl/openssl_provider.h"
#include "ike/authenticator.h"
#include "ike/error_notify.h"
#include "ike/retransmit.h"

namespace ike::proto {
namespace {

TEST(Retransmission, FollowsTheScheduleAndGivesUp) {
  Retransmission r;
  const Instant start{hours(1)};
  r.start(start);
  for (const int after : {2, 6, 14, 30, 62}) {
    EXPECT_EQ(r.deadline(), start + seconds(after));
    EXPECT_EQ(r.step(), Retransmission::Due::resend);
  }
  EXPECT_EQ(r.deadline(), start + seconds(126));
  EXPECT_EQ(r.step(), Retransmission::Due::give_up);
}

//= RFC 7296 section 2.21: nobody is answered who could be someone else
TEST(NotifyFor, IsSilentToWhoHasProvenNothing) {
  for (const Fault fault : {Fault::malformed, Fault::unauthenticated, Fault::limit}) {
    EXPECT_FALSE(notify_for({"x", 0, fault}, Stage::clear_request));
  }
  EXPECT_EQ(notify_for({"x", 0, Fault::refused}, Stage::clear_request),
            NotifyType::no_proposal_chosen);
}

TEST(NotifyFor, NeverAnswersResponses) {
  for (const Fault fault : {Fault::malformed, Fault::refused, Fault::internal}) {
    EXPECT_FALSE(notify_for({"x", 0, fault}, Stage::response));
  }
}

TEST(NotifyFor, TellsAnAuthenticatedPeer) {
  EXPECT_EQ(notify_for({"x", 0, Fault::malformed}, Stage::protected_request),
            NotifyType::invalid_syntax);
  EXPECT_EQ(notify_for({"x", 0, Fault::internal}, Stage::protected_request),
            NotifyType::temporary_failure);
}

TEST(NotifyFor, HidesWhyAuthenticationFailed) {
  for (const Fault fault : {Fault::refused, Fault::unauthenticated, Fault::unsupported}) {
    EXPECT_EQ(notify_for({"x", 0, fault}, Stage::auth_request), NotifyType::authentication_failed);
  }
}

//= RFC 7296 section 2.15: message | nonce | prf(SK_p, ID body)
TEST(SignedOctets, AreMessageNonceAndMacOfTheIdentity) {
  const auto provider = crypto::openssl::make_provider();
  const Blob message{1, 2, 3};
  const Blob nonce{4, 5};
  const Blob key(32, 6);
  const Blob id{2, 0, 0, 0, 'a'};
  const Blob octets = signed_octets(*provider, {message, nonce, PrfId::hmac_sha2_256, key, id});
  ASSERT_EQ(octets.size(), 5U + 32U);
  EXPECT_TRUE(equal(Bytes(octets).first(5), Blob{1, 2, 3, 4, 5}));
  Blob mac(32);
  const Bytes data(id);
  provider->prf(PrfId::hmac_sha2_256, key, crypto::Parts(&data, 1), mac);
  EXPECT_TRUE(equal(Bytes(octets).subspan(5), mac));
}

TEST(Authenticator, TakesTheRightMacOnly) {
  const model::Identity peer = model::Identity::from_name("gw.example.org");
  const Blob mac(32, 1);
  Blob other = mac;
  other.back() ^= 1;
  ASSERT_TRUE(Authenticator::check_mac(peer, mac, mac));
  EXPECT_EQ(Authenticator::check_mac(peer, mac, mac)->id(), peer);
  EXPECT_FALSE(Authenticator::check_mac(peer, mac, other));
  EXPECT_FALSE(Authenticator::check_mac(peer, mac, Bytes(mac).first(31)));
}

TEST(Authenticator, TakesNoEmptyMac) { EXPECT_FALSE(Authenticator::check_mac({}, {}, {})); }

//= RFC 7427 section 4: hashes that both know
TEST(CommonHashes, SkipsUnknownNumbers) {
  const std::array peer{SignatureHash::sha2_512, static_cast<SignatureHash>(77),
                        SignatureHash::sha1, SignatureHash::sha2_256};
  EXPECT_EQ(common_hashes(peer), (std::vector{SignatureHash::sha2_256, SignatureHash::sha2_512}));
}

}  // namespace
}  // namespace ike::proto
