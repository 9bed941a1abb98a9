#include "kernel/rtnetlink/codec.h"

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>

#include "kernel/attributes.h"
#include "kernel/netlink_message.h"

namespace ike::kernel::rtnetlink {
namespace {

constexpr uint16_t kAck = NLM_F_REQUEST | NLM_F_ACK;

int family_number(Family family) { return family == Family::ipv6 ? AF_INET6 : AF_INET; }

Blob route_message(uint16_t type, uint16_t flags, const Route& route) {
  NetlinkMessage m(type, flags);
  auto& body = m.body<rtmsg>();
  const Prefix destination = route.destination.masked();
  body.rtm_family = static_cast<uint8_t>(family_number(destination.address.family()));
  body.rtm_dst_len = destination.length;
  body.rtm_table = RT_TABLE_UNSPEC;
  body.rtm_protocol = RTPROT_STATIC;
  body.rtm_scope = RT_SCOPE_UNIVERSE;
  body.rtm_type = route.kind == RouteKind::device ? RTN_UNICAST : RTN_THROW;
  m.u32(RTA_TABLE, route.table).octets(RTA_DST, destination.address.octets());
  if (route.kind == RouteKind::device) m.u32(RTA_OIF, route.device);
  if (route.source) m.octets(RTA_PREFSRC, route.source->octets());
  return m.take();
}

Blob rule_message(uint16_t type, uint16_t flags, const Rule& rule) {
  NetlinkMessage m(type, flags);
  auto& body = m.body<fib_rule_hdr>();
  body.family = static_cast<uint8_t>(family_number(rule.family));
  if (rule.inverted) body.flags = FIB_RULE_INVERT;
  m.u32(FRA_PRIORITY, rule.priority);
  switch (rule.action) {
    case RuleAction::look_up:
      body.action = FR_ACT_TO_TBL;
      m.u32(FRA_TABLE, rule.table);
      break;
    case RuleAction::go_to:
      body.action = FR_ACT_GOTO;
      m.u32(FRA_GOTO, rule.table);
      break;
    case RuleAction::nothing: body.action = FR_ACT_NOP; break;
  }
  if (rule.mark != 0) m.u32(FRA_FWMARK, rule.mark);
  if (rule.destination) {
    const Prefix to = rule.destination->masked();
    body.dst_len = to.length;
    m.octets(FRA_DST, to.address.octets());
  }
  if (rule.protocol != 0) m.structure(FRA_IP_PROTO, rule.protocol);
  return m.take();
}

}  // namespace

Blob set_link_up(unsigned index, uint32_t mtu) {
  NetlinkMessage m(RTM_NEWLINK, kAck);
  auto& body = m.body<ifinfomsg>();
  body.ifi_index = static_cast<int>(index);
  body.ifi_flags = IFF_UP;
  body.ifi_change = IFF_UP;
  m.u32(IFLA_MTU, mtu);
  nlattr* const spec = mnl_attr_nest_start(m.header(), IFLA_AF_SPEC);
  nlattr* const inet6 = mnl_attr_nest_start(m.header(), AF_INET6);
  mnl_attr_put_u8(m.header(), IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
  mnl_attr_nest_end(m.header(), inet6);
  nlattr* const inet = mnl_attr_nest_start(m.header(), AF_INET);
  nlattr* const conf = mnl_attr_nest_start(m.header(), IFLA_INET_CONF);
  // What comes out of a tunnel has met its policy already.
  mnl_attr_put_u32(m.header(), IPV4_DEVCONF_NOPOLICY, 1);
  mnl_attr_nest_end(m.header(), conf);
  mnl_attr_nest_end(m.header(), inet);
  mnl_attr_nest_end(m.header(), spec);
  return m.take();
}

Blob add_route(const Route& route) {
  return route_message(RTM_NEWROUTE, kAck | NLM_F_CREATE | NLM_F_REPLACE, route);
}
Blob remove_route(const Route& route) { return route_message(RTM_DELROUTE, kAck, route); }

Blob add_rule(const Rule& rule) {
  return rule_message(RTM_NEWRULE, kAck | NLM_F_CREATE | NLM_F_EXCL, rule);
}
Blob remove_rule(const Rule& rule) { return rule_message(RTM_DELRULE, kAck, rule); }

Blob find_route(const Address& destination, uint32_t mark) {
  NetlinkMessage m(RTM_GETROUTE, kAck);
  auto& body = m.body<rtmsg>();
  body.rtm_family = static_cast<uint8_t>(family_number(destination.family()));
  body.rtm_dst_len = static_cast<uint8_t>(destination.bits());
  return m.octets(RTA_DST, destination.octets()).u32(RTA_MARK, mark).take();
}

std::optional<FoundRoute> parse_route(const nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWROUTE) return std::nullopt;
  FoundRoute found;
  for_each_attribute(attributes_after(message, sizeof(rtmsg)), [&](uint16_t type, Bytes value) {
    if (type == RTA_PREFSRC) found.source = Address::from_octets(value).value_or(Address());
    if (type == RTA_OIF) found.device = structure_in<uint32_t>(value).value_or(0);
    if (type != RTA_METRICS) return;
    for_each_attribute(value, [&](uint16_t metric, Bytes number) {
      if (metric == RTAX_MTU) found.mtu = structure_in<uint32_t>(number).value_or(0);
    });
  });
  return found;
}

Blob find_link(unsigned index) {
  NetlinkMessage m(RTM_GETLINK, kAck);
  m.body<ifinfomsg>().ifi_index = static_cast<int>(index);
  return m.take();
}

std::optional<uint32_t> parse_link_mtu(const nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWLINK) return std::nullopt;
  std::optional<uint32_t> mtu;
  for_each_attribute(attributes_after(message, sizeof(ifinfomsg)), [&](uint16_t type, Bytes value) {
    if (type == IFLA_MTU) mtu = structure_in<uint32_t>(value);
  });
  return mtu;
}

bool parse_policy_exemption(const nlmsghdr& message) {
  bool exempt = false;
  if (message.nlmsg_type != RTM_NEWLINK) return false;
  for_each_attribute(attributes_after(message, sizeof(ifinfomsg)), [&](uint16_t type, Bytes value) {
    if (type != IFLA_AF_SPEC) return;
    for_each_attribute(value, [&](uint16_t family, Bytes of_family) {
      for_each_attribute(of_family, [&](uint16_t kind, Bytes settings) {
        // An array of 32-bit numbers that begins with setting number 1.
        constexpr size_t kAt = (IPV4_DEVCONF_NOPOLICY - 1) * 4;
        if (family != AF_INET || kind != IFLA_INET_CONF || settings.size() < kAt) return;
        exempt = structure_in<uint32_t>(settings.subspan(kAt)).value_or(0) != 0;
      });
    });
  });
  return exempt;
}

Blob list_addresses(Family family) {
  NetlinkMessage m(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP);
  m.body<ifaddrmsg>().ifa_family = static_cast<uint8_t>(family_number(family));
  return m.take();
}

std::optional<Address> parse_address(const nlmsghdr& message) {
  if (message.nlmsg_type != RTM_NEWADDR) return std::nullopt;
  std::optional<Address> ours;
  std::optional<Address> other;
  for_each_attribute(attributes_after(message, sizeof(ifaddrmsg)), [&](uint16_t type, Bytes value) {
    // On point-to-point links IFA_ADDRESS is the peer, IFA_LOCAL ours.
    if (type == IFA_LOCAL) ours = Address::from_octets(value);
    if (type == IFA_ADDRESS) other = Address::from_octets(value);
  });
  return ours ? ours : other;
}

}  // namespace ike::kernel::rtnetlink
