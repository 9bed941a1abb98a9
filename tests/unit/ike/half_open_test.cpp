#include "ike/half_open.h"

#include <gtest/gtest.h>

#include "crypto/openssl/openssl_provider.h"
#include "unit/ike/fixed_random.h"

namespace ike::proto {
namespace {

const Instant kStart{hours(1)};
const Blob kNonce(32, 7);
const CookieInput kInput{kNonce, IkeSpi(0x1122334455667788), Address::v4(192, 0, 2, 1)};

class CookieTest : public ::testing::Test {
 protected:
  std::unique_ptr<crypto::Provider> provider_ = crypto::openssl::make_provider();
  testing::FixedRandom random_;
  CookieJar jar_{*provider_, random_};
};

//= RFC 7296 section 2.6: at most 64 octets, and only its maker can judge it
TEST_F(CookieTest, KnowsItsOwn) {
  const Blob cookie = jar_.make(kInput, kStart);
  EXPECT_EQ(cookie.size(), CookieJar::kCookieSize);
  EXPECT_LE(cookie.size(), limits::kCookieMax);
  EXPECT_TRUE(jar_.check(kInput, cookie, kStart));
}

TEST_F(CookieTest, IsBoundToNonceSpiAndAddress) {
  const Blob cookie = jar_.make(kInput, kStart);
  CookieInput other = kInput;
  const Blob nonce(32, 8);
  other.nonce = nonce;
  EXPECT_FALSE(jar_.check(other, cookie, kStart));
  other = kInput;
  other.spi_i = IkeSpi(1);
  EXPECT_FALSE(jar_.check(other, cookie, kStart));
  other = kInput;
  other.source = Address::v4(192, 0, 2, 2);
  EXPECT_FALSE(jar_.check(other, cookie, kStart));
}

TEST_F(CookieTest, RefusesAnyChangedOctet) {
  const Blob cookie = jar_.make(kInput, kStart);
  for (size_t i = 0; i < cookie.size(); ++i) {
    Blob changed = cookie;
    changed[i] ^= 1;
    EXPECT_FALSE(jar_.check(kInput, changed, kStart)) << i;
  }
  EXPECT_FALSE(jar_.check(kInput, Bytes(cookie).first(35), kStart));
  EXPECT_FALSE(jar_.check(kInput, {}, kStart));
}

//= RFC 7296 section 2.6: the secret changes often, and cookies of the one before still count
TEST_F(CookieTest, TakesThePreviousSecretButNoOlderOne) {
  const Blob cookie = jar_.make(kInput, kStart);
  const Instant later = kStart + CookieJar::kSecretLifetime;
  EXPECT_NE(jar_.make(kInput, later), cookie);
  EXPECT_TRUE(jar_.check(kInput, cookie, later + seconds(1)));
  jar_.make(kInput, later + CookieJar::kSecretLifetime);
  EXPECT_FALSE(jar_.check(kInput, cookie, later + CookieJar::kSecretLifetime));
}

TEST_F(CookieTest, ForgetsASecretThatLayUnused) {
  const Blob cookie = jar_.make(kInput, kStart);
  EXPECT_FALSE(jar_.check(kInput, cookie, kStart + hours(1)));
}

TEST(HalfOpenCounts, DemandsCookiesFromTheThresholdOn) {
  HalfOpenCounts counts({.max = 100, .cookie_at = 3, .per_source = 50});
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(counts.judge(Address::v4(i), false), Admission::accept);
    counts.add(Address::v4(i));
  }
  EXPECT_EQ(counts.judge(Address::v4(9), false), Admission::demand_cookie);
  EXPECT_EQ(counts.judge(Address::v4(9), true), Admission::accept);
}

TEST(HalfOpenCounts, BoundsEachSourceAndTheWhole) {
  HalfOpenCounts counts;
  const Address noisy = Address::v4(192, 0, 2, 1);
  for (size_t i = 0; i < limits::kHalfOpenPerSourceMax; ++i) counts.add(noisy);
  EXPECT_EQ(counts.judge(noisy, true), Admission::drop);
  uint32_t next = 0;
  while (counts.total() < limits::kHalfOpenMax) counts.add(Address::v4(++next));
  EXPECT_EQ(counts.judge(Address::v4(203, 0, 113, 9), true), Admission::drop);
  EXPECT_LE(counts.sources(), limits::kHalfOpenMax);
}

TEST(HalfOpenCounts, ForgetsSourcesThatHaveNothingLeft) {
  HalfOpenCounts counts;
  const Address source = Address::v4(192, 0, 2, 1);
  counts.add(source);
  counts.add(source);
  counts.remove(source);
  EXPECT_EQ(counts.of(source), 1U);
  counts.remove(source);
  counts.remove(source);
  EXPECT_EQ(counts.total(), 0U);
  EXPECT_EQ(counts.sources(), 0U);
}

TEST(TokenBucket, GivesSoManyASecond) {
  TokenBucket bucket(5);
  int given = 0;
  for (int i = 0; i < 100; ++i) given += bucket.take(kStart) ? 1 : 0;
  EXPECT_EQ(given, 5);
  EXPECT_EQ(bucket.suppressed(), 95U);
  EXPECT_EQ(bucket.suppressed(), 0U);
  EXPECT_TRUE(bucket.take(kStart + milliseconds(200)));
  EXPECT_FALSE(bucket.take(kStart + milliseconds(200)));
}

TEST(TokenBucket, IsFullAgainAfterASecondAndNoFuller) {
  TokenBucket bucket(5);
  while (bucket.take(kStart)) {
  }
  int given = 0;
  for (int i = 0; i < 100; ++i) given += bucket.take(kStart + hours(1)) ? 1 : 0;
  EXPECT_EQ(given, 5);
}

}  // namespace
}  // namespace ike::proto
