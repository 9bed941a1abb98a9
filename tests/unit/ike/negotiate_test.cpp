#include "ike/negotiate.h"

#include <gtest/gtest.h>

namespace ike::proto {
namespace {

using model::Proposal;
using model::Transform;

const Transform kAes256 = Transform::encr(Encr::aes_cbc, 256);
const Transform kAes128 = Transform::encr(Encr::aes_cbc, 128);
const Transform kGcm256 = Transform::encr(Encr::aes_gcm_16, 256);
const Transform kSha256 = Transform::integ(Integ::hmac_sha2_256_128);
const Transform kSha1 = Transform::integ(Integ::hmac_sha1_96);
const Transform kPrf256 = Transform::prf(PrfId::hmac_sha2_256);
const Transform kPrf1 = Transform::prf(PrfId::hmac_sha1);
const Transform kX25519 = Transform::ke(KeMethod::curve25519);
const Transform kModp2048 = Transform::ke(KeMethod::modp2048);
const Transform kNoKe = Transform::ke(KeMethod::none);
const Transform kNoEsn = Transform::esn(Esn::no);
const Transform kEsn = Transform::esn(Esn::yes);

Proposal ike_proposal(std::vector<Transform> transforms) {
  return {1, ProtocolId::ike, std::move(transforms)};
}
Proposal esp_proposal(std::vector<Transform> transforms) {
  return {1, ProtocolId::esp, std::move(transforms)};
}

const Blob kEspSpi{0xc0, 0xff, 0xee, 0x01};

wire::v2::Sa offer(const std::vector<Proposal>& proposals) {
  const bool esp = proposals.front().protocol == ProtocolId::esp;
  return offer_payload(proposals, esp ? Bytes(kEspSpi) : Bytes(), {});
}

wire::v2::Transform extra(TransformType type, uint16_t id) {
  wire::v2::Transform t;
  t.type = type;
  t.id = id;
  return t;
}

const std::vector<Proposal> kIke{
    ike_proposal({kAes256, kAes128, kPrf256, kPrf1, kSha256, kSha1, kX25519, kModp2048})};
const std::vector<Proposal> kEspGcm{esp_proposal({kGcm256, kNoEsn, kEsn})};

TEST(Choose, TakesOneTransformOfEachTypeByOurPreference) {
  const auto theirs =
      offer({ike_proposal({kAes128, kAes256, kPrf1, kPrf256, kSha1, kSha256, kModp2048, kX25519})});
  const auto choice = choose(kIke, theirs, {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.text(),
            "enc aes-256 auth hmac-sha2-256 group curve25519 prf hmac-sha2-256");
  EXPECT_EQ(choice->answer.transforms,
            (std::vector<Transform>{kAes256, kSha256, kPrf256, kX25519}));
  EXPECT_EQ(choice->number, 1);
}

TEST(Choose, TakesThePeersProposalWithTheLowestScore) {
  const auto theirs = offer({ike_proposal({kAes128, kPrf256, kSha256, kX25519}),
                             ike_proposal({kAes256, kPrf256, kSha1, kX25519}),
                             ike_proposal({kAes256, kPrf1, kSha256, kX25519})});
  const auto choice = choose(kIke, theirs, {});
  ASSERT_TRUE(choice);
  // A second-best PRF costs 1, a second-best cipher or integrity 3.
  EXPECT_EQ(choice->number, 3);
}

TEST(Choose, LetsTheFirstProposalOfOursDecide) {
  const std::vector<Proposal> ours{ike_proposal({kAes128, kPrf1, kSha1, kModp2048}), kIke.front()};
  const auto theirs = offer({kIke.front(), ike_proposal({kAes128, kPrf1, kSha1, kModp2048})});
  const auto choice = choose(ours, theirs, {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.encr_key_bits, 128);
}

TEST(Choose, PrefersTheGroupOfTheKePayload) {
  const auto choice = choose(kIke, offer(kIke), {.preferred_ke = KeMethod::modp2048});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.ke, KeMethod::modp2048);
}

TEST(Choose, IgnoresAPreferredGroupThatWeDoNotTake) {
  const auto choice = choose(kIke, offer(kIke), {.preferred_ke = KeMethod::modp1024});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.ke, KeMethod::curve25519);
}

//= RFC 7296 section 3.3.5: another key length is another algorithm
TEST(Choose, RefusesAnotherKeyLength) {
  const std::vector<Proposal> ours{ike_proposal({kAes256, kPrf256, kSha256, kX25519})};
  EXPECT_FALSE(choose(ours, offer({ike_proposal({kAes128, kPrf256, kSha256, kX25519})}), {}));
  const Transform bare = Transform::encr(Encr::aes_cbc);
  EXPECT_FALSE(choose(ours, offer({ike_proposal({bare, kPrf256, kSha256, kX25519})}), {}));
}

//= RFC 7634 section 2: no Key Length attribute, but some peers send one
TEST(Choose, ToleratesAndEchoesTheKeyLengthOfChaCha) {
  const std::vector<Proposal> ours{
      esp_proposal({Transform::encr(Encr::chacha20_poly1305), kNoEsn})};
  const Transform with_length = Transform::encr(Encr::chacha20_poly1305, 256);
  const auto choice = choose(ours, offer({esp_proposal({with_length, kNoEsn})}), {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.encr_key_bits, 0);
  EXPECT_EQ(choice->answer.transforms.front(), with_length);
}

//= RFC 7296 section 3.3: integrity "none" beside a combined cipher
TEST(Choose, AcceptsIntegNoneBesideAnAead) {
  const Transform none = Transform::integ(Integ::none);
  const auto choice = choose(kEspGcm, offer({esp_proposal({kGcm256, none, kNoEsn})}), {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.integ, Integ::none);
  EXPECT_EQ(choice->answer.transforms, (std::vector<Transform>{kGcm256, none, kNoEsn}));
}

TEST(Choose, RefusesRealIntegrityBesideAnAead) {
  EXPECT_FALSE(choose(kEspGcm, offer({esp_proposal({kGcm256, kSha256, kNoEsn})}), {}));
}

TEST(Choose, NeverTakesACipherWithoutIntegrity) {
  const std::vector<Proposal> ours{esp_proposal({kAes256, kNoEsn})};
  EXPECT_FALSE(choose(ours, offer({esp_proposal({kAes256, kNoEsn})}), {}));
  const Transform none = Transform::integ(Integ::none);
  const std::vector<Proposal> with_none{esp_proposal({kAes256, none, kNoEsn})};
  EXPECT_FALSE(choose(with_none, offer(with_none), {}));
}

//= RFC 7296 section 3.3.6: an unknown transform type makes its proposal unusable, only that
TEST(Choose, SkipsProposalsWithUnknownTransformTypes) {
  auto theirs = offer({kIke.front(), kIke.front()});
  theirs.proposals[0].transforms.push_back(extra(static_cast<TransformType>(99), 1));
  const auto choice = choose(kIke, theirs, {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->number, 2);
}

//= RFC 7296 section 3.3.6: an unknown attribute makes its transform unusable, only that
TEST(Choose, SkipsTransformsWithUnknownAttributes) {
  auto theirs = offer(kIke);
  ASSERT_EQ(theirs.proposals[0].transforms[0].key_bits, 256);
  theirs.proposals[0].transforms[0].has_unknown_attribute = true;
  const auto choice = choose(kIke, theirs, {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.encr_key_bits, 128);
}

//= RFC 9370 section 2.2.2: "none" among the additional key exchanges is echoed
TEST(Choose, TakesNoneOfAnAdditionalKeyExchange) {
  auto theirs = offer(kIke);
  theirs.proposals[0].transforms.push_back(extra(TransformType::addke1, 36));
  EXPECT_FALSE(choose(kIke, theirs, {}));
  theirs.proposals[0].transforms.push_back(extra(TransformType::addke1, 0));
  const auto choice = choose(kIke, theirs, {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->answer.transforms.back().type, TransformType::addke1);
  EXPECT_EQ(choice->answer.transforms.back().id, 0);
}

TEST(Choose, LearnsThePeersSpi) {
  const auto choice = choose(kEspGcm, offer(kEspGcm), {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->peer_spi, 0xc0ffee01U);
}

TEST(Choose, RefusesSpisOfAWrongSize) {
  const Blob three{1, 2, 3};
  EXPECT_FALSE(choose(kEspGcm, offer_payload(kEspGcm, three, {}), {}));
  EXPECT_FALSE(choose(kEspGcm, offer_payload(kEspGcm, {}, {}), {}));
}

TEST(Choose, RefusesAnotherProtocol) {
  auto theirs = offer(kEspGcm);
  theirs.proposals[0].protocol = ProtocolId::ah;
  EXPECT_FALSE(choose(kEspGcm, theirs, {}));
}

TEST(ChooseChild, DemandsAGroupWherePfsIsConfigured) {
  const std::vector<Proposal> pfs{esp_proposal({kGcm256, kX25519, kNoEsn})};
  EXPECT_FALSE(choose(pfs, offer(kEspGcm), {}));
  EXPECT_TRUE(choose(pfs, offer(pfs), {}));
}

TEST(ChooseChild, DoesWithoutAGroupWhereNoneIsConfiguredToo) {
  const std::vector<Proposal> either{esp_proposal({kGcm256, kX25519, kNoKe, kNoEsn})};
  const auto choice = choose(either, offer(kEspGcm), {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.ke, KeMethod::none);
}

TEST(ChooseChild, RefusesAGroupThatWeDoNotUse) {
  EXPECT_FALSE(choose(kEspGcm, offer({esp_proposal({kGcm256, kX25519, kNoEsn})}), {}));
  const auto choice = choose(kEspGcm, offer({esp_proposal({kGcm256, kX25519, kNoKe, kNoEsn})}), {});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.ke, KeMethod::none);
}

//= RFC 7296 section 1.2: IKE_AUTH has no KE payload
TEST(ChooseChild, LeavesGroupsOutOfIkeAuth) {
  const std::vector<Proposal> pfs{esp_proposal({kGcm256, kX25519, kNoEsn})};
  const NegotiationRules in_auth{.without_ke = true};
  const auto payload = offer_payload(pfs, kEspSpi, in_auth);
  for (const auto& t : payload.proposals[0].transforms) EXPECT_NE(t.type, TransformType::ke);
  const auto choice = choose(pfs, payload, in_auth);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->suite.ke, KeMethod::none);
}

//= RFC 7296 section 3.3.3: ESP says whether sequence numbers are extended
TEST(ChooseChild, WantsEsnToBeSaid) {
  auto theirs = offer(kEspGcm);
  std::erase_if(theirs.proposals[0].transforms,
                [](const auto& t) { return t.type == TransformType::esn; });
  EXPECT_FALSE(choose(kEspGcm, theirs, {}));
}

TEST(AcceptAnswer, TakesWhatWasOffered) {
  const auto answer = answer_payload(*choose(kIke, offer(kIke), {}), {});
  const auto accepted = accept_answer(kIke, answer, {});
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->suite.ke, KeMethod::curve25519);
}

//= RFC 7296 section 2.7: not what was offered, or not one of each
TEST(AcceptAnswer, RefusesWhatWasNotOffered) {
  const auto good = answer_payload(*choose(kIke, offer(kIke), {}), {});
  auto number = good;
  number.proposals[0].number = 2;
  EXPECT_FALSE(accept_answer(kIke, number, {}));
  auto twice = good;
  twice.proposals[0].transforms.push_back(extra(TransformType::prf, raw(PrfId::hmac_sha1)));
  EXPECT_FALSE(accept_answer(kIke, twice, {}));
  auto other = good;
  other.proposals[0].transforms[0].key_bits = 192;
  EXPECT_FALSE(accept_answer(kIke, other, {}));
  auto missing = good;
  missing.proposals[0].transforms.pop_back();
  EXPECT_FALSE(accept_answer(kIke, missing, {}));
  auto two = good;
  two.proposals.push_back(good.proposals[0]);
  EXPECT_FALSE(accept_answer(kIke, two, {}));
}

TEST(OfferPayload, NumbersProposalsFromOne) {
  const auto payload = offer({kIke.front(), kIke.front()});
  EXPECT_EQ(payload.proposals[0].number, 1);
  EXPECT_EQ(payload.proposals[1].number, 2);
}

TEST(ExplainMismatch, SetsOfferBesidePolicyAndNamesTheFirstDifference) {
  model::Connection west;
  west.name = "west";
  west.origin = {"/etc/iked.conf", 12};
  const std::vector<Proposal> ours{ike_proposal({kGcm256, kPrf256, kX25519}),
                                   ike_proposal({kAes256, kPrf256, kSha256, kX25519})};
  const auto theirs = offer({ike_proposal({kAes256, kPrf256, kSha256, kModp2048})});
  EXPECT_EQ(explain_mismatch(theirs, {{&west, &ours}}, {}),
            "  the peer offers:\n"
            "    #1  enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048\n"
            "  policy \"west\" (/etc/iked.conf:12) takes:\n"
            "    #1  enc aes-256-gcm prf hmac-sha2-256 group curve25519\n"
            "    #2  enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group curve25519\n"
            "    closest: its #2 to the peer's #1; they differ first in group: the peer offers "
            "modp2048; we take curve25519\n");
}

TEST(ExplainMismatch, StaysShortWhateverThePeerSends) {
  model::Connection west;
  std::vector<Proposal> many(64, kIke.front());
  const std::vector<Proposal> ours{ike_proposal({kGcm256, kPrf256, kX25519})};
  const std::vector<Candidate> candidates(100, Candidate{&west, &ours});
  const std::string text = explain_mismatch(offer(many), candidates, {});
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 60);
  EXPECT_NE(text.find("... and 52 more"), std::string::npos);
}

TEST(TakesSuite, ComparesEachAlgorithm) {
  model::Suite suite = choose(kIke, offer(kIke), {})->suite;
  EXPECT_TRUE(takes_suite(kIke, suite));
  suite.encr_key_bits = 192;
  EXPECT_FALSE(takes_suite(kIke, suite));
}

}  // namespace
}  // namespace ike::proto
