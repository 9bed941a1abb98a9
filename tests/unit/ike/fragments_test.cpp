#include "ike/fragments.h"

#include <gtest/gtest.h>

namespace ike::proto {
namespace {

using Outcome = Reassembly::Outcome;

Fragment part(uint16_t number, uint16_t total, size_t size = 4, uint32_t id = 1) {
  return {.response = false,
          .message_id = MessageId(id),
          .number = number,
          .total = total,
          .first_inner = number == 1 ? PayloadType::id_i : PayloadType::none,
          .plaintext = Blob(size, static_cast<uint8_t>(number))};
}

TEST(Reassembly, JoinsFragmentsInWhateverOrderTheyCome) {
  Reassembly r;
  EXPECT_EQ(r.add(part(3, 3)), Outcome::stored);
  EXPECT_EQ(r.add(part(1, 3)), Outcome::stored);
  EXPECT_EQ(r.add(part(2, 3)), Outcome::complete);
  const Reassembled whole = r.take();
  EXPECT_EQ(whole.first, PayloadType::id_i);
  EXPECT_EQ(whole.chain, (Blob{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3}));
  EXPECT_EQ(r.held(), 0U);
}

TEST(Reassembly, DropsDuplicates) {
  Reassembly r;
  r.add(part(1, 2));
  EXPECT_EQ(r.add(part(1, 2)), Outcome::duplicate);
  EXPECT_EQ(r.add(part(2, 2)), Outcome::complete);
}

//= RFC 7383 section 2.6: numbers from 1 to the total
TEST(Reassembly, RefusesImpossibleNumbers) {
  Reassembly r;
  EXPECT_EQ(r.add(part(0, 2)), Outcome::refused);
  EXPECT_EQ(r.add(part(3, 2)), Outcome::refused);
  EXPECT_EQ(r.add(part(1, 0)), Outcome::refused);
}

//= RFC 7383 section 2.6: a larger total begins anew, a smaller one is too late
TEST(Reassembly, LetsALargerTotalReplaceACollection) {
  Reassembly r;
  r.add(part(1, 2));
  EXPECT_EQ(r.add(part(1, 3)), Outcome::stored);
  EXPECT_EQ(r.add(part(2, 2)), Outcome::refused);
  EXPECT_EQ(r.add(part(2, 3)), Outcome::stored);
  EXPECT_EQ(r.add(part(3, 3)), Outcome::complete);
}

TEST(Reassembly, KeepsRequestsAndResponsesApart) {
  Reassembly r;
  r.add(part(1, 2));
  Fragment response = part(1, 2);
  response.response = true;
  EXPECT_EQ(r.add(std::move(response)), Outcome::stored);
  EXPECT_EQ(r.add(part(2, 2)), Outcome::complete);
}

TEST(Reassembly, GivesUpAMessageWhenAnotherBegins) {
  Reassembly r;
  r.add(part(1, 2));
  r.add(part(1, 2, 4, 2));
  EXPECT_EQ(r.held(), 4U);
  EXPECT_EQ(r.add(part(2, 2, 4, 2)), Outcome::complete);
}

TEST(Reassembly, BoundsTheNumberOfFragments) {
  Reassembly r;
  const auto most = static_cast<uint16_t>(limits::kFragmentsMax);
  EXPECT_EQ(r.add(part(1, most)), Outcome::stored);
  EXPECT_EQ(r.add(part(1, static_cast<uint16_t>(most + 1))), Outcome::refused);
}

TEST(Reassembly, BoundsTheOctets) {
  Reassembly r;
  r.add(part(1, 3, 40000));
  EXPECT_EQ(r.add(part(2, 3, 40000)), Outcome::refused);
  EXPECT_EQ(r.held(), 0U);
}

TEST(Reassembly, RefusesEmptyFragments) {
  Reassembly r;
  EXPECT_EQ(r.add(part(1, 2, 0)), Outcome::refused);
}

}  // namespace
}  // namespace ike::proto
