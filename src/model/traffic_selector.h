// Traffic selectors: which packets an SA carries.  RFC 7296 section 3.13, RFC 4301 section 4.4.1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/net.h"

namespace ike::model {

struct TrafficSelector {
  uint8_t protocol = 0;         // IP protocol, 0 = any
  uint16_t port_first = 0;      // for ICMP: type << 8 | code, as RFC 7296 3.13.1 has it
  uint16_t port_last = 0xffff;  // first > last (0xffff, 0) is OPAQUE
  AddressRange addresses;

  static TrafficSelector of(const Prefix& prefix, uint8_t protocol = 0);
  bool any_port() const { return port_first == 0 && port_last == 0xffff; }
  bool contains(const TrafficSelector& inner) const;
  std::optional<TrafficSelector> intersect(const TrafficSelector& other) const;
  std::string text() const;  // 10.1.0.0/16, 10.1.0.0/16[tcp/443]

  friend bool operator==(const TrafficSelector&, const TrafficSelector&) = default;
};

using TrafficSelectors = std::vector<TrafficSelector>;

// Seen from us, whoever initiated.
struct SelectorPair {
  TrafficSelector local;
  TrafficSelector remote;

  bool contains(const SelectorPair& inner) const;
  std::optional<SelectorPair> intersect(const SelectorPair& other) const;
  std::string text() const;  // local -> remote

  friend bool operator==(const SelectorPair&, const SelectorPair&) = default;
};

std::string text_of(const TrafficSelectors& selectors);  // separated by ", "

}  // namespace ike::model
