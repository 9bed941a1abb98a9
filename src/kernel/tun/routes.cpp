#include "kernel/tun/routes.h"

#include <array>
#include <cerrno>

#include "kernel/netlink.h"
#include "kernel/prefixes.h"
#include "kernel/rtnetlink/find.h"

namespace ike::kernel {

using rtnetlink::RouteKind;

namespace {

constexpr uint32_t kMarkedPriority = kRulePriority + 1;    // what carries our mark skips the next
constexpr uint32_t kProtocolPriority = kRulePriority + 2;  // all rules by protocol
constexpr uint32_t kEndPriority = kRulePriority + 3;

rtnetlink::Rule general_rule(Family family) {
  return {.family = family,
          .priority = kRulePriority,
          .table = kRouteTable,
          .mark = kOuterMark,
          .inverted = true};
}
std::array<rtnetlink::Rule, 2> rules_around_protocols(Family family) {
  return {{{.family = family,
            .priority = kMarkedPriority,
            .action = rtnetlink::RuleAction::go_to,
            .table = kEndPriority,
            .mark = kOuterMark},
           {.family = family, .priority = kEndPriority, .action = rtnetlink::RuleAction::nothing}}};
}
rtnetlink::Rule protocol_rule(const Prefix& prefix, uint8_t protocol) {
  return {.family = prefix.address.family(),
          .priority = kProtocolPriority,
          .table = kProtocolTable,
          .destination = prefix,
          .protocol = protocol};
}
// Both sides of a flow have the same protocol, or one has none.
uint8_t protocol_of(const model::FlowSpec& flow) {
  const uint8_t local = flow.selectors.local.protocol;
  return local != 0 ? local : flow.selectors.remote.protocol;
}
uint32_t table_of(const model::FlowSpec& flow) {
  return protocol_of(flow) != 0 ? kProtocolTable : kRouteTable;
}

}  // namespace

Routes::~Routes() {
  // The kernel removes routes with their device, rules it does not.
  for (const auto& [rule, flows] : selected_) {
    netlink_talk(netlink_, rtnetlink::remove_rule(protocol_rule(rule.first, rule.second)));
  }
  for (const Family family : by_protocol_) {
    for (const rtnetlink::Rule& rule : rules_around_protocols(family)) {
      netlink_talk(netlink_, rtnetlink::remove_rule(rule));
    }
  }
  for (const auto& [family, there] :
       {std::pair{Family::ipv4, rule_v4_}, {Family::ipv6, rule_v6_}}) {
    if (there) netlink_talk(netlink_, rtnetlink::remove_rule(general_rule(family)));
  }
}

int Routes::ensure_rule(Family family) {
  bool& there = family == Family::ipv6 ? rule_v6_ : rule_v4_;
  if (there) return 0;
  const int error = netlink_talk(netlink_, rtnetlink::add_rule(general_rule(family)));
  // One that a killed predecessor left does as well.
  if (error != 0 && error != EEXIST) return error;
  there = true;
  return 0;
}

int Routes::ensure_protocol_rules(Family family) {
  if (!by_protocol_.insert(family).second) return 0;
  for (const rtnetlink::Rule& rule : rules_around_protocols(family)) {
    const int error = netlink_talk(netlink_, rtnetlink::add_rule(rule));
    if (error != 0 && error != EEXIST) return error;
  }
  return 0;
}

// One rule for all flows with this prefix and protocol.
int Routes::select(const Prefix& prefix, uint8_t protocol, int by) {
  const std::pair key{prefix, protocol};
  const auto at = selected_.find(key);
  if (by > 0) {
    if (at != selected_.end()) return ++at->second, 0;
    if (selected_.size() >= kProtocolRulesMax) return ENOSPC;
    const int error = netlink_talk(netlink_, rtnetlink::add_rule(protocol_rule(prefix, protocol)));
    if (error != 0 && error != EEXIST) return error;
    selected_[key] = 1;
    return 0;
  }
  if (at == selected_.end() || --at->second > 0) return 0;
  selected_.erase(at);
  return netlink_talk(netlink_, rtnetlink::remove_rule(protocol_rule(prefix, protocol)));
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

int Routes::change(const Place& place, RouteKind kind, int by, std::optional<Address> source) {
  Users& users = users_[place];
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
  if (users.device == 0 && users.pass_on == 0) users_.erase(place);
  if (was == is) return 0;
  if (!is) {
    netlink_talk(netlink_, rtnetlink::remove_route({place.prefix, *was, device_, place.table, {}}));
    return 0;
  }
  if (was)
    netlink_talk(netlink_, rtnetlink::remove_route({place.prefix, *was, device_, place.table, {}}));
  return netlink_talk(netlink_,
                      rtnetlink::add_route({place.prefix, *is, device_, place.table,
                                            *is == RouteKind::device ? source : std::nullopt}));
}

int Routes::add(const model::FlowSpec& flow) {
  const auto& [local, remote] = flow.selectors;
  const uint8_t protocol = protocol_of(flow);
  const Family family = remote.addresses.family();
  int error = protocol == 0 ? ensure_rule(family) : ensure_protocol_rules(family);
  if (error != 0) return error;
  const auto source = own_address_in(local.addresses);
  for (const Prefix& prefix : prefixes_covering(remote.addresses)) {
    const int failed = change({table_of(flow), prefix}, RouteKind::device, +1, source);
    if (error == 0) error = failed;
    // After its route, so that nothing is looked up in vain.
    if (protocol != 0 && error == 0) error = select(prefix, protocol, +1);
  }
  if (leads_home(flow)) {
    for (const Prefix& prefix : prefixes_covering(local.addresses)) {
      const int failed = change({table_of(flow), prefix}, RouteKind::pass_on, +1, std::nullopt);
      if (error == 0) error = failed;
    }
  }
  return error;
}

void Routes::remove(const model::FlowSpec& flow) {
  const uint8_t protocol = protocol_of(flow);
  for (const Prefix& prefix : prefixes_covering(flow.selectors.remote.addresses)) {
    if (protocol != 0) select(prefix, protocol, -1);
    const Place place{table_of(flow), prefix};
    if (users_.contains(place)) change(place, RouteKind::device, -1, std::nullopt);
  }
  if (!leads_home(flow)) return;
  for (const Prefix& prefix : prefixes_covering(flow.selectors.local.addresses)) {
    const Place place{table_of(flow), prefix};
    if (users_.contains(place)) change(place, RouteKind::pass_on, -1, std::nullopt);
  }
}

std::optional<rtnetlink::FoundRoute> Routes::find(const Address& remote) const {
  return rtnetlink::ask(netlink_, remote, kOuterMark);
}

}  // namespace ike::kernel
