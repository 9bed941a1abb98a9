#include "wire/v2/sk.h"

#include "unit/wire/octets.h"

namespace ike::wire::v2 {
namespace {

using test::octets;
using test::reason;

Result<Sk> skf(const char* hex, PayloadType first_inner) {
  const Blob body = octets(hex);
  return Sk::parse_skf(Reader(body, "truncated", 32), first_inner);
}

TEST(Sk, TellsWhereItsBodyStarts) {
  const Blob body = octets("0102");
  const auto sk = Sk::parse_sk(Reader(body, "truncated", 32), PayloadType::id_i);
  ASSERT_TRUE(sk);
  EXPECT_FALSE(sk->is_fragment);
  EXPECT_EQ(sk->at, 32u);
  EXPECT_EQ(sk->first_inner, PayloadType::id_i);
  EXPECT_EQ(sk->body.size(), 2u);
}

//= RFC 7383 section 2.5: fragment number and total come first
TEST(Skf, TellsItsPlaceAmongTheFragments) {
  const auto first = skf("00010003 aabb", PayloadType::id_i);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->is_fragment);
  EXPECT_EQ(first->fragment, 1);
  EXPECT_EQ(first->fragments, 3);
  EXPECT_EQ(first->at, 36u);
  EXPECT_EQ(first->body.size(), 2u);
  EXPECT_TRUE(skf("00030003", PayloadType::none));
}

//= RFC 7383 section 2.5: what a fragment must not say
TEST(Skf, NamesWhatIsBroken) {
  EXPECT_EQ(reason(skf("00000003", PayloadType::none)), "SKF: fragment number zero");
  EXPECT_EQ(reason(skf("00040003", PayloadType::none)), "SKF: fragment number above the total");
  EXPECT_EQ(reason(skf("00020003", PayloadType::id_i)), "SKF: a later fragment names a payload");
  EXPECT_EQ(reason(skf("000100", PayloadType::none)), "truncated");
}

TEST(Skf, BoundsTheNumberOfFragments) {
  EXPECT_TRUE(skf("00010080", PayloadType::none));
  const auto many = skf("00010081", PayloadType::none);
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().fault, Fault::limit);
}

TEST(SkBody, IsCutIntoIvTextAndIcv) {
  const Blob body = octets("0101 22222222 33");
  const auto parts = split(body, 2, 1);
  ASSERT_TRUE(parts);
  EXPECT_EQ(to_hex(parts->iv), "0101");
  EXPECT_EQ(to_hex(parts->text), "22222222");
  EXPECT_EQ(to_hex(parts->icv), "33");
  EXPECT_TRUE(split(body, 5, 1));
  EXPECT_FALSE(split(body, 6, 1)) << "not even a pad length";
  EXPECT_FALSE(split({}, 8, 16));
}

//= RFC 7296 section 3.14: the pad length is the last octet
TEST(SkPadding, IsTakenOffWhateverItHolds) {
  EXPECT_EQ(to_hex(*without_padding(octets("aabb 00"))), "aabb");
  EXPECT_EQ(to_hex(*without_padding(octets("aabb ffff 02"))), "aabb");
  EXPECT_TRUE(without_padding(octets("010203 03"))->empty());
  EXPECT_EQ(reason(without_padding(octets("0102 03"))), "SK: padding beyond the text");
  EXPECT_EQ(reason(without_padding({})), "SK: no pad length");
}

}  // namespace
}  // namespace ike::wire::v2
