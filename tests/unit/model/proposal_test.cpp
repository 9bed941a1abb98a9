#include "model/proposal.h"

#include <gtest/gtest.h>

#include "model/sa_spec.h"

namespace ike::model {
namespace {

TEST(Transform, HasTheNamePeopleKnow) {
  EXPECT_EQ(Transform::encr(Encr::aes_cbc, 256).text(), "aes-256");
  EXPECT_EQ(Transform::encr(Encr::aes_gcm_16, 128).text(), "aes-128-gcm");
  EXPECT_EQ(Transform::encr(Encr::aes_gcm_12, 128).text(), "aes-128-gcm-12");
  EXPECT_EQ(Transform::encr(Encr::aes_ctr, 192).text(), "aes-192-ctr");
  EXPECT_EQ(Transform::encr(Encr::aes_ccm_16, 192).text(), "aes-192-ccm-16");
  EXPECT_EQ(Transform::encr(Encr::null_aes_gmac, 256).text(), "aes-256-gmac");
  EXPECT_EQ(Transform::encr(Encr::chacha20_poly1305).text(), "chacha20-poly1305");
  EXPECT_EQ(Transform::encr(Encr::des3).text(), "3des");
  EXPECT_EQ(Transform::encr(Encr::blowfish, 160).text(), "blowfish");
  EXPECT_EQ(Transform::ke(KeMethod::curve25519).text(), "curve25519");
  EXPECT_EQ(Transform::integ(Integ::hmac_sha2_256_128).text(), "hmac-sha2-256");
  EXPECT_EQ(Transform::prf(PrfId::hmac_sha2_512).text(), "hmac-sha2-512");
  EXPECT_EQ(Transform::esn(Esn::no).text(), "noesn");
}

TEST(Transform, UnknownNumbersArePrintedAsNumbers) {
  EXPECT_EQ(Transform::encr(Encr{1234}).text(), "1234");
  EXPECT_EQ(Transform::encr(Encr{1234}, 256).text(), "1234-256");
  EXPECT_EQ((Transform{TransformType{99}, 7, 0}).text(), "99/7");
}

Proposal mixed_order() {
  Proposal p;
  p.transforms = {Transform::integ(Integ::hmac_sha1_96), Transform::encr(Encr::aes_cbc, 256),
                  Transform::ke(KeMethod::ecp256), Transform::encr(Encr::des3),
                  Transform::prf(PrfId::hmac_sha1)};
  return p;
}

TEST(Proposal, TextGroupsTypesAndKeepsPreference) {
  EXPECT_EQ(mixed_order().text(), "enc aes-256,3des prf hmac-sha1 auth hmac-sha1 group ecp256");
  Proposal child;
  child.transforms = {Transform::esn(Esn::yes),
                      Transform::encr(Encr::aes_gcm_16, 256),
                      Transform::esn(Esn::no),
                      {TransformType{42}, 3, 0}};
  EXPECT_EQ(child.text(), "enc aes-256-gcm esn,noesn 42/3");
}

TEST(Proposal, OfTypeKeepsPreference) {
  const auto encr = mixed_order().of_type(TransformType::encr);
  ASSERT_EQ(encr.size(), 2u);
  EXPECT_EQ(encr[0], Transform::encr(Encr::aes_cbc, 256));
  EXPECT_EQ(encr[1], Transform::encr(Encr::des3));
  EXPECT_TRUE(mixed_order().offers(TransformType::ke));
  EXPECT_FALSE(mixed_order().offers(TransformType::esn));
}

//= RFC 5282 section 8: combined-mode ciphers are offered without integrity algorithms
TEST(Proposal, IsAeadOnlyWhenEveryCipherIs) {
  Proposal p;
  EXPECT_FALSE(p.is_aead()) << "no cipher at all (AH)";
  p.transforms = {Transform::encr(Encr::aes_gcm_16, 256),
                  Transform::encr(Encr::null_aes_gmac, 128)};
  EXPECT_TRUE(p.is_aead());
  p.transforms.push_back(Transform::encr(Encr::aes_cbc, 256));
  EXPECT_FALSE(p.is_aead());
}

TEST(Suite, TextNamesOnlyWhatWasNegotiated) {
  Suite ike_sa;
  ike_sa.encr = Encr::aes_cbc;
  ike_sa.encr_key_bits = 256;
  ike_sa.integ = Integ::hmac_sha2_256_128;
  ike_sa.prf = PrfId::hmac_sha2_256;
  ike_sa.ke = KeMethod::ecp256;
  EXPECT_EQ(ike_sa.text(), "enc aes-256 auth hmac-sha2-256 group ecp256 prf hmac-sha2-256");
  Suite child;
  child.encr = Encr::aes_gcm_16;
  child.encr_key_bits = 128;
  EXPECT_EQ(child.text(), "enc aes-128-gcm");
  child.esn = Esn::yes;
  EXPECT_EQ(child.text(), "enc aes-128-gcm esn");
}

TEST(SaId, TextNamesProtocolSpiAndDestination) {
  EXPECT_EQ((SaId{Address::v4(192, 0, 2, 1), EspSpi(0x1234abcd), ProtocolId::esp}).text(),
            "esp 0x1234abcd to 192.0.2.1");
  EXPECT_EQ((SaId{Address::v4(192, 0, 2, 1), EspSpi(1), ProtocolId::ah}).text(),
            "ah 0x00000001 to 192.0.2.1");
}

}  // namespace
}  // namespace ike::model
