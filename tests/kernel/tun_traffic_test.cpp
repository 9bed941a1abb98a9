// Packets through the userspace data plane, between two namespaces, with SAs made by hand.
#include <gtest/gtest.h>

#include "kernel/gateways.h"
#include "kernel/sas.h"

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
