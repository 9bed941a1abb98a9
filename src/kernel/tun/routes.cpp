#include "kernel/tun/routes.h"

#include <cerrno>

#include "kernel/netlink.h"
#include "kernel/prefixes.h"
#include "kernel/rtnetlink/find.h"

namespace ike::kernel {

using rtnetlink::RouteKind;

Routes::~Routes() {
  // The kernel removes routes with their device, rules it does not.
  for (const auto& [family, there] :
       {std::pair{Family::ipv4, rule_v4_}, {Family::ipv6, rule_v6_}}) {
    if (there) {
      netlink_talk(netlink_,
                   rtnetlink::remove_rule({family, kRulePriority, kOuterMark, kRouteTable}));
    }
  }
}

int Routes::ensure_rule(Family family) {
  bool& there = family == Family::ipv6 ? rule_v6_ : rule_v4_;
  if (there) return 0;
  const int error =
      netlink_talk(netlink_, rtnetlink::add_rule({family, kRulePriority, kOuterMark, kRouteTable}));
  // One that a killed predecessor left does as well.
  if (error != 0 && error != EEXIST) return error;
  there = true;
  return 0;
}

std::optional<Address> Routes::own_address_in(const AddressRange& range) const {
  std::optional<Address> found;
  netlink_talk(netlink_, rtnetlink::list_addresses(range.family()), [&](const nlmsghdr& m) {
    const auto address = rtnetlink::parse_address(m);
    if (!found && address && range.contains(*address)) found = address;
  });
  return found;
}

// With a remote side that contains the local one (0.0.0.0/0) what a tunnel delivers for the local
// side would be led back into it.
bool Routes::leads_home(const model::FlowSpec& flow) const {
  return flow.selectors.remote.addresses.contains(flow.selectors.local.addresses) &&
         flow.selectors.remote.addresses != flow.selectors.local.addresses;
}

int Routes::change(const Prefix& prefix, RouteKind kind, int by, std::optional<Address> source) {
  Users& users = users_[prefix];
  const Users before = users;
  unsigned& count = kind == RouteKind::device ? users.device : users.pass_on;
  count = static_cast<unsigned>(static_cast<int>(count) + by);
  const auto kind_for = [](const Users& u) -> std::optional<RouteKind> {
    if (u.device > 0) return RouteKind::device;
    if (u.pass_on > 0) return RouteKind::pass_on;
    return std::nullopt;
  };
  const auto was = kind_for(before);
  const auto is = kind_for(users);
  if (users.device == 0 && users.pass_on == 0) users_.erase(prefix);
  if (was == is) return 0;
  if (!is) {
    netlink_talk(netlink_, rtnetlink::remove_route({prefix, *was, device_, kRouteTable, {}}));
    return 0;
  }
  if (was)
    netlink_talk(netlink_, rtnetlink::remove_route({prefix, *was, device_, kRouteTable, {}}));
  return netlink_talk(netlink_,
                      rtnetlink::add_route({prefix, *is, device_, kRouteTable,
                                            *is == RouteKind::device ? source : std::nullopt}));
}

int Routes::add(const model::FlowSpec& flow) {
  const auto& [local, remote] = flow.selectors;
  if (const int error = ensure_rule(remote.addresses.family()); error != 0) return error;
  const auto source = own_address_in(local.addresses);
  int error = 0;
  for (const Prefix& prefix : prefixes_covering(remote.addresses)) {
    const int failed = change(prefix, RouteKind::device, +1, source);
    if (error == 0) error = failed;
  }
  if (leads_home(flow)) {
    for (const Prefix& prefix : prefixes_covering(local.addresses)) {
      const int failed = change(prefix, RouteKind::pass_on, +1, std::nullopt);
      if (error == 0) error = failed;
    }
  }
  return error;
}

void Routes::remove(const model::FlowSpec& flow) {
  for (const Prefix& prefix : prefixes_covering(flow.selectors.remote.addresses)) {
    if (users_.contains(prefix)) change(prefix, RouteKind::device, -1, std::nullopt);
  }
  if (!leads_home(flow)) return;
  for (const Prefix& prefix : prefixes_covering(flow.selectors.local.addresses)) {
    if (users_.contains(prefix)) change(prefix, RouteKind::pass_on, -1, std::nullopt);
  }
}

std::optional<rtnetlink::FoundRoute> Routes::find(const Address& remote) const {
  return rtnetlink::ask(netlink_, remote, kOuterMark);
}

}  // namespace ike::kernel
