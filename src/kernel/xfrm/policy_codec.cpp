// Flows as the XFRM policies of all their directions.
#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "kernel/attributes.h"
#include "kernel/netlink_message.h"
#include "kernel/socket_address.h"
#include "kernel/xfrm/codec.h"

namespace ike::kernel::xfrm {
namespace {

constexpr uint16_t kRequest = NLM_F_REQUEST | NLM_F_ACK;

void store(xfrm_address_t& out, const Address& address) {
  if (!address.octets().empty()) {
    std::memcpy(&out, address.octets().data(), address.octets().size());
  }
}

Address load(const xfrm_address_t& address, uint16_t family) {
  const auto* octets = reinterpret_cast<const uint8_t*>(&address);
  return Address::from_octets(Bytes(octets, family == AF_INET6 ? 16u : 4u)).value_or(Address());
}

void put_template(NetlinkMessage& m, const model::FlowSpec& flow, uint8_t direction) {
  const bool out = direction == XFRM_POLICY_OUT;
  const bool tunnel = flow.mode == model::Mode::tunnel;
  auto& t = m.zeroed<xfrm_user_tmpl>(XFRMA_TMPL);
  t.id.proto = IPPROTO_ESP;
  t.reqid = to_kernel(flow.reqid);
  t.mode = tunnel ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT;
  t.aalgos = t.ealgos = t.calgos = ~0u;
  const Family family =
      tunnel ? flow.tunnel_remote.family() : flow.selectors.remote.addresses.family();
  t.family = static_cast<uint16_t>(system_family(family));
  if (tunnel) {
    store(t.saddr, out ? flow.tunnel_local : flow.tunnel_remote);
    store(t.id.daddr, out ? flow.tunnel_remote : flow.tunnel_local);
  }
}

Blob policy_message(const model::FlowSpec& flow, const xfrm_selector& outbound, uint8_t direction,
                    uint32_t index) {
  NetlinkMessage m(XFRM_MSG_UPDPOLICY, kRequest | NLM_F_CREATE | NLM_F_REPLACE);
  auto& body = m.body<xfrm_userpolicy_info>();
  body.sel = direction == XFRM_POLICY_OUT ? outbound : reversed(outbound);
  body.lft.soft_byte_limit = body.lft.hard_byte_limit = XFRM_INF;
  body.lft.soft_packet_limit = body.lft.hard_packet_limit = XFRM_INF;
  body.priority = flow.priority;
  body.index = index;
  body.dir = direction;
  body.action = flow.action == model::FlowAction::discard ? XFRM_POLICY_BLOCK : XFRM_POLICY_ALLOW;
  body.share = XFRM_SHARE_ANY;
  if (flow.action == model::FlowAction::protect) put_template(m, flow, direction);
  return m.take();
}

Blob remove_as_it_is(const xfrm_selector& selector, uint8_t direction) {
  NetlinkMessage m(XFRM_MSG_DELPOLICY, kRequest);
  auto& body = m.body<xfrm_userpolicy_id>();
  body.sel = selector;
  body.dir = direction;
  return m.take();
}

std::optional<uint32_t> template_reqid(const nlmsghdr& message, size_t fixed) {
  std::optional<uint32_t> reqid;
  for_each_attribute(attributes_after(message, fixed), [&](uint16_t type, Bytes value) {
    const auto t = type == XFRMA_TMPL ? structure_in<xfrm_user_tmpl>(value) : std::nullopt;
    if (t && !reqid) reqid = t->reqid;
  });
  return reqid;
}

std::optional<model::KernelEvent> parse_acquire(const nlmsghdr& message) {
  const auto acquire = body_of<xfrm_user_acquire>(message);
  if (!acquire) return std::nullopt;
  const auto reqid = template_reqid(message, sizeof *acquire);
  if (!reqid || !is_ours(*reqid)) return std::nullopt;
  return model::Acquire{from_kernel(*reqid), from_kernel(acquire->sel)};
}

std::optional<model::KernelEvent> parse_expire(const nlmsghdr& message) {
  const auto expire = body_of<xfrm_user_expire>(message);
  if (!expire || !is_ours(expire->state.reqid)) return std::nullopt;
  const auto& state = expire->state;
  return model::Expired{{load(state.id.daddr, state.family), EspSpi(ntohl(state.id.spi)),
                         state.id.proto == IPPROTO_AH ? ProtocolId::ah : ProtocolId::esp},
                        expire->hard != 0};
}

std::optional<model::KernelEvent> parse_mapping(const nlmsghdr& message) {
  const auto mapping = body_of<xfrm_user_mapping>(message);
  if (!mapping || !is_ours(mapping->reqid)) return std::nullopt;
  const uint16_t family = mapping->id.family;
  return model::MappingChanged{
      {load(mapping->id.daddr, family), EspSpi(ntohl(mapping->id.spi)), ProtocolId::esp},
      {load(mapping->new_saddr, family), ntohs(mapping->new_sport)}};
}

}  // namespace

bool has_policy(const model::FlowSpec& flow, uint8_t direction) {
  return flow.mode == model::Mode::tunnel || direction != XFRM_POLICY_FWD;
}

Blob put_policy(const model::FlowSpec& flow, const xfrm_selector& outbound, uint8_t direction) {
  return policy_message(flow, outbound, direction, 0);
}

// The kernel takes an index of ours as long as its low bits are the direction.
Blob put_barrier(const model::FlowSpec& flow, const xfrm_selector& outbound, uint8_t direction,
                 uint32_t number) {
  return policy_message(flow, outbound, direction,
                        kReqIdMark | (number << 3 & ~kReqIdMask) | direction);
}

Blob remove_policy(const xfrm_selector& outbound, uint8_t direction) {
  return remove_as_it_is(direction == XFRM_POLICY_OUT ? outbound : reversed(outbound), direction);
}

Blob list_policies() {
  NetlinkMessage m(XFRM_MSG_GETPOLICY, NLM_F_REQUEST | NLM_F_DUMP);
  return m.take();
}

std::optional<Blob> removal_of_our_policy(const nlmsghdr& message) {
  if (message.nlmsg_type != XFRM_MSG_NEWPOLICY) return std::nullopt;
  const auto policy = body_of<xfrm_userpolicy_info>(message);
  if (!policy) return std::nullopt;
  const auto reqid = template_reqid(message, sizeof *policy);
  if (!reqid || !is_ours(*reqid)) return std::nullopt;
  return remove_as_it_is(policy->sel, policy->dir);
}

std::optional<Blob> removal_of_our_barrier(const nlmsghdr& message) {
  if (message.nlmsg_type != XFRM_MSG_NEWPOLICY) return std::nullopt;
  const auto policy = body_of<xfrm_userpolicy_info>(message);
  const bool ours = policy && (policy->index & kReqIdMask) == kReqIdMark &&
                    !template_reqid(message, sizeof *policy);
  if (!ours) return std::nullopt;
  return remove_as_it_is(policy->sel, policy->dir);
}

std::optional<model::KernelEvent> parse_event(const nlmsghdr& message) {
  switch (message.nlmsg_type) {
    case XFRM_MSG_ACQUIRE: return parse_acquire(message);
    case XFRM_MSG_EXPIRE: return parse_expire(message);
    case XFRM_MSG_MAPPING: return parse_mapping(message);
    default: return std::nullopt;
  }
}

}  // namespace ike::kernel::xfrm
