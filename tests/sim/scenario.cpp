#include "sim/scenario.h"

#include <algorithm>

#include "sim/scenarios/pair.h"

namespace ike::sim {

std::vector<EspSpi> inbound_spis(Node& node) {
  std::vector<EspSpi> spis;
  for (const auto& [id, sa] : node.kernel().sas()) {
    if (sa.spec.direction == model::Direction::inbound) spis.push_back(id.spi);
  }
  return spis;
}

std::span<const Scenario> scenarios() {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> list;
    for (const auto part :
         {establish_scenarios(), rekey_scenarios(), trouble_scenarios(), hostile_scenarios()}) {
      list.insert(list.end(), part.begin(), part.end());
    }
    return list;
  }();
  return all;
}

const Scenario* find_scenario(std::string_view name) {
  const auto at = std::ranges::find(scenarios(), name, &Scenario::name);
  return at == scenarios().end() ? nullptr : &*at;
}

const Scenario& scenario_of(uint64_t seed) { return scenarios()[seed % scenarios().size()]; }

Outcome play(const Scenario& scenario, uint64_t seed, bool verbose) {
  World world(seed, verbose);
  scenario.play(world);
  return {world.violation(), world.story(), world.clock().steps(), world.network().sent()};
}

}  // namespace ike::sim
