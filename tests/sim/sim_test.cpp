// A thousand runs, each by its seed.  `ike-sim --seed N --scenario NAME -v` tells the story of one.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/scenario.h"

namespace ike::sim {
namespace {

constexpr uint64_t kSeeds = 1000;

class Simulation : public ::testing::TestWithParam<size_t> {};

TEST_P(Simulation, KeepsEveryInvariant) {
  const Scenario& scenario = scenarios()[GetParam()];
  for (uint64_t seed = GetParam(); seed < kSeeds; seed += scenarios().size()) {
    const Outcome outcome = play(scenario, seed, false);
    ASSERT_FALSE(outcome.violation)
        << *outcome.violation << "\nike-sim -v --scenario " << scenario.name << " --seed " << seed;
    ASSERT_GT(outcome.datagrams, 0U) << "nothing happened";
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Simulation, ::testing::Range(size_t{0}, scenarios().size()),
                         [](const auto& tested) {
                           std::string name(scenarios()[tested.param].name);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// Each of these broke an invariant once: crossed rekeyings of a Child SA whose results came in
// every order, with messages lost and late.
TEST(Simulation, HoldsWhereItOnceDidNot) {
  const Scenario& scenario = *find_scenario("rekey-child-both");
  for (const uint64_t seed :
       {72,   88,   100,  108,  110,  112,  285,  326,  368,  413,  477,  520,  529,  596,  638,
        682,  738,  765,  814,  835,  926,  954,  1001, 1022, 1081, 1097, 1177, 1247, 1383, 1448,
        1486, 1525, 1531, 1571, 1747, 1804, 1809, 2157, 2183, 2388, 2390, 2508, 2546, 2900}) {
    const Outcome outcome = play(scenario, seed, false);
    ASSERT_FALSE(outcome.violation) << *outcome.violation << " by seed " << seed;
  }
}

TEST(Simulation, RepeatsARunByItsSeed) {
  const Scenario& scenario = *find_scenario("rekey-everything");
  const Outcome once = play(scenario, 7, true);
  const Outcome again = play(scenario, 7, true);
  EXPECT_EQ(once.story, again.story);
  EXPECT_NE(play(scenario, 8, true).story, once.story);
}

}  // namespace
}  // namespace ike::sim
