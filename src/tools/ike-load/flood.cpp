#include "tools/ike-load/flood.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "kernel/socket_address.h"
#include "runtime/clock.h"

namespace ike::load {

namespace {

constexpr size_t kBatch = 64;
constexpr int kSocketBuffer = 8 * 1024 * 1024;
constexpr Duration kTail = milliseconds(300);  // for the last replies

uint32_t host_order(const Address& a) { return wire::Reader(a.octets()).u32(); }

// Sends copies of one request that differ in SPI and source address.
class Flood {
 public:
  Flood(const FloodOptions& options, Blob request, Random& random)
      : options_(options), target_(kernel::to_socket_address(options.target)), random_(random) {
    for (size_t i = 0; i < kBatch; ++i) prepare(i, request);
  }
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;
  ~Flood() {
    if (fd_ >= 0) ::close(fd_);
  }

  Result<void> open() {
    fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const auto any = kernel::to_socket_address({Address::any(Family::ipv4), 0});
    if (fd_ < 0 || ::bind(fd_, reinterpret_cast<const sockaddr*>(&any.storage), any.size) != 0) {
      return fail(Fault::internal, "no socket");
    }
    static_cast<void>(
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &kSocketBuffer, sizeof kSocketBuffer));
    return {};
  }

  // Up to `count`; how many the kernel took.
  uint64_t send(uint64_t count) {
    const auto size = static_cast<unsigned>(std::min<uint64_t>(count, kBatch));
    for (unsigned i = 0; i < size; ++i) vary(i);
    const int sent = ::sendmmsg(fd_, messages_.data(), size, 0);
    return sent > 0 ? static_cast<uint64_t>(sent) : 0;
  }

  void receive(FloodOutcome& outcome) {
    std::array<uint8_t, 2048> buffer;
    while (true) {
      const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (got <= 0) return;
      const Bytes reply = Bytes(buffer).first(static_cast<size_t>(got));
      const auto header = wire::Header::parse(reply);
      const auto message = header ? wire::v2::parse_message(*header, reply)
                                  : Result<wire::v2::Message>(std::unexpected(header.error()));
      const bool cookie = message && message->has(NotifyType::cookie);
      ++(cookie ? outcome.cookies : outcome.other_replies);
    }
  }

  void wait(int milliseconds) {
    pollfd p{fd_, POLLIN, 0};
    static_cast<void>(::poll(&p, 1, milliseconds));
  }

 private:
  void prepare(size_t i, const Blob& request) {
    requests_[i] = request;
    vectors_[i] = {requests_[i].data(), requests_[i].size()};
    msghdr& m = messages_[i].msg_hdr;
    m.msg_name = &target_.storage;
    m.msg_namelen = target_.size;
    m.msg_iov = &vectors_[i];
    m.msg_iovlen = 1;
    m.msg_control = controls_[i].data();
    m.msg_controllen = controls_[i].size();
    cmsghdr* c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
  }

  void vary(size_t i) {
    random_.fill_public(MutableBytes(requests_[i]).first(8));
    const uint32_t first = host_order(options_.sources.first);
    const uint64_t addresses = uint64_t{host_order(options_.sources.last)} - first + 1;
    auto* info = reinterpret_cast<in_pktinfo*>(CMSG_DATA(CMSG_FIRSTHDR(&messages_[i].msg_hdr)));
    *info = {};
    info->ipi_spec_dst.s_addr = htonl(first + static_cast<uint32_t>(random_.below(addresses)));
  }

  const FloodOptions& options_;
  kernel::SocketAddress target_;
  Random& random_;
  int fd_ = -1;
  std::array<Blob, kBatch> requests_;
  std::array<iovec, kBatch> vectors_{};
  std::array<mmsghdr, kBatch> messages_{};
  struct alignas(cmsghdr) Control : std::array<uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> {};
  std::array<Control, kBatch> controls_{};
};

}  // namespace

Result<FloodOutcome> flood(const FloodOptions& options, const Plan& plan,
                           crypto::Provider& provider, Random& random) {
  Initiator initiator(plan, 0, {{options.sources.first, 500}, options.target});
  IKE_TRY(Blob request, initiator.begin(provider, random));
  Flood flood(options, std::move(request), random);
  IKE_CHECK(flood.open());
  FloodOutcome outcome;
  const Usage before = usage_of(options.watch);
  const Duration own_before = cpu_of({::getpid()});
  const Instant start = runtime::monotonic_now();
  for (Instant now = start; now < start + options.length; now = runtime::monotonic_now()) {
    const std::chrono::duration<double> passed = now - start;
    const auto due =
        static_cast<uint64_t>(passed.count() * static_cast<double>(options.per_second));
    if (due > outcome.sent)
      outcome.sent += flood.send(due - outcome.sent);
    else
      flood.wait(1);
    flood.receive(outcome);
  }
  outcome.wall = runtime::monotonic_now() - start;
  for (Instant now = start; now < start + options.length + kTail; now = runtime::monotonic_now()) {
    flood.wait(10);
    flood.receive(outcome);
  }
  const Usage after = usage_of(options.watch);
  outcome.own_cpu = cpu_of({::getpid()}) - own_before;
  outcome.responder_cpu = after.cpu - before.cpu;
  outcome.memory_before = before.memory;
  outcome.memory_after = after.memory;
  return outcome;
}

}  // namespace ike::load
