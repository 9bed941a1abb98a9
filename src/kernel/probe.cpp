// Which data plane?  The kernel's own word: an ESP SA is installed and taken away again.
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "kernel/factory.h"
#include "kernel/netlink.h"

namespace ike::kernel {
namespace {

// An SA that no packet can meet: between two addresses of the loopback network.
constexpr uint32_t kLocal = 0x7f00495cu, kRemote = 0x7f00495du, kSpi = 0x49404b45u;

Blob finished(nlmsghdr* message) {
  const auto* octets = reinterpret_cast<const uint8_t*>(message);
  return {octets, octets + message->nlmsg_len};
}

Blob add_sa() {
  alignas(nlmsghdr) std::array<uint8_t, 1024> memory{};
  nlmsghdr* const m = mnl_nlmsg_put_header(memory.data());
  m->nlmsg_type = XFRM_MSG_NEWSA;
  m->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
  auto* const sa =
      static_cast<xfrm_usersa_info*>(mnl_nlmsg_put_extra_header(m, sizeof(xfrm_usersa_info)));
  sa->family = AF_INET;
  sa->id = {.daddr = {.a4 = htonl(kRemote)}, .spi = htonl(kSpi), .proto = IPPROTO_ESP};
  sa->saddr.a4 = htonl(kLocal);
  sa->mode = XFRM_MODE_TUNNEL;
  sa->lft.hard_byte_limit = sa->lft.soft_byte_limit = XFRM_INF;
  sa->lft.hard_packet_limit = sa->lft.soft_packet_limit = XFRM_INF;
  constexpr size_t kKey = 20;
  alignas(xfrm_algo_aead) std::array<uint8_t, sizeof(xfrm_algo_aead) + kKey> algorithm{};
  auto* const aead = reinterpret_cast<xfrm_algo_aead*>(algorithm.data());
  std::strcpy(aead->alg_name, "rfc4106(gcm(aes))");
  aead->alg_key_len = kKey * 8;
  aead->alg_icv_len = 128;
  mnl_attr_put(m, XFRMA_ALG_AEAD, algorithm.size(), algorithm.data());
  return finished(m);
}

Blob remove_sa() {
  alignas(nlmsghdr) std::array<uint8_t, 256> memory{};
  nlmsghdr* const m = mnl_nlmsg_put_header(memory.data());
  m->nlmsg_type = XFRM_MSG_DELSA;
  m->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* const id =
      static_cast<xfrm_usersa_id*>(mnl_nlmsg_put_extra_header(m, sizeof(xfrm_usersa_id)));
  id->daddr.a4 = htonl(kRemote);
  id->spi = htonl(kSpi);
  id->family = AF_INET;
  id->proto = IPPROTO_ESP;
  return finished(m);
}

}  // namespace

Probe probe() {
  const Fd netlink(open_netlink(NETLINK_XFRM, 0));
  if (!netlink.valid()) {
    return {BackendKind::tun,
            std::string("data plane: tun (userspace ESP); the kernel has no XFRM: ") +
                std::strerror(errno)};
  }
  const int error = netlink_talk(netlink.value(), add_sa());
  if (error == 0 || error == EEXIST) {
    netlink_talk(netlink.value(), remove_sa());
    return {BackendKind::xfrm, "data plane: xfrm, the kernel takes ESP SAs"};
  }
  return {BackendKind::tun,
          std::string("data plane: tun (userspace ESP); the kernel refuses ESP SAs: ") +
              std::strerror(error)};
}

}  // namespace ike::kernel
