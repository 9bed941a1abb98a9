#include "sim/checkers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"

namespace ike::sim {
namespace {

constexpr std::string_view kEstablished = "ESTABLISHED";

struct Held {
  Node* node = nullptr;
  model::IkeSaReport report;
};
using SpiPair = std::pair<IkeSpi, IkeSpi>;

std::map<SpiPair, std::vector<Held>> established_sas(World& world) {
  std::map<SpiPair, std::vector<Held>> all;
  for (const auto& node : world.nodes()) {
    for (model::IkeSaReport& r : node->sas()) {
      if (r.state != kEstablished) continue;
      const SpiPair key{r.spi_i, r.spi_r};
      all[key].push_back({node.get(), std::move(r)});
    }
  }
  return all;
}

bool same_keys(const model::SaSpec& a, const model::SaSpec& b) {
  return a.algorithms == b.algorithms && a.mode == b.mode && a.encryption_key == b.encryption_key &&
         a.integrity_key == b.integrity_key;
}

bool mirrored(const std::vector<model::SelectorPair>& a,
              const std::vector<model::SelectorPair>& b) {
  return a.size() == b.size() && std::ranges::all_of(a, [&](const model::SelectorPair& p) {
           return std::ranges::find(b, model::SelectorPair{p.remote, p.local}) != b.end();
         });
}

// The peer's half of an outbound SA, wherever it is.
const InstalledSa* accepting(World& world, const Node& sender, EspSpi spi) {
  for (const auto& node : world.nodes()) {
    if (node.get() == &sender) continue;
    if (const InstalledSa* sa = node->kernel().inbound(spi)) return sa;
  }
  return nullptr;
}

// Problems that were found at one moment; an exchange under way may explain them.
struct Problems {
  std::optional<std::string> first;
  void violate(std::string what) {
    if (!first) first = std::move(what);
  }
};

void check_pair(Problems& world, const Held& a, const Held& b) {
  const std::string who = a.node->name() + " and " + b.node->name();
  if (a.report.initiator == b.report.initiator) world.violate(who + " both began one IKE SA");
  if (!(a.report.suite == b.report.suite)) world.violate(who + " differ in the IKE SA's suite");
  if (a.report.remote_id != b.report.local_id || b.report.remote_id != a.report.local_id) {
    world.violate(who + " differ in their identities");
  }
  const auto spis = [](const model::IkeSaReport& r, model::Direction d) {
    std::set<EspSpi> out;
    for (const auto& c : r.children) {
      if (c.direction == d) out.insert(c.spi);
    }
    return out;
  };
  if (spis(a.report, model::Direction::outbound) != spis(b.report, model::Direction::inbound) ||
      spis(a.report, model::Direction::inbound) != spis(b.report, model::Direction::outbound)) {
    world.violate(who + " hold different Child SAs");
  }
}

void check_kernel(World& all, Problems& world, Node& node,
                  const std::vector<model::IkeSaReport>& reports) {
  std::set<std::pair<model::Direction, EspSpi>> told;
  for (const model::IkeSaReport& r : reports) {
    for (const auto& c : r.children) {
      if (c.loaded) told.insert({c.direction, c.spi});
    }
  }
  std::set<std::pair<model::Direction, EspSpi>> loaded;
  for (const auto& [id, sa] : node.kernel().sas()) {
    loaded.insert({sa.spec.direction, id.spi});
    if (!told.contains({sa.spec.direction, id.spi})) {
      world.violate(fmt::format("{}'s kernel holds {}, of which its engine knows nothing",
                                node.name(), id.text()));
    }
    if (sa.spec.direction != model::Direction::outbound) continue;
    const InstalledSa* theirs = accepting(all, node, id.spi);
    if (theirs == nullptr) {
      world.violate(fmt::format("nobody takes what {} sends by {}", node.name(), id.text()));
    } else if (!same_keys(sa.spec, theirs->spec)) {
      world.violate(fmt::format("the keys of {} differ at its ends", id.text()));
    } else if (!mirrored(sa.spec.selectors, theirs->spec.selectors)) {
      world.violate(fmt::format("the selectors of {} differ at its ends", id.text()));
    }
  }
  for (const auto& one : told) {
    if (!loaded.contains(one)) {
      world.violate(fmt::format("{} believes that SA {:08x} is in its kernel", node.name(),
                                one.second.raw()));
    }
  }
}

Problems look_around(World& world) {
  Problems found;
  for (const auto& [spis, held] : established_sas(world)) {
    if (held.size() == 2) {
      check_pair(found, held[0], held[1]);
    } else {
      found.violate(
          fmt::format("{} alone holds the IKE SA {:016x}", held[0].node->name(), spis.first.raw()));
    }
  }
  for (const auto& node : world.nodes()) {
    if (!node->running()) continue;
    check_kernel(world, found, *node, node->sas());
    if (node->requests_waiting() > 0) found.violate(node->name() + " waits for a port");
  }
  return found;
}

}  // namespace

void check_traffic(World& world) {
  for (const auto& node : world.nodes()) {
    std::set<ReqId> done;
    for (const auto& [id, sa] : node->kernel().sas()) {
      if (sa.spec.direction != model::Direction::outbound) continue;
      if (!done.insert(sa.spec.reqid).second) continue;
      const InstalledSa* newest = node->kernel().newest_outbound(sa.spec.reqid);
      const InstalledSa* theirs = accepting(world, *node, newest->spec.id.spi);
      if (theirs != nullptr && same_keys(newest->spec, theirs->spec)) continue;
      // The first SA of a flow may be there before the peer's, and the last one may outlive it.
      const bool had_better = std::ranges::any_of(node->kernel().sas(), [&](const auto& entry) {
        const model::SaSpec& other = entry.second.spec;
        return other.direction == model::Direction::outbound && other.reqid == newest->spec.reqid &&
               accepting(world, *node, other.id.spi) != nullptr;
      });
      if (had_better) {
        world.violate(fmt::format("{} sends by {}, which its peer does not take", node->name(),
                                  newest->spec.id.text()));
      }
    }
  }
}

void check_quiet(World& world) {
  constexpr int kLooks = 240;  // a request without an answer is given up after 126 s
  Problems found;
  for (int i = 0; i < kLooks && !world.violation(); ++i) {
    found = look_around(world);
    if (!found.first) break;
    world.run_for(seconds(1));
  }
  if (found.first) world.violate(*found.first);
  for (const auto& node : world.nodes()) {
    if (node->counter("half_open_current") > limits::kHalfOpenMax) {
      world.violate(node->name() + " has too many half-open SAs");
    }
    if (node->ike_sas() > limits::kIkeSasMax) world.violate(node->name() + " has too many SAs");
  }
}

bool connected(const End& a, const End& b, const Relation& relation) {
  const auto reaches = [&](const End& from, const End& to, unsigned child) {
    const model::SelectorPair packet = packet_between(from, to, child);
    for (const auto& [id, sa] : from.node->kernel().sas()) {
      if (sa.spec.direction != model::Direction::outbound) continue;
      if (std::ranges::none_of(sa.spec.selectors,
                               [&](const auto& s) { return s.contains(packet); })) {
        continue;
      }
      const InstalledSa* theirs = to.node->kernel().inbound(id.spi);
      if (theirs != nullptr && same_keys(sa.spec, theirs->spec)) return true;
    }
    return false;
  };
  for (unsigned child = 0; child < relation.children; ++child) {
    if (!reaches(a, b, child) || !reaches(b, a, child)) return false;
  }
  return true;
}

void check_connected(World& world, const End& a, const End& b, const Relation& relation) {
  if (connected(a, b, relation)) return;
  world.violate(a.node->name() + " and " + b.node->name() + " are not connected");
}

void check_nothing(World& world) {
  for (const auto& [spis, held] : established_sas(world)) {
    world.violate(held[0].node->name() + " has established an IKE SA");
  }
  for (const auto& node : world.nodes()) {
    if (!node->kernel().sas().empty()) world.violate(node->name() + " has SAs in its kernel");
  }
}

void check_shutdown(World& world) {
  world.network().set_weather(kFair);
  for (const auto& node : world.nodes()) {
    if (node->running()) node->shut_down();
  }
  world.run_for(seconds(10));
  if (world.violation()) return;
  for (const auto& node : world.nodes()) {
    if (!node->running()) continue;
    if (!node->finished()) world.violate(node->name() + " does not finish");
    if (!node->kernel().sas().empty()) world.violate(node->name() + " leaves SAs in its kernel");
  }
}

}  // namespace ike::sim
