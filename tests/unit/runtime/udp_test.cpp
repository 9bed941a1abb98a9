#include "runtime/udp.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/socket_address.h"

namespace ike::runtime {
namespace {

struct Bound {
  Fd fd;
  Endpoint local;
};

Bound bind_to(const Address& address) {
  const int family = address.family() == Family::ipv6 ? AF_INET6 : AF_INET;
  Fd fd(socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto name = kernel::to_socket_address({address, 0});
  EXPECT_EQ(bind(fd.value(), reinterpret_cast<const sockaddr*>(&name.storage), name.size), 0);
  EXPECT_TRUE(set_udp_options(fd.value(), address.family()));
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  getsockname(fd.value(), reinterpret_cast<sockaddr*>(&bound), &size);
  return {std::move(fd), kernel::from_system(bound)};
}

engine::Packet packet(size_t size, uint8_t value = 7) {
  return std::make_shared<const Blob>(size, value);
}

class Udp : public testing::TestWithParam<const char*> {
 protected:
  Udp()
      : loop(*Loop::create()), ports(*loop, [this](const engine::Datagram& d) {
          got.push_back({d.from, d.to, to_blob(d.data)});
        }) {}
  struct Got {
    Endpoint from, to;
    Blob data;
  };
  Address loopback() const { return *Address::parse(GetParam()); }
  void run_until(size_t count) {
    for (int i = 0; i < 500 && got.size() < count; ++i) loop->turn(milliseconds(10));
  }

  std::unique_ptr<Loop> loop;
  UdpPorts ports;
  std::vector<Got> got;
};

TEST_P(Udp, TellsTheAddressThatADatagramWasSentTo) {
  Bound wildcard = bind_to(Address::any(loopback().family()));
  const uint16_t port = wildcard.local.port;
  ports.add(std::move(wildcard.fd), wildcard.local);
  Bound peer = bind_to(loopback());
  const Endpoint to{loopback(), port};
  const auto name = kernel::to_socket_address(to);
  sendto(peer.fd.value(), "hi", 2, 0, reinterpret_cast<const sockaddr*>(&name.storage), name.size);
  run_until(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].to, to);
  EXPECT_EQ(got[0].from, peer.local);
  EXPECT_EQ(as_text(got[0].data), "hi");
}

TEST_P(Udp, CarriesMoreThanABatchInOrder) {
  Bound a = bind_to(loopback()), b = bind_to(loopback());
  const Endpoint from = a.local, to = b.local;
  ports.add(std::move(a.fd), from);
  ports.add(std::move(b.fd), to);
  for (size_t i = 1; i <= 3 * kUdpBatch; ++i) ports.send({from, to, packet(i)});
  ports.flush();
  run_until(3 * kUdpBatch);
  ASSERT_EQ(got.size(), 3 * kUdpBatch);
  for (size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i].data.size(), i + 1);
}

TEST_P(Udp, ADatagramThatCannotGoDoesNotStopTheNext) {
  Bound a = bind_to(loopback()), b = bind_to(loopback());
  const Endpoint from = a.local, to = b.local;
  ports.add(std::move(a.fd), from);
  ports.add(std::move(b.fd), to);
  ports.send({from, {loopback(), 0}, packet(3)});  // no such port
  ports.send({from, to, packet(4)});
  ports.flush();
  run_until(1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].data.size(), 4u);
  EXPECT_EQ(ports.counters().unsendable, 1u);
}

TEST_P(Udp, CountsWhatNoSocketCanSend) {
  ports.send({{loopback(), 500}, {loopback(), 500}, packet(1)});
  EXPECT_EQ(ports.counters().unsendable, 1u);
}

TEST_P(Udp, DropsWhatTheQueueCannotHold) {
  Bound a = bind_to(loopback());
  const Endpoint from = a.local;
  ports.add(std::move(a.fd), from);
  for (size_t i = 0; i < kSendQueueMax + 5; ++i) ports.send({from, from, packet(1)});
  EXPECT_EQ(ports.counters().queue_full, 5u);
}

INSTANTIATE_TEST_SUITE_P(Families, Udp, testing::Values("127.0.0.1", "::1"),
                         [](const auto& i) { return i.index == 0 ? "IPv4" : "IPv6"; });

TEST(UdpSource, RepliesLeaveFromTheAddressThatWasAsked) {
  const auto loop = *Loop::create();
  UdpPorts ports(*loop, [](const engine::Datagram&) {});
  Bound wildcard = bind_to(Address::any(Family::ipv4));
  const uint16_t port = wildcard.local.port;
  ports.add(std::move(wildcard.fd), wildcard.local);
  const Bound peer = bind_to(Address::v4(127, 0, 0, 1));
  const Endpoint from{Address::v4(127, 0, 0, 9), port};  // not the one that routing would choose
  ports.send({from, peer.local, packet(5)});
  ports.flush();
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  std::array<char, 16> octets;
  ASSERT_EQ(recvfrom(peer.fd.value(), octets.data(), octets.size(), 0,
                     reinterpret_cast<sockaddr*>(&name), &size),
            5);
  EXPECT_EQ(kernel::from_system(name), from);
}

}  // namespace
}  // namespace ike::runtime
