#include "ike/narrow.h"

#include <algorithm>

#include "base/limits.h"

namespace ike::proto {
namespace {

// Combinations of what a peer offers that one configured pair is compared with.
constexpr size_t kLookedAtMax = 4 * limits::kSelectorPairsMax;

void add_unique(model::TrafficSelectors& all, const model::TrafficSelector& s) {
  if (std::ranges::find(all, s) == all.end()) all.push_back(s);
}

// Adds a pair unless one that is there covers it; those that it covers go.
void add_widest(std::vector<model::SelectorPair>& pairs, const model::SelectorPair& pair) {
  if (std::ranges::any_of(pairs, [&](const auto& p) { return p.contains(pair); })) return;
  std::erase_if(pairs, [&](const auto& p) { return pair.contains(p); });
  pairs.push_back(pair);
}

model::TrafficSelectors common_of(const model::TrafficSelectors& offered,
                                  const model::TrafficSelector& mine) {
  model::TrafficSelectors common;
  for (const model::TrafficSelector& s : offered) {
    if (const auto c = s.intersect(mine)) add_unique(common, *c);
  }
  return common;
}

SelectorSets sets_of(const std::vector<model::SelectorPair>& pairs) {
  SelectorSets sets;
  for (const model::SelectorPair& p : pairs) {
    add_unique(sets.local, p.local);
    add_unique(sets.remote, p.remote);
  }
  return sets;
}

// Which of `offered` one configured pair takes; false: no more room.
bool intersect_pair(const SelectorSets& offered, const model::SelectorPair& mine,
                    std::vector<model::SelectorPair>& found) {
  const model::TrafficSelectors local = common_of(offered.local, mine.local);
  if (local.empty()) return true;
  const model::TrafficSelectors remote = common_of(offered.remote, mine.remote);
  size_t looked_at = 0;
  for (const model::TrafficSelector& l : local) {
    for (const model::TrafficSelector& r : remote) {
      // Who offers has proven nothing yet, and overlapping ranges leave few pairs of many.
      if (++looked_at > kLookedAtMax) return false;
      const auto pair = model::SelectorPair{l, r}.intersect({l, r});
      if (!pair) continue;  // of two protocols
      if (found.size() == limits::kSelectorPairsMax) return false;
      add_widest(found, *pair);
    }
  }
  return true;
}

bool covered(const model::TrafficSelectors& outer, const model::TrafficSelector& inner) {
  return std::ranges::any_of(outer, [&](const auto& s) { return s.contains(inner); });
}

}  // namespace

model::TrafficSelectors from_wire(const wire::v2::Ts& ts) {
  model::TrafficSelectors out;
  out.reserve(ts.selectors.size());
  for (const wire::v2::TrafficSelector& s : ts.selectors) {
    if (s.known()) out.push_back({s.protocol, s.port_first, s.port_last, s.addresses});
  }
  return out;
}

wire::v2::Ts to_wire(const model::TrafficSelectors& selectors) {
  wire::v2::Ts ts;
  ts.selectors.reserve(std::min(selectors.size(), limits::kSelectorsMax));
  for (const model::TrafficSelector& s : selectors) {
    if (ts.selectors.size() == limits::kSelectorsMax) break;
    ts.selectors.push_back(
        wire::v2::TrafficSelector::of(s.addresses, s.protocol, s.port_first, s.port_last));
  }
  return ts;
}

SelectorSets offer_sets(const std::vector<model::SelectorPair>& configured,
                        const std::optional<model::SelectorPair>& packet) {
  SelectorSets sets;
  //= RFC 7296 section 2.9: the packet that made us ask comes first in both payloads
  if (packet) {
    sets.local.push_back(packet->local);
    sets.remote.push_back(packet->remote);
  }
  for (const model::SelectorPair& p : configured) {
    if (std::max(sets.local.size(), sets.remote.size()) == limits::kSelectorsMax) break;
    add_unique(sets.local, p.local);
    add_unique(sets.remote, p.remote);
  }
  return sets;
}

Result<Narrowed> narrow(const SelectorSets& offered,
                        const std::vector<model::SelectorPair>& configured) {
  Narrowed out;
  std::vector<model::SelectorPair> ordered = configured;
  //= RFC 7296 section 2.9: the initiator's first choice must be in the answer where the policy has
  //= it, so the pair that takes it goes first, lest a bound cut it off
  if (!offered.local.empty() && !offered.remote.empty()) {
    const model::SelectorPair first{offered.local.front(), offered.remote.front()};
    std::ranges::stable_partition(ordered,
                                  [&](const model::SelectorPair& p) { return p.contains(first); });
  }
  for (const model::SelectorPair& mine : ordered) {
    if (intersect_pair(offered, mine, out.pairs)) continue;
    out.additional_possible = true;
    break;
  }
  if (out.pairs.empty()) return fail(Fault::refused, "TS: nothing in common");
  out.sets = sets_of(out.pairs);
  while (out.sets.local.size() > limits::kSelectorsMax ||
         out.sets.remote.size() > limits::kSelectorsMax) {
    out.pairs.pop_back();
    out.additional_possible = true;
    out.sets = sets_of(out.pairs);
  }
  return out;
}

Result<Narrowed> accept_narrowed(const SelectorSets& offered, const SelectorSets& answer,
                                 const std::vector<model::SelectorPair>& configured) {
  if (answer.local.empty() || answer.remote.empty()) {
    return fail(Fault::refused, "TS answer: no selectors");
  }
  //= RFC 7296 section 2.9: the responder may narrow, never widen
  for (const model::TrafficSelector& s : answer.local) {
    if (!covered(offered.local, s)) return fail(Fault::refused, "TS answer: not offered");
  }
  for (const model::TrafficSelector& s : answer.remote) {
    if (!covered(offered.remote, s)) return fail(Fault::refused, "TS answer: not offered");
  }
  return narrow(answer, configured);
}

}  // namespace ike::proto
