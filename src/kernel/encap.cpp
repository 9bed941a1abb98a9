// IKE's own sockets, and the pair that shares the NAT-T port between IKE and ESP.
#include <linux/filter.h>
#include <linux/udp.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "kernel/factory.h"
#include "kernel/socket_options.h"
#include "kernel/tun/routes.h"

namespace ike::kernel {
namespace {

constexpr uint16_t kIkeSocket = 0;  // index within the group, in order of binding
constexpr uint16_t kEspSocket = 1;
constexpr int kBufferSize = 4 << 20;

constexpr sock_filter statement(int code, uint32_t k) {
  return {static_cast<uint16_t>(code), 0, 0, k};
}
constexpr sock_filter jump(int code, uint32_t k, uint8_t if_true, uint8_t if_false) {
  return {static_cast<uint16_t>(code), if_true, if_false, k};
}

//= RFC 3948 section 2.2: a zero where the SPI would be marks IKE
// Runs with the UDP payload at offset 0.
bool attach_steering(int fd) {
  std::array<sock_filter, 6> program{
      statement(BPF_LD | BPF_W | BPF_LEN, 0),
      jump(BPF_JMP | BPF_JGE | BPF_K, 8, 0, 2),  // keepalives are shorter than an ESP header
      statement(BPF_LD | BPF_W | BPF_ABS, 0),
      jump(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
      statement(BPF_RET | BPF_K, kIkeSocket),
      statement(BPF_RET | BPF_K, kEspSocket),
  };
  const sock_fprog attached{static_cast<uint16_t>(program.size()), program.data()};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &attached, sizeof attached) == 0;
}

bool open_half(Fd& out, const Endpoint& local) {
  const Family family = local.address.family();
  out = Fd(socket(system_family(family), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!out.valid()) return false;
  const int size = kBufferSize;
  setsockopt(out.value(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(out.value(), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  sockaddr_storage name;
  const socklen_t name_size = to_system(local, name);
  return set_option(out.value(), SOL_SOCKET, SO_REUSEPORT, 1) &&
         (family != Family::ipv6 || set_option(out.value(), IPPROTO_IPV6, IPV6_V6ONLY, 1)) &&
         bind(out.value(), reinterpret_cast<const sockaddr*>(&name), name_size) == 0;
}

bool set_bypass(int fd, Family family) {
  xfrm_userpolicy_info policy{};
  policy.action = XFRM_POLICY_ALLOW;
  policy.sel.family = static_cast<uint16_t>(system_family(family));
  const int level = family == Family::ipv6 ? int{IPPROTO_IPV6} : int{IPPROTO_IP};
  const int option = family == Family::ipv6 ? IPV6_XFRM_POLICY : IP_XFRM_POLICY;
  for (const uint8_t direction : {uint8_t{XFRM_POLICY_OUT}, uint8_t{XFRM_POLICY_IN}}) {
    policy.dir = direction;
    if (setsockopt(fd, level, option, &policy, sizeof policy) != 0) return false;
  }
  return true;
}

}  // namespace

bool set_option(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

bool set_outer_options(int fd, Family family) {
  if (!set_option(fd, SOL_SOCKET, SO_MARK, static_cast<int>(kOuterMark))) return false;
  // Past the policies against clear packets; without XFRM there are none.
  static_cast<void>(set_bypass(fd, family));
  if (family == Family::ipv6) {
    return set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO) &&
           set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) &&
           set_option(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
  }
  return set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO) &&
         set_option(fd, IPPROTO_IP, IP_PKTINFO, 1) && set_option(fd, IPPROTO_IP, IP_RECVTOS, 1);
}

Result<void> prepare_ike_socket(BackendKind kind, int fd, Family family, bool natt) {
  if (kind == BackendKind::tun &&
      !set_option(fd, SOL_SOCKET, SO_MARK, static_cast<int>(kOuterMark))) {
    return fail(Fault::internal, "cannot mark an IKE socket");
  }
  if (kind == BackendKind::tun) static_cast<void>(set_bypass(fd, family));
  if (kind != BackendKind::xfrm) return {};
  if (!set_bypass(fd, family)) {
    return fail(Fault::internal, "cannot set an IKE socket's bypass policy");
  }
  if (natt && !set_option(fd, IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)) {
    return fail(Fault::internal, "the kernel does not take ESP out of UDP");
  }
  return {};
}

Result<EncapPair> open_encap_pair(const Endpoint& local, std::string& detail) {
  EncapPair pair;
  const Family family = local.address.family();
  const bool good =
      open_half(pair.ike, local) && open_half(pair.esp, local) &&
      attach_steering(pair.ike.value()) &&
      set_option(pair.ike.value(), SOL_SOCKET, SO_MARK, static_cast<int>(kOuterMark)) &&
      set_option(pair.ike.value(), family == Family::ipv6 ? int{IPPROTO_IPV6} : int{IPPROTO_IP},
                 family == Family::ipv6 ? IPV6_RECVPKTINFO : IP_PKTINFO, 1) &&
      set_outer_options(pair.esp.value(), family);
  if (good) static_cast<void>(set_bypass(pair.ike.value(), family));
  if (!good) {
    detail = local.text() + ": " + std::strerror(errno);
    return fail(Fault::internal, "cannot open the NAT-T port");
  }
  // Fewer and larger reads; without it they come one by one.
  set_option(pair.esp.value(), IPPROTO_UDP, UDP_GRO, 1);
  return pair;
}

}  // namespace ike::kernel
