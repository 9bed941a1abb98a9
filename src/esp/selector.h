// Does a packet fall under traffic selectors?  RFC 4301 section 4.4.1.1.
#pragma once

#include <vector>

#include "esp/ip.h"
#include "model/traffic_selector.h"

namespace ike::esp {

// `flow` as an outbound packet has it: its source is the local side.
bool matches(const model::SelectorPair& selectors, const FlowKey& flow);
// One of them does; none at all carry everything.
bool carries(const std::vector<model::SelectorPair>& selectors, const FlowKey& flow);

}  // namespace ike::esp
