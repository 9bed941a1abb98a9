// rtnetlink messages: links, routes, rules, addresses.  Pure: octets in, octets out.
#pragma once

#include <linux/netlink.h>

#include <optional>
#include <vector>

#include "base/net.h"

namespace ike::kernel::rtnetlink {

// Each is one whole message that asks for an acknowledgement; sequence numbers are 0.

// Brings the device up with this MTU and without automatic IPv6 addresses.  IPsec policies do not
// apply to what comes out of it as IPv4.
Blob set_link_up(unsigned index, uint32_t mtu);

enum class RouteKind : uint8_t {
  device,   // into the device
  pass_on,  // "throw": the search goes on with the next rule
};
struct Route {
  Prefix destination;
  RouteKind kind = RouteKind::device;
  unsigned device = 0;
  uint32_t table = 0;
  std::optional<Address> source;  // preferred for packets of this host
};
Blob add_route(const Route& route);  // replaces an equal one
Blob remove_route(const Route& route);

// What a rule does with the packets that all its conditions hold for.
enum class RuleAction : uint8_t {
  look_up,  // in `table`
  go_to,    // the rule with the priority `table`
  nothing,
};
struct Rule {
  Family family = Family::ipv4;
  uint32_t priority = 0;
  RuleAction action = RuleAction::look_up;
  uint32_t table = 0;
  uint32_t mark = 0;  // 0: whatever it is
  bool inverted = false;
  std::optional<Prefix> destination{};
  uint8_t protocol = 0;  // 0: any
};
Blob add_rule(const Rule& rule);
Blob remove_rule(const Rule& rule);

Blob find_route(const Address& destination, uint32_t mark);
struct FoundRoute {
  Address source;  // unspecified when the kernel named none
  unsigned device = 0;
  uint32_t mtu = 0;  // of the path, 0 = the device's
};
std::optional<FoundRoute> parse_route(const nlmsghdr& message);

Blob find_link(unsigned index);
std::optional<uint32_t> parse_link_mtu(const nlmsghdr& message);

// Does a find_link answer say that no IPsec policy applies to IPv4 packets from the device?
bool parse_policy_exemption(const nlmsghdr& message);

Blob list_addresses(Family family);
std::optional<Address> parse_address(const nlmsghdr& message);

}  // namespace ike::kernel::rtnetlink
