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

// What the window promises, in the plainest words: everything that ever came is remembered.
struct Model {
  explicit Model(uint32_t window) : size(window) {}
  bool accept(uint64_t sequence) {
    const bool good = sequence != 0 && (sequence > highest || highest - sequence < size) &&
                      seen.insert(sequence).second;
    if (good) highest = std::max(highest, sequence);
    return good;
  }
  uint32_t size;
  uint64_t highest = 0;
  std::set<uint64_t> seen;
};

class WindowSizes : public testing::TestWithParam<uint32_t> {};

// From every place of the right edge within two words, every number around both edges.
TEST_P(WindowSizes, AgreeWithTheModelAroundBothEdges) {
  const uint32_t size = GetParam();
  for (uint64_t top = 2 * size + 1; top < 2 * size + 130; ++top) {
    ReplayWindow window(size, false);
    Model model(size);
    ASSERT_EQ(window.accept(top), model.accept(top));
    for (const uint64_t around : {top, top - size, top - size / 2}) {
      for (uint64_t at = around > 70 ? around - 70 : 0; at < around + 3; ++at) {
        ASSERT_EQ(window.accept(at), model.accept(at)) << top << " " << at;
        ASSERT_EQ(window.highest(), model.highest);
      }
    }
  }
}

// Leaps of every length up to several windows: what was left behind is old, what is inside is new.
TEST_P(WindowSizes, ForgetNothingAndInventNothingOnLeaps) {
  const uint32_t size = GetParam();
  const uint32_t step = std::max<uint32_t>(1, size / 97);
  for (uint64_t leap = 1; leap < 3 * size + 70; leap += step) {
    ReplayWindow window(size, false);
    Model model(size);
    for (uint64_t at = 1; at <= size; at += 3) ASSERT_TRUE(window.accept(at) && model.accept(at));
    const uint64_t top = size + leap;
    ASSERT_EQ(window.accept(top), model.accept(top));
    for (uint64_t at = top > size + 2 ? top - size - 2 : 0; at <= top; ++at) {
      ASSERT_EQ(window.accept(at), model.accept(at)) << leap << " " << at;
    }
  }
}

//= RFC 4303 appendix A2.1: what is within the window, or less than 2^32 ahead of its left edge, is
//= completed to itself
TEST_P(WindowSizes, CompleteNumbersAroundTheWrapsOfTheLowHalf) {
  const uint32_t size = GetParam();
  for (const uint64_t wrap : {uint64_t{1} << 32, uint64_t{5} << 32}) {
    for (int64_t offset = -int64_t{size} - 70; offset <= int64_t{size} + 70; ++offset) {
      const uint64_t top = wrap + static_cast<uint64_t>(offset);
      ReplayWindow window(size, true);
      ASSERT_TRUE(window.accept(top));
      for (const uint64_t real : {top - size + 1, top - size / 2, top - 1, top, top + 1, top + size,
                                  top + 0x7fff'ffff, top - size + 0xffff'ffff}) {
        if (real + size <= top) continue;  // left of the window
        ASSERT_EQ(window.complete(static_cast<uint32_t>(real)), real) << top;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, WindowSizes,
                         testing::Values(1, 32, 63, 64, 65, 127, 128, 1000, 2048, 4095,
                                         limits::kReplayWindowMax));

TEST(ReplayWindow, StartsInTheFirstSubspace) {
  const ReplayWindow window(64, true);
  for (const uint32_t low : {1u, 64u, 0x7fff'ffffu, 0xffff'ffffu}) {
    EXPECT_EQ(window.complete(low), low) << "there is nothing before the first wrap";
  }
}

TEST(ReplayWindow, OfSizeZeroStillCompletesNumbersThatCameOutOfOrder) {
  ReplayWindow window(0, true);
  ASSERT_TRUE(window.accept(0x1'0000'0100));
  EXPECT_EQ(window.complete(0xff), 0x1'0000'00ffu);
  EXPECT_EQ(window.complete(0xffff'fff0), 0xffff'fff0u);
  EXPECT_EQ(window.complete(0x101), 0x1'0000'0101u);
}

}  // namespace
}  // namespace ike::esp
