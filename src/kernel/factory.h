// Choice of the data plane, the privileged opening of what it needs, and its making.
//
// The parent calls probe() and open_resources() while it has its rights, passes the descriptors to
// the kernel/esp process, which calls make_backend().  That process keeps CAP_NET_ADMIN, since
// Linux checks it for every netlink message (routes for tun, everything for xfrm).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "crypto/provider.h"
#include "kernel/backend.h"
#include "kernel/fd.h"

namespace ike::kernel {

enum class BackendKind : uint8_t { automatic, xfrm, tun, none };
std::optional<BackendKind> parse_backend_kind(std::string_view text);  // "auto", "xfrm", ...
std::string_view to_text(BackendKind kind);

struct Probe {
  BackendKind kind = BackendKind::none;  // what `auto` should be; never automatic
  std::string line;                      // why, for the log
};
// Tries the kernel with an ESP SA of its own that it removes again.  Needs CAP_NET_ADMIN.
Probe probe();

// The order is that of the process boundary: append only.
enum class ResourceKind : uint8_t {
  tun,          // the TUN device (tun)
  routes,       // rtnetlink, requests (tun, xfrm)
  xfrm,         // NETLINK_XFRM, requests (xfrm; tun, where the kernel has it)
  xfrm_events,  // NETLINK_XFRM, joined to acquire, expire and mapping (xfrm)
  esp_v4,       // raw IPPROTO_ESP sockets (tun)
  esp_v6,
  clear_v4,  // raw sockets that take whole packets, for those the policy lets pass (tun)
  clear_v6,
  encap_v4,  // the ESP half of open_encap_pair() (tun); there may be several of each
  encap_v6,
};
struct Resource {
  ResourceKind kind{};
  Fd fd;
};
struct Resources {
  BackendKind kind = BackendKind::none;  // never automatic
  std::string device;                    // name of the TUN device
  unsigned device_index = 0;
  bool vnet_header = false;  // the TUN device was opened with IFF_VNET_HDR
  std::vector<Resource> descriptors;

  void add(ResourceKind resource, Fd fd) { descriptors.push_back({resource, std::move(fd)}); }
};

// Everything for `kind` but the encap sockets, which the caller adds.  On an error `detail` has
// the system's words.
Result<Resources> open_resources(BackendKind kind, std::string& detail);

struct Services {
  crypto::Provider& provider;
  Random& random;
};
Result<std::unique_ptr<KernelBackend>> make_backend(Resources resources, Services services);

// ---- IKE's own sockets
// ---------------------------------------------------------------------------

// What a UDP socket that IKE speaks on needs before it is bound or used, so that its packets are
// never sent into a tunnel themselves (tun: SO_MARK; xfrm: bypass policies, and with `natt` the
// kernel's ESP-in-UDP decapsulation).  Needs CAP_NET_ADMIN.
Result<void> prepare_ike_socket(BackendKind kind, int fd, Family family, bool natt);

// Two UDP sockets on one address and port.  The kernel gives datagrams that begin with the non-ESP
// marker, and those too short to be ESP, to `ike`; ESP goes to `esp`.
struct EncapPair {
  Fd ike;
  Fd esp;
};
// Both are non-blocking, marked, and have destination address reporting on.  An IPv6 one takes
// IPv6 only.  On an error `detail` has the system's words.
Result<EncapPair> open_encap_pair(const Endpoint& local, std::string& detail);

}  // namespace ike::kernel
