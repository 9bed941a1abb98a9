#include "runtime/udp.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "kernel/socket_address.h"

namespace ike::runtime {
namespace {

constexpr size_t kSlotSize = limits::kDatagramMax + 1;  // one more octet than is legal
constexpr size_t kControlSize = CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(in_pktinfo));

struct alignas(cmsghdr) Control {
  std::array<char, kControlSize> octets;
};

Address destination_of(msghdr& header) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      memcpy(&info, CMSG_DATA(c), sizeof(info));
      return kernel::address_of(info.ipi_addr);
    }
    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      memcpy(&info, CMSG_DATA(c), sizeof(info));
      return kernel::address_of(info.ipi6_addr);
    }
  }
  return {};
}

template <typename Info>
void put_control(msghdr& header, Control& control, int level, int type, const Info& info) {
  header.msg_control = control.octets.data();
  header.msg_controllen = CMSG_SPACE(sizeof(info));
  cmsghdr* c = CMSG_FIRSTHDR(&header);
  c->cmsg_level = level;
  c->cmsg_type = type;
  c->cmsg_len = CMSG_LEN(sizeof(info));
  memcpy(CMSG_DATA(c), &info, sizeof(info));
}

// Replies must leave from the address that was asked, also on a host that has several.
void choose_source(msghdr& header, Control& control, const Address& source) {
  header.msg_control = nullptr;
  header.msg_controllen = 0;
  if (source.is_any()) return;
  const Bytes octets = source.octets();
  control.octets.fill(0);
  if (source.family() == Family::ipv4) {
    in_pktinfo info{};
    memcpy(&info.ipi_spec_dst, octets.data(), octets.size());
    put_control(header, control, IPPROTO_IP, IP_PKTINFO, info);
  } else if (source.family() == Family::ipv6) {
    in6_pktinfo info{};
    memcpy(&info.ipi6_addr, octets.data(), octets.size());
    put_control(header, control, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

bool set_int(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

}  // namespace

Result<void> set_udp_options(int fd, Family family) {
  const bool done = family == Family::ipv6
                        ? set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) &&
                              set_int(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT)
                        : set_int(fd, IPPROTO_IP, IP_PKTINFO, 1) &&
                              set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
  if (!done) return fail(Fault::internal, "UDP socket options");
  return {};
}

// Pages of the slots are touched only as far as datagrams reach.
struct UdpPorts::Buffers {
  std::unique_ptr<uint8_t[]> slots =
      std::make_unique_for_overwrite<uint8_t[]>(kUdpBatch * kSlotSize);
  std::array<Control, kUdpBatch> control;
  std::array<sockaddr_storage, kUdpBatch> names;
  std::array<kernel::SocketAddress, kUdpBatch> to;
  std::array<iovec, kUdpBatch> parts;
  std::array<mmsghdr, kUdpBatch> messages;
};

UdpPorts::UdpPorts(Loop& loop, Receiver receiver)
    : loop_(loop), receiver_(std::move(receiver)), buffers_(std::make_unique<Buffers>()) {}

UdpPorts::~UdpPorts() {
  for (const auto& socket : sockets_) loop_.forget(socket->fd.value());
}

void UdpPorts::add(Fd fd, const Endpoint& local) {
  auto socket = std::make_unique<Socket>();
  socket->fd = std::move(fd);
  socket->local = local;
  Socket* raw = socket.get();
  sockets_.push_back(std::move(socket));
  loop_.watch(raw->fd.value(), EPOLLIN, [this, raw](uint32_t events) {
    if (events & EPOLLOUT) {
      raw->blocked = false;
      loop_.change(raw->fd.value(), EPOLLIN);
      flush(*raw);
    }
    // EPOLLERR is cleared by reading, too.
    if (events & (EPOLLIN | EPOLLERR)) receive(*raw);
  });
}

void UdpPorts::receive(Socket& socket) {
  Buffers& b = *buffers_;
  for (size_t batch = 0; batch < kUdpBatchesATurn; ++batch) {
    for (size_t i = 0; i < kUdpBatch; ++i) {
      b.parts[i] = {b.slots.get() + i * kSlotSize, kSlotSize};
      b.messages[i] = {};
      msghdr& header = b.messages[i].msg_hdr;
      header.msg_name = &b.names[i];
      header.msg_namelen = sizeof(b.names[i]);
      header.msg_iov = &b.parts[i];
      header.msg_iovlen = 1;
      header.msg_control = b.control[i].octets.data();
      header.msg_controllen = kControlSize;
    }
    const int got =
        recvmmsg(socket.fd.value(), b.messages.data(), kUdpBatch, MSG_DONTWAIT, nullptr);
    // An error (an ICMP answer to something sent) is consumed by having been read.
    if (got <= 0) return;
    deliver(socket, static_cast<size_t>(got));
    if (static_cast<size_t>(got) < kUdpBatch) return;
  }
}

void UdpPorts::deliver(const Socket& socket, size_t count) {
  Buffers& b = *buffers_;
  for (size_t i = 0; i < count; ++i) {
    msghdr& header = b.messages[i].msg_hdr;
    const size_t size = b.messages[i].msg_len;
    ++counters_.received;
    if ((header.msg_flags & MSG_TRUNC) != 0 || size > limits::kDatagramMax) {
      ++counters_.truncated;
      continue;
    }
    const Endpoint to{destination_of(header), socket.local.port};
    receiver_({kernel::from_system(b.names[i]), to, Bytes(b.slots.get() + i * kSlotSize, size)});
  }
}

UdpPorts::Socket* UdpPorts::socket_for(const engine::Send& send) {
  for (const auto& socket : sockets_) {
    if (socket->local.address.family() == send.to.address.family() &&
        socket->local.port == send.from.port) {
      return socket.get();
    }
  }
  return nullptr;
}

void UdpPorts::send(engine::Send send) {
  Socket* socket = socket_for(send);
  if (socket == nullptr || !send.data) {
    ++counters_.unsendable;
    return;
  }
  if (socket->queue.size() >= kSendQueueMax) {
    // IKE repeats what gets lost, so a full queue is a lossy network.
    ++counters_.queue_full;
    return;
  }
  socket->queue.push_back(std::move(send));
}

void UdpPorts::flush() {
  for (const auto& socket : sockets_) {
    if (!socket->blocked && !socket->queue.empty()) flush(*socket);
  }
}

void UdpPorts::flush(Socket& socket) {
  Buffers& b = *buffers_;
  while (!socket.queue.empty()) {
    const size_t count = std::min(socket.queue.size(), kUdpBatch);
    for (size_t i = 0; i < count; ++i) {
      const engine::Send& send = socket.queue[i];
      b.to[i] = kernel::to_socket_address(send.to);
      // sendmsg does not write to it.
      b.parts[i] = {const_cast<uint8_t*>(send.data->data()), send.data->size()};
      b.messages[i] = {};
      msghdr& header = b.messages[i].msg_hdr;
      header.msg_name = &b.to[i].storage;
      header.msg_namelen = b.to[i].size;
      header.msg_iov = &b.parts[i];
      header.msg_iovlen = 1;
      choose_source(header, b.control[i], send.from.address);
    }
    const int sent =
        sendmmsg(socket.fd.value(), b.messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      socket.blocked = true;
      loop_.change(socket.fd.value(), EPOLLIN | EPOLLOUT);
      return;
    }
    if (sent < 0 && errno == EINTR) continue;
    // An error is that of the first datagram: it is lost, the others go on.
    if (sent < 0) ++counters_.unsendable;
    const size_t gone = sent < 0 ? 1 : static_cast<size_t>(sent);
    if (sent > 0) counters_.sent += gone;
    socket.queue.erase(socket.queue.begin(), socket.queue.begin() + static_cast<long>(gone));
  }
}

}  // namespace ike::runtime
