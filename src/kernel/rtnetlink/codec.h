// rtnetlink messages: links, routes, rules, addresses.  Pure: octets in, octets out.
#pragma once

#include <linux/netlink.h>

#include <optional>
#include <vector>

#include "base/net.h"

namespace ike::kernel::rtnetlink {

// Each is one whole message that asks for an acknowledgement; sequence numbers are 0.

// Brings the device up with this MTU and without automatic IPv6 addresses.
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

// "Whatever does not carry `mark` is looked up in `table` first."
struct Rule {
  Family family = Family::ipv4;
  uint32_t priority = 0;
  uint32_t mark = 0;
  uint32_t table = 0;
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

Blob list_addresses(Family family);
std::optional<Address> parse_address(const nlmsghdr& message);

}  // namespace ike::kernel::rtnetlink
