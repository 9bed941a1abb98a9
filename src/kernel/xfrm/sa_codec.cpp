// SAs as XFRM messages: install, update, query, remove.
#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "kernel/attributes.h"
#include "kernel/netlink_message.h"
#include "kernel/socket_address.h"
#include "kernel/xfrm/algorithms.h"
#include "kernel/xfrm/codec.h"

namespace ike::kernel::xfrm {
namespace {

constexpr uint16_t kRequest = NLM_F_REQUEST | NLM_F_ACK;
constexpr uint16_t kUdpEncapEspInUdp = 2;
constexpr uint64_t kPacketsHard = 0xffff'ffff;
constexpr uint64_t kPacketsSoft = kPacketsHard - (1u << 26);
constexpr uint32_t kPlainWindowMax = 32;  // what the kernel's old replay field can express

void store(xfrm_address_t& out, const Address& address) {
  std::memcpy(&out, address.octets().data(), address.octets().size());
}

Address load(const xfrm_address_t& address, uint16_t family) {
  const auto* octets = reinterpret_cast<const uint8_t*>(&address);
  return Address::from_octets(Bytes(octets, family == AF_INET6 ? 16u : 4u)).value_or(Address());
}

uint8_t protocol_of(const model::SaId& id) {
  return id.protocol == ProtocolId::ah ? IPPROTO_AH : IPPROTO_ESP;
}

// The kernel's algorithm structures: a fixed part with the key behind it.
template <typename Algorithm>
Secret algorithm_octets(const Algorithm& fixed, Bytes key) {
  return Secret::concat({Bytes(reinterpret_cast<const uint8_t*>(&fixed), sizeof fixed), key});
}

template <size_t N>
void copy_name(char (&out)[N], std::string_view name) {
  name.copy(out, N - 1);
}

Result<void> put_algorithms(NetlinkMessage& m, const model::SaSpec& sa) {
  const auto cipher = kernel_name(sa.algorithms.encr);
  if (!cipher) return fail(Fault::unsupported, "xfrm: a cipher without a kernel name");
  const auto key_bits = static_cast<unsigned>(sa.encryption_key.size() * 8);
  if (cipher->icv_bits != 0) {
    xfrm_algo_aead fixed{};
    copy_name(fixed.alg_name, cipher->name);
    fixed.alg_key_len = key_bits;
    fixed.alg_icv_len = cipher->icv_bits;
    m.octets(XFRMA_ALG_AEAD, algorithm_octets(fixed, sa.encryption_key.view()).view());
    return {};
  }
  const auto integ = kernel_name(sa.algorithms.integ);
  if (!integ) return fail(Fault::unsupported, "xfrm: an integrity algorithm without a kernel name");
  xfrm_algo encr{};
  copy_name(encr.alg_name, cipher->name);
  encr.alg_key_len = key_bits;
  m.octets(XFRMA_ALG_CRYPT, algorithm_octets(encr, sa.encryption_key.view()).view());
  // The older attribute lets the kernel choose how much of the value is sent: for SHA-256 wrongly.
  xfrm_algo_auth auth{};
  copy_name(auth.alg_name, integ->name);
  auth.alg_key_len = static_cast<unsigned>(sa.integrity_key.size() * 8);
  auth.alg_trunc_len = integ->icv_bits;
  m.octets(XFRMA_ALG_AUTH_TRUNC, algorithm_octets(auth, sa.integrity_key.view()).view());
  return {};
}

void put_replay(NetlinkMessage& m, const model::SaSpec& sa) {
  const bool extended = sa.algorithms.esn == Esn::yes;
  const uint32_t window = std::min(sa.replay_window, limits::kReplayWindowMax);
  if (!extended && (window <= kPlainWindowMax || sa.direction == model::Direction::outbound)) {
    return;
  }
  auto& fixed = m.zeroed<xfrm_replay_state_esn>(XFRMA_REPLAY_ESN_VAL);
  // With extended numbers the kernel wants a window on the outbound side too.
  fixed.replay_window = std::max(window, kPlainWindowMax);
  fixed.bmp_len = (fixed.replay_window + 31) / 32;  // the kernel makes an empty one of that size
}

void put_lifetimes(xfrm_lifetime_cfg& out, const model::SaLimits& limits, bool extended) {
  const auto or_infinite = [](uint64_t value) { return value == 0 ? XFRM_INF : value; };
  out.soft_byte_limit = or_infinite(limits.soft_bytes);
  out.hard_byte_limit = or_infinite(limits.hard_bytes);
  //= RFC 4303 section 3.3.3: the numbers of an SA without ESN never wrap; its successor comes
  // before
  out.soft_packet_limit = extended ? XFRM_INF : kPacketsSoft;
  out.hard_packet_limit = extended ? XFRM_INF : kPacketsHard;
  out.soft_add_expires_seconds = static_cast<uint64_t>(limits.soft_time.count());
  out.hard_add_expires_seconds = static_cast<uint64_t>(limits.hard_time.count());
}

void put_encapsulation(NetlinkMessage& m, const model::Encapsulation& encapsulation) {
  auto& encap = m.zeroed<xfrm_encap_tmpl>(XFRMA_ENCAP);
  encap.encap_type = kUdpEncapEspInUdp;
  encap.encap_sport = htons(encapsulation.source_port);
  encap.encap_dport = htons(encapsulation.destination_port);
}

void put_id(NetlinkMessage& m, const model::SaId& id) {
  auto& out = m.body<xfrm_usersa_id>();
  store(out.daddr, id.destination);
  out.spi = htonl(id.spi.raw());
  out.family = static_cast<uint16_t>(system_family(id.destination.family()));
  out.proto = protocol_of(id);
}

}  // namespace

Result<Blob> add_sa(const model::SaSpec& sa, Add how) {
  const bool fresh = how == Add::fresh;
  NetlinkMessage m(fresh ? XFRM_MSG_NEWSA : XFRM_MSG_UPDSA,
                   fresh ? kRequest | NLM_F_CREATE | NLM_F_EXCL : kRequest | NLM_F_REPLACE);
  auto& body = m.body<xfrm_usersa_info>();
  store(body.id.daddr, sa.id.destination);
  body.id.spi = htonl(sa.id.spi.raw());
  body.id.proto = protocol_of(sa.id);
  store(body.saddr, sa.source);
  body.family = static_cast<uint16_t>(system_family(sa.id.destination.family()));
  body.reqid = to_kernel(sa.reqid);
  body.mode = sa.mode == model::Mode::tunnel ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT;
  // Either family may be inside a tunnel.
  if (sa.mode == model::Mode::tunnel) body.flags |= XFRM_STATE_AF_UNSPEC;
  if (sa.algorithms.esn == Esn::yes) body.flags |= XFRM_STATE_ESN;
  if (sa.direction == model::Direction::inbound && sa.algorithms.esn == Esn::no &&
      sa.replay_window <= kPlainWindowMax) {
    body.replay_window = static_cast<uint8_t>(sa.replay_window);
  }
  put_lifetimes(body.lft, sa.limits, sa.algorithms.esn == Esn::yes);
  IKE_CHECK(put_algorithms(m, sa));
  put_replay(m, sa);
  if (sa.encapsulation) put_encapsulation(m, *sa.encapsulation);
  return m.take();
}

Blob remove_sa(const model::SaId& id) {
  NetlinkMessage m(XFRM_MSG_DELSA, kRequest);
  put_id(m, id);
  return m.take();
}

Blob query_sa(const model::SaId& id) {
  NetlinkMessage m(XFRM_MSG_GETSA, kRequest);
  put_id(m, id);
  return m.take();
}

Blob list_sas() {
  NetlinkMessage m(XFRM_MSG_GETSA, NLM_F_REQUEST | NLM_F_DUMP);
  return m.take();
}

Blob allocate_spi(const Address& local, const Address& remote) {
  NetlinkMessage m(XFRM_MSG_ALLOCSPI, kRequest);
  auto& body = m.body<xfrm_userspi_info>();
  store(body.info.id.daddr, local);
  store(body.info.saddr, remote);
  body.info.id.proto = IPPROTO_ESP;
  body.info.family = static_cast<uint16_t>(system_family(local.family()));
  body.info.mode = XFRM_MODE_TUNNEL;
  body.min = 0xc0000000;
  body.max = 0xcfffffff;
  return m.take();
}

std::optional<SaState> parse_sa(const nlmsghdr& message) {
  if (message.nlmsg_type != XFRM_MSG_NEWSA && message.nlmsg_type != XFRM_MSG_UPDSA) {
    return std::nullopt;
  }
  const auto info = body_of<xfrm_usersa_info>(message);
  if (!info) return std::nullopt;
  SaState state;
  state.id = {load(info->id.daddr, info->family), EspSpi(ntohl(info->id.spi)),
              info->id.proto == IPPROTO_AH ? ProtocolId::ah : ProtocolId::esp};
  state.kernel_reqid = info->reqid;
  state.counters.id = state.id;
  state.counters.bytes = info->curlft.bytes;
  state.counters.packets = info->curlft.packets;
  state.counters.replayed = uint64_t{info->stats.replay} + info->stats.replay_window;
  state.counters.failed = info->stats.integrity_failed;
  state.added = info->curlft.add_time;
  for_each_attribute(attributes_after(message, sizeof *info), [&](uint16_t type, Bytes value) {
    if (type == XFRMA_LASTUSED) state.last_used = structure_in<uint64_t>(value).value_or(0);
  });
  return state;
}

std::optional<Blob> moved_sa(const nlmsghdr& message, const model::SaMove& move) {
  auto info = body_of<xfrm_usersa_info>(message);
  if (!info || message.nlmsg_type != XFRM_MSG_NEWSA) return std::nullopt;
  store(info->id.daddr, move.destination);
  store(info->saddr, move.source);
  info->family = static_cast<uint16_t>(system_family(move.destination.family()));
  NetlinkMessage m(XFRM_MSG_NEWSA, kRequest | NLM_F_CREATE | NLM_F_EXCL);
  m.body<xfrm_usersa_info>() = *info;
  for_each_attribute(attributes_after(message, sizeof *info), [&](uint16_t type, Bytes value) {
    // Written anew, or only reported; an old algorithm attribute repeats the truncating one.
    if (type == XFRMA_ENCAP || type == XFRMA_LASTUSED || type == XFRMA_ALG_AUTH) return;
    m.octets(type, value);
  });
  // How much of its lifetime is used goes with it.
  m.structure(XFRMA_LTIME_VAL, info->curlft);
  if (move.encapsulation) put_encapsulation(m, *move.encapsulation);
  return m.take();
}

std::optional<Blob> same_sa(const nlmsghdr& message) {
  const auto info = body_of<xfrm_usersa_info>(message);
  const auto state = parse_sa(message);
  if (!info || !state) return std::nullopt;
  model::SaMove stay{state->id, load(info->saddr, info->family), state->id.destination, {}};
  for_each_attribute(attributes_after(message, sizeof *info), [&](uint16_t type, Bytes value) {
    const auto encap = type == XFRMA_ENCAP ? structure_in<xfrm_encap_tmpl>(value) : std::nullopt;
    if (encap) stay.encapsulation = {ntohs(encap->encap_sport), ntohs(encap->encap_dport)};
  });
  return moved_sa(message, stay);
}

}  // namespace ike::kernel::xfrm
