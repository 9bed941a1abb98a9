#include "esp/selector.h"

#include <algorithm>

namespace ike::esp {
namespace {

bool port_matches(const model::TrafficSelector& selector, uint16_t port, bool known) {
  if (selector.any_port()) return true;
  //= RFC 4301 section 4.4.1.1: OPAQUE is for packets whose ports cannot be seen
  if (selector.port_first > selector.port_last) return !known;
  return known && selector.port_first <= port && port <= selector.port_last;
}

bool protocol_matches(const model::TrafficSelector& selector, uint8_t protocol) {
  return selector.protocol == 0 || selector.protocol == protocol;
}

}  // namespace

bool matches(const model::SelectorPair& selectors, const FlowKey& flow) {
  const auto& [local, remote] = selectors;
  return protocol_matches(local, flow.protocol) && protocol_matches(remote, flow.protocol) &&
         port_matches(local, flow.source_port, flow.ports_known) &&
         port_matches(remote, flow.destination_port, flow.ports_known) &&
         local.addresses.contains(flow.source) && remote.addresses.contains(flow.destination);
}

bool carries(const std::vector<model::SelectorPair>& selectors, const FlowKey& flow) {
  return selectors.empty() || std::ranges::any_of(selectors, [&](const model::SelectorPair& one) {
           return matches(one, flow);
         });
}

}  // namespace ike::esp
