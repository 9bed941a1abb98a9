// Two TS payloads against a policy: whatever is agreed lies within both, and the other end, which
// offered it, takes the answer.
#include <algorithm>
#include <cstdlib>

#include "base/limits.h"
#include "ike/narrow.h"

namespace {

using ike::model::SelectorPair;
using ike::model::TrafficSelector;

TrafficSelector net(const char* address, uint8_t length, uint8_t protocol = 0) {
  return TrafficSelector::of({*ike::Address::parse(address), length}, protocol);
}

const std::vector<SelectorPair> kOurs{{net("10.1.0.0", 16), net("10.2.0.0", 16)},
                                      {net("10.3.0.0", 24, 6), net("0.0.0.0", 0, 6)},
                                      {net("2001:db8::", 32), net("2001:db8:1::", 48)}};

bool inside(const ike::model::TrafficSelectors& outer, const TrafficSelector& inner) {
  return std::ranges::any_of(outer, [&](const auto& s) { return s.contains(inner); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  if (size < 2) return 0;
  const size_t half = std::min<size_t>(size - 2, size_t{data[0]} << 8 | data[1]);
  const Bytes all(data + 2, size - 2);
  const auto local = wire::v2::Ts::parse(wire::Reader(all.first(half)));
  const auto remote = wire::v2::Ts::parse(wire::Reader(all.subspan(half)));
  if (!local || !remote) return 0;
  const proto::SelectorSets offered{proto::from_wire(*local), proto::from_wire(*remote)};
  const auto result = proto::narrow(offered, kOurs);
  const model::Connection connection;
  static_cast<void>(proto::explain_selectors(offered, {{&connection, &kOurs}}));
  if (!result) return 0;
  if (result->pairs.empty() || result->pairs.size() > limits::kSelectorPairsMax) std::abort();
  for (const SelectorPair& pair : result->pairs) {
    if (!inside(offered.local, pair.local) || !inside(offered.remote, pair.remote)) std::abort();
    const bool ours = std::ranges::any_of(kOurs, [&](const auto& o) { return o.contains(pair); });
    if (!ours) std::abort();
  }
  // The initiator's view of the same.
  const proto::SelectorSets theirs{offered.remote, offered.local};
  std::vector<SelectorPair> mirrored;
  for (const SelectorPair& pair : kOurs) mirrored.push_back({pair.remote, pair.local});
  const proto::SelectorSets answer{result->sets.remote, result->sets.local};
  if (!proto::accept_narrowed(theirs, answer, mirrored)) std::abort();
  return 0;
}
