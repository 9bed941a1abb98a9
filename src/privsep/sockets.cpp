#include "privsep/sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include "kernel/socket_address.h"
#include "runtime/udp.h"

namespace ike::privsep {
namespace {

using kernel::BackendKind;
using kernel::Fd;

constexpr int kReceiveBuffer = 4 << 20;  // octets: a burst of a few thousand first messages
constexpr int kBacklog = 16;

std::unexpected<Error> refused(std::string_view what) { return fail(Fault::internal, what); }

std::string bind_trouble(const Endpoint& local, int error) {
  std::string text = "cannot bind UDP " + local.text() + ": " + strerror(error);
  if (error == EADDRINUSE) {
    text += "; another IKE daemon uses this port, see: ss -ulpn 'sport = :" +
            std::to_string(local.port) + "'";
  } else if (error == EACCES) {
    text += "; ports below 1024 need root or CAP_NET_BIND_SERVICE";
  }
  return text;
}

int number_of(Family family) { return family == Family::ipv6 ? AF_INET6 : AF_INET; }

bool have_family(Family family) {
  const Fd probe(socket(number_of(family), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return probe.valid() || errno != EAFNOSUPPORT;
}

// Bound, or invalid with errno set.
Fd bound(const Endpoint& local) {
  const Family family = local.address.family();
  Fd fd(socket(number_of(family), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (!fd.valid()) return fd;
  if (family == Family::ipv6) {
    setsockopt(fd.value(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  }
  const auto name = kernel::to_socket_address(local);
  if (bind(fd.value(), reinterpret_cast<const sockaddr*>(&name.storage), name.size) != 0) return {};
  // More than the administrator's default where we may; less only costs datagrams in a burst.
  setsockopt(fd.value(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof(kReceiveBuffer));
  return fd;
}

Result<void> open_one(const UdpPlan& plan, const Endpoint& local, UdpSockets& out,
                      std::string& detail) {
  const Family family = local.address.family();
  const bool natt = local.port == plan.natt_port;
  Fd fd = bound(local);
  if (!fd.valid()) {
    // An address family may exist and yet be switched off.
    if (family == Family::ipv6 && errno == EADDRNOTAVAIL) return {};
    detail = bind_trouble(local, errno);
    return refused("UDP socket");
  }
  if (natt && plan.backend == BackendKind::tun) {
    // The pair shares its port, so only the lone socket could see that somebody else has it.
    fd.close();
    IKE_TRY(kernel::EncapPair pair, kernel::open_encap_pair(local, detail));
    fd = std::move(pair.ike);
    out.esp.push_back(
        {family == Family::ipv6 ? kernel::ResourceKind::encap_v6 : kernel::ResourceKind::encap_v4,
         std::move(pair.esp)});
  } else if (auto prepared = kernel::prepare_ike_socket(plan.backend, fd.value(), family, natt);
             !prepared) {
    detail = "UDP " + local.text() + ": " + std::string(prepared.error().what);
    return prepared;
  }
  if (auto set = runtime::set_udp_options(fd.value(), family); !set) {
    detail = "UDP " + local.text() + ": socket options: " + strerror(errno);
    return set;
  }
  out.ike.push_back({std::move(fd), local});
  return {};
}

Fd unix_stream() { return Fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

}  // namespace

Result<UdpSockets> open_udp(const UdpPlan& plan, std::string& detail) {
  UdpSockets out;
  for (const uint16_t port : {plan.ike_port, plan.natt_port}) {
    if (port == 0) continue;
    for (const Family family : {Family::ipv4, Family::ipv6}) {
      if (!have_family(family)) continue;
      IKE_CHECK(open_one(plan, {Address::any(family), port}, out, detail));
    }
  }
  if (out.ike.empty()) {
    detail = "this system has neither IPv4 nor IPv6";
    return fail(Fault::internal, "UDP socket");
  }
  return out;
}

Result<Fd> open_control_socket(const std::string& path, std::string& detail) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof(name.sun_path)) {
    detail = path + ": path too long for a socket";
    return refused("control socket");
  }
  std::ranges::copy(path, name.sun_path);
  const auto* address = reinterpret_cast<const sockaddr*>(&name);
  if (const Fd probe = unix_stream();
      connect(probe.value(), address, sizeof(name)) == 0 || errno == EAGAIN) {
    detail = path + ": another instance is running (ikectl -s " + path + " talks to it)";
    return refused("control socket");
  }
  struct stat existing{};
  if (lstat(path.c_str(), &existing) == 0) {
    if (!S_ISSOCK(existing.st_mode)) {
      detail = path + ": exists and is not a socket";
      return refused("control socket");
    }
    unlink(path.c_str());
  }
  Fd fd = unix_stream();
  const mode_t before = umask(0117);
  const bool made =
      bind(fd.value(), address, sizeof(name)) == 0 && listen(fd.value(), kBacklog) == 0;
  const int error = errno;
  umask(before);
  if (!made) {
    detail = path + ": " + strerror(error);
    return refused("control socket");
  }
  return fd;
}

}  // namespace ike::privsep
