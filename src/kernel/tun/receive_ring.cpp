#include "kernel/tun/receive_ring.h"

#include <linux/udp.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "kernel/socket_address.h"

namespace ike::kernel {
namespace {

template <typename T>
T value_of(const cmsghdr* control) {
  T value{};
  std::memcpy(&value, CMSG_DATA(control), sizeof value);
  return value;
}

void read_control(msghdr& header, ReceivedBuffer& out) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      out.to = address_of(value_of<in_pktinfo>(c).ipi_addr);
    } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS) {
      out.tos = value_of<uint8_t>(c);
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      out.to = address_of(value_of<in6_pktinfo>(c).ipi6_addr);
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS) {
      out.tos = static_cast<uint8_t>(value_of<int>(c));
    } else if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
      out.segment_size = static_cast<size_t>(value_of<int>(c));
    }
  }
}

// A raw IPv4 socket hands out the IP header too.
bool strip_ipv4(ReceivedBuffer& buffer) {
  const size_t header = static_cast<size_t>(buffer.data[0] & 0xf) * 4;
  if (header < 20 || header > buffer.data.size()) return false;
  buffer.tos = buffer.data[1];
  buffer.to = Address::from_octets(buffer.data.subspan(16, 4)).value_or(Address());
  buffer.data = buffer.data.subspan(header);
  return true;
}

}  // namespace

ReceiveRing::ReceiveRing() : memory_(kMessages * kStride) { received_.reserve(kMessages); }

const std::vector<ReceivedBuffer>& ReceiveRing::receive(int fd, OuterKind kind) {
  for (size_t i = 0; i < kMessages; ++i) {
    vectors_[i] = {memory_.data() + i * kStride, 65536};
    msghdr& header = messages_[i].msg_hdr;
    header = {};
    header.msg_name = &names_[i];
    header.msg_namelen = sizeof names_[i];
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].octets.data();
    header.msg_controllen = kControl;
  }
  received_.clear();
  const int got = recvmmsg(fd, messages_.data(), kMessages, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < got; ++i) {
    const auto at = static_cast<size_t>(i);
    ReceivedBuffer buffer;
    buffer.data = MutableBytes(memory_).subspan(at * kStride, messages_[at].msg_len);
    buffer.from = from_system(names_[at]);
    read_control(messages_[at].msg_hdr, buffer);
    const bool raw = kind == OuterKind::raw_v4 || kind == OuterKind::raw_v6;
    if (raw) buffer.from.port = 0;
    if (kind == OuterKind::raw_v4 && (buffer.data.size() < 20 || !strip_ipv4(buffer))) continue;
    if (buffer.segment_size == 0) buffer.segment_size = std::max<size_t>(1, buffer.data.size());
    received_.push_back(buffer);
  }
  return received_;
}

}  // namespace ike::kernel
