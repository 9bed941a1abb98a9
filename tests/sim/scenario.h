// A run: a scenario with a seed, and how it went.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world.h"

namespace ike::sim {

struct Scenario {
  std::string_view name;
  std::string_view what;  // one line for people
  void (*play)(World&);
};

std::span<const Scenario> scenarios();
const Scenario* find_scenario(std::string_view name);
// Which scenario a seed plays when none is named.
const Scenario& scenario_of(uint64_t seed);

struct Outcome {
  std::optional<std::string> violation;
  std::vector<std::string> story;  // when verbose
  uint64_t steps = 0;
  uint64_t datagrams = 0;
};
Outcome play(const Scenario& scenario, uint64_t seed, bool verbose);

}  // namespace ike::sim
