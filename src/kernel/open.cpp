// The opening of what needs rights: TUN device, raw sockets, netlink.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "kernel/factory.h"
#include "kernel/netlink.h"
#include "kernel/rtnetlink/codec.h"
#include "kernel/socket_options.h"
#include "kernel/tun/routes.h"

namespace ike::kernel {
namespace {

// Leaves room for the largest overhead of usual algorithms within 1500 octets; what is exact for
// an SA is looked at per packet.
constexpr uint32_t kTunMtu = 1400;
constexpr int kBufferSize = 4 << 20;

std::unexpected<Error> refused(std::string& detail, const char* what) {
  detail = std::string(what) + ": " + std::strerror(errno);
  return fail(Fault::internal, "the system refused a resource of the data plane");
}

unsigned index_of(const std::string& device) {
  const Fd any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  if (ioctl(any.value(), SIOCGIFINDEX, &request) != 0) return 0;
  return static_cast<unsigned>(request.ifr_ifindex);
}

Result<void> open_tun(Resources& out, std::string& detail) {
  Fd fd(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return refused(detail, "/dev/net/tun");
  ifreq request{};
  std::strcpy(request.ifr_name, "ike%d");
  request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
  if (ioctl(fd.value(), TUNSETIFF, &request) != 0) return refused(detail, "TUNSETIFF");
  out.device = request.ifr_name;
  out.device_index = index_of(out.device);
  out.vnet_header = true;
  const unsigned long offloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;
  // Without it packets come one by one, which is slower and nothing else.
  ioctl(fd.value(), TUNSETOFFLOAD, offloads);
  out.add(ResourceKind::tun, std::move(fd));
  return {};
}

Result<void> open_raw(Resources& out, std::string& detail, ResourceKind kind, Family family,
                      int protocol) {
  Fd fd(socket(system_family(family), SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!fd.valid()) {
    // A kernel without IPv6 is no reason to do without IPv4.
    if (family == Family::ipv6 && errno == EAFNOSUPPORT) return {};
    return refused(detail, "raw socket");
  }
  if (!set_outer_options(fd.value(), family)) return refused(detail, "raw socket options");
  if (protocol == IPPROTO_ESP) {
    const int size = kBufferSize;
    setsockopt(fd.value(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    setsockopt(fd.value(), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  }
  out.add(kind, std::move(fd));
  return {};
}

Result<void> open_netlink_as(Resources& out, std::string& detail, ResourceKind kind, int protocol,
                             uint32_t groups) {
  Fd fd(open_netlink(protocol, groups));
  if (!fd.valid()) return refused(detail, "netlink");
  out.add(kind, std::move(fd));
  return {};
}

Result<void> open_for_tun(Resources& out, std::string& detail) {
  IKE_CHECK(open_tun(out, detail));
  const int routes = out.descriptors.front().fd.value();
  const int error = netlink_talk(routes, rtnetlink::set_link_up(out.device_index, kTunMtu));
  if (error != 0) {
    errno = error;
    return refused(detail, "TUN device up");
  }
  // For policies against clear packets; a kernel without them carries traffic all the same.
  if (Fd policies(open_netlink(NETLINK_XFRM, 0)); policies.valid()) {
    out.add(ResourceKind::xfrm, std::move(policies));
  }
  IKE_CHECK(open_raw(out, detail, ResourceKind::esp_v4, Family::ipv4, IPPROTO_ESP));
  IKE_CHECK(open_raw(out, detail, ResourceKind::esp_v6, Family::ipv6, IPPROTO_ESP));
  IKE_CHECK(open_raw(out, detail, ResourceKind::clear_v4, Family::ipv4, IPPROTO_RAW));
  IKE_CHECK(open_raw(out, detail, ResourceKind::clear_v6, Family::ipv6, IPPROTO_RAW));
  return {};
}

}  // namespace

Result<Resources> open_resources(BackendKind kind, std::string& detail) {
  Resources out;
  out.kind = kind;
  IKE_CHECK(open_netlink_as(out, detail, ResourceKind::routes, NETLINK_ROUTE, 0));
  if (kind == BackendKind::tun) {
    IKE_CHECK(open_for_tun(out, detail));
  } else if (kind == BackendKind::xfrm) {
    IKE_CHECK(open_netlink_as(out, detail, ResourceKind::xfrm, NETLINK_XFRM, 0));
    IKE_CHECK(open_netlink_as(out, detail, ResourceKind::xfrm_events, NETLINK_XFRM,
                              XFRMGRP_ACQUIRE | XFRMGRP_EXPIRE | 1u << (XFRMNLGRP_MAPPING - 1)));
  }
  return out;
}

}  // namespace ike::kernel
