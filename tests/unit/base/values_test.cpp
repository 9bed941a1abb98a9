#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <type_traits>

#include "base/bytes.h"
#include "base/numbers.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace ike {
namespace {

TEST(Bytes, HexIsReversible) {
  const Blob octets{0x00, 0x0f, 0xf0, 0xff};
  EXPECT_EQ(to_hex(octets), "000ff0ff");
  EXPECT_EQ(from_hex("000ff0ff"), octets);
  EXPECT_EQ(from_hex("000FF0FF"), octets);
  EXPECT_EQ(from_hex(""), Blob());
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0x"));
  EXPECT_FALSE(from_hex("0 "));
}

TEST(Bytes, TextAndOctetsAliasEachOther) {
  const std::string_view text("a\0b", 3);
  EXPECT_EQ(as_bytes(text).size(), 3u);
  EXPECT_EQ(as_text(as_bytes(text)), text);
  Blob joined = to_blob(as_bytes("ab"));
  append(joined, as_bytes("cd"));
  EXPECT_TRUE(equal(joined, as_bytes("abcd")));
  EXPECT_FALSE(equal(joined, as_bytes("abc")));
}

TEST(Secret, WipesWhatItWasAskedToWipe) {
  std::array<uint8_t, 32> octets{};
  octets.fill(0xa5);
  wipe(octets);
  EXPECT_TRUE(std::ranges::all_of(octets, [](uint8_t o) { return o == 0; }));
}

TEST(Secret, LeavesNothingInWhatItWasMovedFrom) {
  Secret a(as_bytes("password"));
  Secret b(std::move(a));
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the point
  EXPECT_EQ(as_text(b.view()), "password");
  Secret c;
  c = std::move(b);
  EXPECT_TRUE(b.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(c, Secret(as_bytes("password")));
}

TEST(Secret, AdoptEmptiesTheSource) {
  Blob octets = to_blob(as_bytes("key"));
  const Secret s = Secret::adopt(std::move(octets));
  EXPECT_TRUE(octets.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(s.size(), 3u);
}

TEST(Secret, ShrinkCutsTheTailAndWipesIt) {
  Secret s(as_bytes("password"));
  const uint8_t* storage = s.view().data();
  s.shrink(4);
  EXPECT_EQ(as_text(s.view()), "pass");
  s.shrink(100);
  EXPECT_EQ(s.size(), 4u);
  EXPECT_EQ(s.view().data(), storage) << "shrinking must not leave a copy behind";
  s.clear();
  EXPECT_TRUE(s.empty());
}

TEST(Secret, IsNeitherCopiedNorComparedByAccident) {
  static_assert(!std::is_copy_constructible_v<Secret>);
  static_assert(!std::is_copy_assignable_v<Secret>);
  EXPECT_TRUE(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abcd")));
  EXPECT_TRUE(equal_constant_time({}, {}));
  EXPECT_EQ(Secret::concat({as_bytes("ab"), as_bytes(""), as_bytes("c")}), Secret(as_bytes("abc")));
}

// Hands out given numbers, then zeros.
class Script final : public Random {
 public:
  explicit Script(std::vector<uint64_t> numbers) : numbers_(std::move(numbers)) {}
  void fill_public(MutableBytes out) override {
    uint64_t n = drawn < numbers_.size() ? numbers_[drawn] : 0;
    ++drawn;
    for (size_t i = out.size(); i-- > 0; n >>= 8) out[i] = static_cast<uint8_t>(n);
  }
  void fill_secret(MutableBytes out) override { fill_public(out); }
  size_t drawn = 0;

 private:
  std::vector<uint64_t> numbers_;
};

TEST(Random, BelowRejectsTheDrawsThatWouldFavourSmallResults) {
  // 2^64 mod 10 is 6: the draws 0..5 would make 0..5 likelier than 6..9.
  Script random({5, 0, 6, 17});
  EXPECT_EQ(random.below(10), 6u);
  EXPECT_EQ(random.drawn, 3u);
  EXPECT_EQ(random.below(10), 7u);
}

TEST(Random, BelowKeepsItsBound) {
  Script random({~uint64_t{0}, uint64_t{1} << 63, 123456789});
  EXPECT_LT(random.below(1000), 1000u);
  EXPECT_EQ(random.below(1), 0u);
  EXPECT_EQ(Script({0x0102030405060708}).u64(), 0x0102030405060708u);
}

TEST(Numbers, UnknownValuesAreShownAsNumbers) {
  EXPECT_EQ(to_text(ExchangeType::ike_auth), "IKE_AUTH");
  EXPECT_EQ(to_text(ExchangeType{250}), "250");
  EXPECT_EQ(to_text(NotifyType{40000}), "40000");
  EXPECT_TRUE(name_of(Encr{9999}).empty());
}

//= RFC 7296 section 3.10.1: below 16384 a notify reports an error, from there on a status
TEST(Numbers, NotifiesDivideIntoErrorsAndStatus) {
  EXPECT_TRUE(is_error(NotifyType{16383}));
  EXPECT_FALSE(is_error(NotifyType{16384}));
}

Result<int> half(int n) {
  if (n % 2 != 0) return fail(Fault::refused, "odd", 7);
  return n / 2;
}
Result<int> quarter(int n) {
  IKE_TRY(const int h, half(n));
  return half(h);
}

TEST(Result, TryHandsTheErrorOn) {
  EXPECT_EQ(quarter(8), 2);
  ASSERT_FALSE(quarter(6));
  EXPECT_EQ(quarter(6).error(), (Error{"odd", 7, Fault::refused}));
  EXPECT_EQ(to_text(Fault::unauthenticated).empty(), false);
}

}  // namespace
}  // namespace ike
