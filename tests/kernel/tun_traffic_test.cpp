// Packets through the userspace data plane, between two namespaces, with SAs made by hand.
#include <gtest/gtest.h>

#include "kernel/gateways.h"
#include "kernel/sas.h"
#include "kernel/tun/routes.h"

namespace ike::test {
namespace {

class TunTraffic : public testing::TestWithParam<TunnelShape> {
 protected:
  void SetUp() override {
    if (const std::string missing = missing_for_namespaces(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    network_ = std::make_unique<Network>();
    a_ = std::make_unique<Gateway>(network_->a(), kernel::BackendKind::tun, 1);
    b_ = std::make_unique<Gateway>(network_->b(), kernel::BackendKind::tun, 2);
    ASSERT_EQ(a_->error(), "");
    ASSERT_EQ(b_->error(), "");
  }

  std::string target(int end) const {
    const TunnelShape& shape = GetParam();
    return shape.mode == model::Mode::transport ? outer_address(shape.outer, end).text()
                                                : inner_host(shape.inner, end);
  }

  std::unique_ptr<Network> network_;
  std::unique_ptr<Gateway> a_, b_;
};

TEST_P(TunTraffic, CarriesPingsOfAllSizesBothWays) {
  const TunnelShape& shape = GetParam();
  ASSERT_TRUE(a_->ask(install_of(shape, 1)));
  ASSERT_TRUE(b_->ask(install_of(shape, 2)));
  const bool tunnel = shape.mode == model::Mode::tunnel;
  // A fragment cannot travel in transport mode, and TUN hands out fragments of what is larger.
  for (const std::string size : {"0", "1000", tunnel ? "1372" : "1300", tunnel ? "8000" : "800"}) {
    EXPECT_TRUE(run("ip netns exec " + network_->a() + " ping -M dont -c 2 -i 0.02 -W 2 -s " +
                    size + " " + target(2)))
        << size;
  }
  EXPECT_TRUE(run("ip netns exec " + network_->b() + " ping -c 2 -i 0.02 -W 2 " + target(1)));
  const auto counted = a_->ask(model::QuerySas{{}, {sa_of(shape, 1, 1).id, sa_of(shape, 1, 2).id}});
  ASSERT_TRUE(counted);
  ASSERT_EQ(counted->counters.size(), 2u);
  for (const auto& counters : counted->counters) {
    EXPECT_GE(counters.packets, 10u);
    EXPECT_GT(counters.bytes, tunnel ? 2u * 10000 : 2u * 3000);
    EXPECT_EQ(counters.failed, 0u);
    EXPECT_EQ(counters.replayed, 0u);
  }
}

//= RFC 4301 section 5.2: what a flow protects is not taken in the clear
TEST_P(TunTraffic, DropsClearPacketsThatAFlowProtects) {
  const TunnelShape& shape = GetParam();
  if (shape.inner == Family::ipv6)
    GTEST_SKIP() << "Linux cannot exempt a device from IPv6 policies";
  // What carries the mark of outer packets does not enter B's tunnel.
  const std::string clear = "ip netns exec " + network_->b() +
                            " ping -m 4803397 -c 2 -i 0.05 -W 1 -I " + target(2) + " " + target(1);
  ASSERT_TRUE(run(clear)) << "before there is a flow";
  ASSERT_TRUE(a_->ask(install_of(shape, 1)));
  ASSERT_TRUE(b_->ask(install_of(shape, 2)));
  EXPECT_FALSE(run(clear));
  EXPECT_TRUE(run("ip netns exec " + network_->b() + " ping -c 2 -i 0.05 -W 2 -I " + target(2) +
                  " " + target(1)))
      << "by the tunnel it comes";
  for (const auto& [gateway, us] : {std::pair{a_.get(), 1}, {b_.get(), 2}}) {
    ASSERT_TRUE(gateway->ask(model::RemoveSas{{}, {}, {flow_of(shape, us)}}));
  }
  EXPECT_TRUE(run(clear)) << "a removed flow protects nothing";
}

// Only the flow's protocol enters the tunnel; other packets never see our device.
TEST(TunRules, LeaveOtherProtocolsOnTheirUsualWay) {
  if (const std::string missing = missing_for_namespaces(); !missing.empty()) {
    GTEST_SKIP() << missing;
  }
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    const Network network;
    Gateway a(network.a(), kernel::BackendKind::tun, 1);
    ASSERT_EQ(a.error(), "");
    TunnelShape shape;
    shape.inner = family;
    auto flow = flow_of(shape, 1);
    flow.selectors.local.protocol = flow.selectors.remote.protocol = 6;
    model::InstallSas request;
    request.flows = {flow};
    ASSERT_TRUE(a.ask(std::move(request)));
    const std::string in_a = "ip netns exec " + network.a() + " ";
    // A fresh link of IPv6 takes a moment.
    EXPECT_TRUE(run(in_a + "ping -q -c 20 -i 0.1 -W 1 -I " + inner_host(family, 1) + " " +
                    inner_host(family, 2)));
    const std::string icmp = family == Family::ipv6 ? "ipv6-icmp" : "icmp";
    const std::string ip = "ip -n " + network.a() + (family == Family::ipv6 ? " -6" : "");
    const std::string way =
        ip + " route get " + inner_host(family, 2) + " from " + inner_host(family, 1);
    EXPECT_TRUE(run(way + " ipproto " + icmp + " | grep -q v0"));
    EXPECT_TRUE(run(way + " ipproto tcp | grep -q ike"));
    EXPECT_TRUE(run(way + " ipproto tcp mark 4803397 | grep -q v0")) << "outer packets";
    ASSERT_TRUE(a.ask(model::RemoveSas{{}, {}, {flow}}));
    EXPECT_TRUE(run(way + " ipproto tcp | grep -q v0"));
    EXPECT_TRUE(run("! " + ip + " rule | grep -q ipproto"));
  }
}

TEST(TunRules, AreBounded) {
  if (const std::string missing = missing_for_namespaces(); !missing.empty()) {
    GTEST_SKIP() << missing;
  }
  const Network network;
  Gateway a(network.a(), kernel::BackendKind::tun, 1);
  ASSERT_EQ(a.error(), "");
  const auto flow = [](size_t i) {
    auto one = flow_of({}, 1);
    one.selectors.remote = model::TrafficSelector::of(
        Prefix{Address::v4(0x0b000000u + static_cast<uint32_t>(i) * 256), 24}, 17);
    one.selectors.local.protocol = 17;
    return one;
  };
  model::InstallSas all;
  for (size_t i = 0; i < kernel::kProtocolRulesMax; ++i) all.flows.push_back(flow(i));
  ASSERT_TRUE(a.ask(std::move(all)));
  const auto one_more = [&] {
    model::InstallSas more;
    more.flows = {flow(kernel::kProtocolRulesMax)};
    return a.ask(std::move(more));
  };
  EXPECT_FALSE(one_more());
  ASSERT_TRUE(a.ask(model::RemoveSas{{}, {}, {flow(0)}}));
  EXPECT_TRUE(one_more()) << "room again";
}

// A host with a flow to everywhere still talks with its neighbours on the local side, and what a
// killed process left does not stay.
TEST(TunGuard, LeavesTheLocalSideAloneAndSweepsUp) {
  if (const std::string missing = missing_for_namespaces(); !missing.empty()) {
    GTEST_SKIP() << missing;
  }
  const Network network;
  run("ip -n " + network.a() + " addr add 10.3.7.1/16 dev v0 && ip -n " + network.b() +
      " addr add 10.3.7.2/16 dev v0");
  TunnelShape shape;
  auto request = install_of(shape, 1);
  request.flows[0].selectors.local =
      model::TrafficSelector::of(Prefix{Address::v4(10, 3, 0, 0), 16});
  request.flows[0].selectors.remote = model::TrafficSelector::of(Prefix{Address::v4(0), 0});
  const std::string neighbour = "ip netns exec " + network.b() + " ping -c 1 -W 1 10.3.7.1";
  const std::string policies =
      "ip -n " + network.a() + " xfrm policy | grep -c 'action block'; true";
  {
    Gateway a(network.a(), kernel::BackendKind::tun, 1);
    ASSERT_EQ(a.error(), "");
    ASSERT_TRUE(a.ask(std::move(request)));
    EXPECT_TRUE(run(neighbour));
    EXPECT_EQ(output_of(policies), "2\n") << "in and forward";
    ASSERT_TRUE(a.ask(model::FlushAll{}));
    EXPECT_EQ(output_of(policies), "0\n");
  }
  // As a predecessor that was killed would leave it.
  run("ip -n " + network.a() +
      " xfrm policy add src 10.2.0.0/16 dst 10.1.0.0/16 dir in index 1224736776 action block");
  EXPECT_EQ(output_of(policies), "1\n");
  const Gateway next(network.a(), kernel::BackendKind::tun, 1);
  EXPECT_EQ(output_of(policies), "0\n");
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, TunTraffic,
    testing::Values(
        TunnelShape{.name = "RawV4OverV4"},
        TunnelShape{.name = "UdpV4OverV4", .encapsulated = true},
        TunnelShape{.name = "RawV6OverV4", .inner = Family::ipv6},
        TunnelShape{.name = "RawV4OverV6", .outer = Family::ipv6},
        TunnelShape{.name = "UdpV6OverV6",
                    .outer = Family::ipv6,
                    .inner = Family::ipv6,
                    .encapsulated = true},
        TunnelShape{.name = "CbcWithHmacAndEsn",
                    .algorithms = {Encr::aes_cbc, 128, Integ::hmac_sha2_256_128, Esn::yes}},
        TunnelShape{.name = "TransportV4", .mode = model::Mode::transport},
        TunnelShape{.name = "TransportV4Udp", .mode = model::Mode::transport, .encapsulated = true},
        TunnelShape{.name = "TransportV6",
                    .outer = Family::ipv6,
                    .inner = Family::ipv6,
                    .mode = model::Mode::transport}),
    [](const auto& shape) { return shape.param.name; });

}  // namespace
}  // namespace ike::test
