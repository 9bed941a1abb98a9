// "from … to …" clauses to pairs of traffic selectors.
#pragma once

#include <vector>

#include "config/iked/hosts.h"
#include "model/traffic_selector.h"

namespace ike::config::iked {

// A flow as it was written, for the normalised print; any protocol.
struct WrittenFlow {
  Prefix from, to;
  uint16_t from_port = 0, to_port = 0;

  friend auto operator<=>(const WrittenFlow&, const WrittenFlow&) = default;
};

struct Flows {
  std::vector<model::SelectorPair> selectors;
  std::vector<WrittenFlow> written;  // parallel to the selectors
  // What the addresses of the IKE SA are taken from when the policy names none; absent unless the
  // policy has exactly one source and one destination.  An "any" is an absent prefix in it.
  struct Ends {
    std::optional<Prefix> from, to;
    bool networks = false;
  };
  std::optional<Ends> ends;
};

// Nothing when a flow was wrong, which has been reported then.
std::optional<Flows> make_flows(const PolicyStatement& policy,
                                const std::vector<uint8_t>& protocols, Hosts& hosts,
                                Diagnostics& diagnostics);

}  // namespace ike::config::iked
