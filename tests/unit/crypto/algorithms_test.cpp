#include "crypto/algorithms.h"

#include <gtest/gtest.h>

#include <set>

namespace ike::crypto {
namespace {

TEST(Algorithms, HaveARowForEveryTransformOfTheRegistry) {
  std::set<Encr> encr;
  for (const EncrInfo& row : all_encr()) encr.insert(row.id);
#define IKE_ENCR(value, name, text, source) \
  if (value != 0) EXPECT_TRUE(encr.contains(Encr::name)) << text;
#define IKE_PRF(value, name, text, source) \
  if (value != 0) EXPECT_TRUE(info_of(PrfId::name)) << text;
#define IKE_INTEG(value, name, text, source) \
  if (value != 0) EXPECT_TRUE(info_of(Integ::name)) << text;
#define IKE_KE_METHOD(value, name, text, source) \
  EXPECT_EQ(info_of(KeMethod::name).has_value(), KeMethod::name != KeMethod::none) << text;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdangling-else"
#include "base/numbers.def"
#pragma GCC diagnostic pop
}

TEST(Algorithms, KnowNothingOfOtherNumbers) {
  EXPECT_FALSE(info_of(Encr::none, 0));
  EXPECT_FALSE(info_of(static_cast<Encr>(99), 128));
  EXPECT_FALSE(info_of(Integ::none));
  EXPECT_FALSE(info_of(PrfId::none));
  EXPECT_FALSE(info_of(KeMethod::none));
}

//= RFC 7296 section 3.3.5: AES has no key length without the attribute, 3DES none with it
TEST(Algorithms, TakeKeyLengthsOnlyWhereTheyMeanSomething) {
  EXPECT_FALSE(info_of(Encr::aes_cbc, 0));
  EXPECT_FALSE(info_of(Encr::aes_gcm_16, 0));
  EXPECT_FALSE(info_of(Encr::aes_gcm_16, 129));
  EXPECT_TRUE(info_of(Encr::aes_gcm_16, 192));
  EXPECT_FALSE(info_of(Encr::des3, 192));
  EXPECT_FALSE(info_of(Encr::chacha20_poly1305, 256));
}

TEST(Protection, HasTheSizesOfItsAlgorithms) {
  const auto gcm = sizes_of({Encr::aes_gcm_16, 256, Integ::none});
  ASSERT_TRUE(gcm);
  EXPECT_EQ(gcm->key, 36u);
  EXPECT_EQ(gcm->integ_key, 0u);
  EXPECT_EQ(gcm->iv, 8u);
  EXPECT_EQ(gcm->icv, 16u);
  EXPECT_EQ(gcm->block, 1u);
  const auto cbc = sizes_of({Encr::aes_cbc, 128, Integ::hmac_sha2_512_256});
  ASSERT_TRUE(cbc);
  EXPECT_EQ(cbc->key, 16u);
  EXPECT_EQ(cbc->integ_key, 64u);
  EXPECT_EQ(cbc->iv, 16u);
  EXPECT_EQ(cbc->icv, 32u);
  EXPECT_EQ(cbc->block, 16u);
  EXPECT_EQ(sizes_of({Encr::aes_ccm_8, 128, Integ::none})->key, 19u);
  EXPECT_EQ(sizes_of({Encr::aes_ctr, 192, Integ::hmac_sha1_96})->key, 28u);
}

TEST(Protection, HasNoneWhereNothingIsProtected) {
  EXPECT_FALSE(sizes_of({}));
  EXPECT_FALSE(sizes_of({Encr::aes_cbc, 128, Integ::none}));
  EXPECT_FALSE(sizes_of({Encr::null, 0, Integ::none}));
  EXPECT_FALSE(sizes_of({Encr::aes_gcm_16, 128, Integ::hmac_sha1_96}));
  EXPECT_FALSE(sizes_of({Encr::aes_cbc, 128, static_cast<Integ>(7)}));
}

}  // namespace
}  // namespace ike::crypto
