#include "kernel/tun/transmit.h"

#include <linux/udp.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "kernel/socket_address.h"
#include "kernel/socket_options.h"

namespace ike::kernel {
namespace {

template <typename T>
void put(msghdr& header, int level, int type, const T& value) {
  auto* const base = static_cast<uint8_t*>(header.msg_control) + header.msg_controllen;
  auto* const control = reinterpret_cast<cmsghdr*>(base);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(control), &value, sizeof value);
  header.msg_controllen += CMSG_SPACE(sizeof value);
}

void put_path(msghdr& header, const esp::Run& run) {
  const Address& source = run.path.source;
  if (source.family() == Family::ipv6) {
    in6_pktinfo info{};
    std::ranges::copy(source.octets(), info.ipi6_addr.s6_addr);
    put(header, IPPROTO_IPV6, IPV6_PKTINFO, info);
    put(header, IPPROTO_IPV6, IPV6_TCLASS, int{run.tos});
  } else {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, source.octets().data(), 4);
    put(header, IPPROTO_IP, IP_PKTINFO, info);
    put(header, IPPROTO_IP, IP_TOS, int{run.tos});
  }
}

}  // namespace

int Transmit::encap_socket(const esp::OuterPath& path) const {
  const Endpoint local{path.source, path.encapsulation->source_port};
  int wildcard = -1;
  for (const auto& [fd, bound] : sockets_.encap) {
    if (bound == local) return fd;
    if (bound.port == local.port && bound.address == Address::any(local.address.family())) {
      wildcard = fd;
    }
  }
  return wildcard;
}

void Transmit::add(int fd, const esp::Run& run, Bytes data, size_t segment_size) {
  const size_t at = pending_++;
  pending_fd_ = fd;
  vectors_[at] = {const_cast<uint8_t*>(data.data()), data.size()};
  msghdr& header = messages_[at].msg_hdr;
  header = {};
  const uint16_t port =
      run.path.encapsulation ? run.path.encapsulation->destination_port : uint16_t{0};
  header.msg_namelen = to_system({run.path.destination, port}, names_[at]);
  header.msg_name = &names_[at];
  header.msg_iov = &vectors_[at];
  header.msg_iovlen = 1;
  controls_[at].octets.fill(0);
  header.msg_control = controls_[at].octets.data();
  header.msg_controllen = 0;
  put_path(header, run);
  if (segment_size < data.size()) {
    put(header, IPPROTO_UDP, UDP_SEGMENT, static_cast<uint16_t>(segment_size));
  }
}

void Transmit::flush(std::vector<Address>& too_narrow) {
  size_t sent = 0;
  while (sent < pending_) {
    const int done = sendmmsg(pending_fd_, messages_.data() + sent,
                              static_cast<unsigned>(pending_ - sent), MSG_DONTWAIT);
    if (done > 0) {
      sent += static_cast<size_t>(done);
      continue;
    }
    if (errno == EINTR) continue;
    // The first of them failed: it is lost, the others may go.
    if (errno == EMSGSIZE || errno == EINVAL) {
      too_narrow.push_back(from_system(names_[sent]).address);
    } else if (errno == EIO || errno == EOPNOTSUPP) {
      segmentation_ = false;
    }
    ++sent;
  }
  pending_ = 0;
  pending_fd_ = -1;
}

// Wider than the path, and the sender inside cannot be told: the outer packets are cut.
void Transmit::send_in_pieces(int fd, const esp::Run& run, Bytes data,
                              std::vector<Address>& too_narrow) {
  flush(too_narrow);
  const bool v6 = run.path.destination.family() == Family::ipv6;
  const int level = v6 ? int{IPPROTO_IPV6} : int{IPPROTO_IP};
  const int option = v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER;
  //= RFC 4303 section 3.3.4: fragments are made of ESP packets that are complete
  set_option(fd, level, option, v6 ? IPV6_PMTUDISC_DONT : IP_PMTUDISC_DONT);
  for (size_t at = 0; at < data.size(); at += run.segment_size) {
    if (pending_ == kMessagesMax) flush(too_narrow);
    add(fd, run, data.subspan(at, std::min(run.segment_size, data.size() - at)), data.size());
  }
  flush(too_narrow);
  set_option(fd, level, option, v6 ? IPV6_PMTUDISC_DO : IP_PMTUDISC_DO);
}

void Transmit::send_clear(Bytes packet) const {
  const auto ip = esp::parse_ip(packet);
  // What hosts say to their own link was never meant for the network behind us.
  if (!ip || ip->flow.destination.is_multicast()) return;
  const bool v6 = ip->flow.destination.family() == Family::ipv6;
  sockaddr_storage name;
  const socklen_t size = to_system({ip->flow.destination, 0}, name);
  sendto(v6 ? sockets_.clear_v6 : sockets_.clear_v4, packet.data(), packet.size(), MSG_DONTWAIT,
         reinterpret_cast<const sockaddr*>(&name), size);
}

void Transmit::send(const esp::Batch& batch, std::vector<Address>& too_narrow) {
  for (const esp::Run& run : batch.runs) {
    const bool udp = run.path.encapsulation.has_value();
    const bool v6 = run.path.destination.family() == Family::ipv6;
    const int fd = udp ? encap_socket(run.path) : v6 ? sockets_.raw_v6 : sockets_.raw_v4;
    if (fd < 0) continue;
    if (pending_ > 0 && fd != pending_fd_) flush(too_narrow);
    const Bytes data = batch.data(run);
    if (run.may_fragment) {
      send_in_pieces(fd, run, data, too_narrow);
      continue;
    }
    const size_t step = udp && segmentation_ ? data.size() : run.segment_size;
    for (size_t at = 0; at < data.size(); at += step) {
      if (pending_ == kMessagesMax) flush(too_narrow);
      add(fd, run, data.subspan(at, std::min(step, data.size() - at)), run.segment_size);
    }
  }
  flush(too_narrow);
  for (const Bytes packet : batch.clear_text) send_clear(packet);
}

}  // namespace ike::kernel
