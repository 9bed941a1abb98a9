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
constexpr uint32_t kPlainWindowMax = 32;  // what the kernel's old replay field can express

void store(xfrm_address_t& out, const Address& address) {
  std::memcpy(&out, address.octets().data(), address.octets().size());
}

Address load(const xfrm_address_t& address, uint16_t family) {
  const auto* octets = reinterpret_cast<const uint8_t*>(&address);
  return Address::from_octets(Bytes(octets, family == AF_INET6 ? 16u : 4u)).value_or(Address());
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
  xfrm_replay_state_esn fixed{};
  // With extended numbers the kernel wants a window on the outbound side too.
  fixed.replay_window = std::max(window, kPlainWindowMax);
  fixed.bmp_len = (fixed.replay_window + 31) / 32;
  // The kernel makes an empty bitmap of that size.
  m.structure(XFRMA_REPLAY_ESN_VAL, fixed);
}

void put_lifetimes(xfrm_lifetime_cfg& out, const model::SaLimits& limits) {
  const auto or_infinite = [](uint64_t value) { return value == 0 ? XFRM_INF : value; };
  out.soft_byte_limit = or_infinite(limits.soft_bytes);
  out.hard_byte_limit = or_infinite(limits.hard_bytes);
  out.soft_packet_limit = out.hard_packet_limit = XFRM_INF;
  out.soft_add_expires_seconds = static_cast<uint64_t>(limits.soft_time.count());
  out.hard_add_expires_seconds = static_cast<uint64_t>(limits.hard_time.count());
}

xfrm_encap_tmpl encap_of(const model::Encapsulation& encapsulation) {
  xfrm_encap_tmpl encap{};
  encap.encap_type = kUdpEncapEspInUdp;
  encap.encap_sport = htons(encapsulation.source_port);
  encap.encap_dport = htons(encapsulation.destination_port);
  return encap;
}

xfrm_usersa_id id_of(const model::SaId& id) {
  xfrm_usersa_id out{};
  store(out.daddr, id.destination);
  out.spi = htonl(id.spi.raw());
  out.family = static_cast<uint16_t>(system_family(id.destination.family()));
  out.proto = id.protocol == ProtocolId::ah ? IPPROTO_AH : IPPROTO_ESP;
  return out;
}

}  // namespace

Result<Blob> add_sa(const model::SaSpec& sa, Add how) {
  const bool fresh = how == Add::fresh;
  NetlinkMessage m(fresh ? XFRM_MSG_NEWSA : XFRM_MSG_UPDSA,
                   fresh ? kRequest | NLM_F_CREATE | NLM_F_EXCL : kRequest | NLM_F_REPLACE);
  auto& body = m.body<xfrm_usersa_info>();
  const xfrm_usersa_id id = id_of(sa.id);
  // Field by field: a copied struct would bring the padding of the stack along.
  body.id.daddr = id.daddr;
  body.id.spi = id.spi;
  body.id.proto = id.proto;
  store(body.saddr, sa.source);
  body.family = id.family;
  body.reqid = to_kernel(sa.reqid);
  body.mode = sa.mode == model::Mode::tunnel ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT;
  // Either family may be inside a tunnel.
  if (sa.mode == model::Mode::tunnel) body.flags |= XFRM_STATE_AF_UNSPEC;
  if (sa.algorithms.esn == Esn::yes) body.flags |= XFRM_STATE_ESN;
  if (sa.direction == model::Direction::inbound && sa.algorithms.esn == Esn::no &&
      sa.replay_window <= kPlainWindowMax) {
    body.replay_window = static_cast<uint8_t>(sa.replay_window);
  }
  put_lifetimes(body.lft, sa.limits);
  IKE_CHECK(put_algorithms(m, sa));
  put_replay(m, sa);
  if (sa.encapsulation) m.structure(XFRMA_ENCAP, encap_of(*sa.encapsulation));
  return m.take();
}

Blob remove_sa(const model::SaId& id) {
  NetlinkMessage m(XFRM_MSG_DELSA, kRequest);
  m.body<xfrm_usersa_id>() = id_of(id);
  return m.take();
}

Blob query_sa(const model::SaId& id) {
  NetlinkMessage m(XFRM_MSG_GETSA, kRequest);
  m.body<xfrm_usersa_id>() = id_of(id);
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
  if (move.encapsulation) m.structure(XFRMA_ENCAP, encap_of(*move.encapsulation));
  return m.take();
}

}  // namespace ike::kernel::xfrm
