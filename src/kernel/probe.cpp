// Which data plane?  The kernel's own word: an ESP SA is installed and taken away again.
#include <linux/netlink.h>

#include <cerrno>
#include <cstring>

#include "kernel/factory.h"
#include "kernel/netlink.h"
#include "kernel/xfrm/codec.h"

namespace ike::kernel {
namespace {

// An SA that no packet can meet: between two addresses of the loopback network.
constexpr uint32_t kLocal = 0x7f00495cu, kRemote = 0x7f00495du, kSpi = 0x49404b45u;

model::SaSpec harmless_sa() {
  model::SaSpec sa;
  sa.id = {Address::v4(kRemote), EspSpi(kSpi), ProtocolId::esp};
  sa.source = Address::v4(kLocal);
  sa.direction = model::Direction::outbound;
  sa.algorithms = {Encr::aes_gcm_16, 128, Integ::none, Esn::no};
  sa.encryption_key = Secret(size_t{20});
  return sa;
}

}  // namespace

Probe probe() {
  const Fd netlink(open_netlink(NETLINK_XFRM, 0));
  if (!netlink.valid()) {
    return {BackendKind::tun,
            std::string("data plane: tun (userspace ESP); the kernel has no XFRM: ") +
                std::strerror(errno)};
  }
  const model::SaSpec sa = harmless_sa();
  const auto message = xfrm::add_sa(sa, xfrm::Add::fresh);
  if (!message) return {BackendKind::tun, "data plane: tun (userspace ESP)"};
  const int error = netlink_talk(netlink.value(), *message);
  if (error == 0 || error == EEXIST) {
    netlink_talk(netlink.value(), xfrm::remove_sa(sa.id));
    return {BackendKind::xfrm, "data plane: xfrm, the kernel takes ESP SAs"};
  }
  return {BackendKind::tun,
          std::string("data plane: tun (userspace ESP); the kernel refuses ESP SAs: ") +
              std::strerror(error)};
}

}  // namespace ike::kernel
