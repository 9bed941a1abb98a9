#include "esp/replay.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/limits.h"

namespace ike::esp {
namespace {

TEST(ReplayWindow, TakesEachNumberOnce) {
  ReplayWindow window(64, false);
  EXPECT_FALSE(window.fresh(0)) << "the first packet has number 1";
  EXPECT_TRUE(window.accept(1));
  EXPECT_FALSE(window.accept(1));
  EXPECT_TRUE(window.accept(100));
  EXPECT_FALSE(window.fresh(36)) << "left of the window";
  EXPECT_TRUE(window.accept(37));
  EXPECT_FALSE(window.accept(37));
}

TEST(ReplayWindow, IsCappedAndReachesItsLargestSize) {
  ReplayWindow window(1'000'000, false);
  EXPECT_TRUE(window.accept(10'000));
  EXPECT_TRUE(window.fresh(10'000 - limits::kReplayWindowMax + 1));
  EXPECT_FALSE(window.fresh(10'000 - limits::kReplayWindowMax));
}

TEST(ReplayWindow, OfSizeZeroChecksNothing) {
  ReplayWindow window(0, false);
  EXPECT_TRUE(window.accept(5));
  EXPECT_TRUE(window.accept(5));
}

//= RFC 4303 appendix A2.2: the high half follows the window over the wrap of the low one
TEST(ReplayWindow, CompletesNumbersAroundAWrap) {
  ReplayWindow window(64, true);
  EXPECT_EQ(window.complete(1), 1u);
  ASSERT_TRUE(window.accept(0xffff'fff0));
  EXPECT_EQ(window.complete(0xffff'fff5), 0xffff'fff5u);
  EXPECT_EQ(window.complete(3), 0x1'0000'0003u);
  ASSERT_TRUE(window.accept(0x1'0000'0003));
  EXPECT_EQ(window.complete(0xffff'fff8), 0xffff'fff8u) << "still inside the window";
  EXPECT_TRUE(window.accept(0xffff'fff8));
  EXPECT_FALSE(window.accept(0xffff'fff8));
  EXPECT_EQ(window.complete(0x8000'0000), 0x1'8000'0000u);
}

// Against the plain definition: a set of seen numbers and a distance.
RC_GTEST_PROP(ReplayWindow, AgreesWithItsDefinition, ()) {
  const auto size = *rc::gen::inRange<uint32_t>(1, 300);
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-400, 400));
  ReplayWindow window(size, false);
  std::set<uint64_t> seen;
  uint64_t highest = 0;
  uint64_t at = 500;
  for (const int step : steps) {
    at = static_cast<uint64_t>(std::max<int64_t>(0, static_cast<int64_t>(at) + step));
    const bool expected = at != 0 && !seen.contains(at) && (at > highest || highest - at < size);
    RC_ASSERT(window.fresh(at) == expected);
    RC_ASSERT(window.accept(at) == expected);
    if (expected) seen.insert(at);
    if (expected && at > highest) highest = at;
  }
}

}  // namespace
}  // namespace ike::esp
