// What every back end keeps to, whichever it is.
#include <gtest/gtest.h>

#include "kernel/gateways.h"
#include "kernel/sas.h"

namespace ike::test {
namespace {

using kernel::BackendKind;

class Contract : public testing::TestWithParam<BackendKind> {
 protected:
  void SetUp() override {
    if (const std::string missing = missing_for_namespaces(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    network_ = std::make_unique<Network>();
    gateway_ = std::make_unique<Gateway>(network_->a(), GetParam(), 5);
    ASSERT_EQ(gateway_->error(), "");
  }
  // False, with a visible reason, where this machine's kernel takes no ESP SAs.
  bool takes_sas() {
    auto request = install_of(shape_, 1, 90);
    request.flows.clear();
    if (gateway_->ask(std::move(request))) {
      gateway_->ask(model::RemoveSas{{}, ids(90), {}});
      return true;
    }
    return GetParam() != BackendKind::xfrm;
  }
  bool carries() const { return GetParam() != BackendKind::none; }
  std::vector<model::SaId> ids(uint32_t generation = 0) const {
    return {sa_of(shape_, 1, 2, generation).id, sa_of(shape_, 1, 1, generation).id};
  }
  size_t known(uint32_t generation = 0) {
    const auto answer = gateway_->ask(model::QuerySas{{}, ids(generation)});
    return answer ? answer->counters.size() : 999;
  }
  void provoke() {
    run("ip netns exec " + network_->a() + " sh -c 'ping -c 1 -W 1 -I 10.1.0.1 10.2.0.1; true'");
  }

  TunnelShape shape_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Gateway> gateway_;
};

#define IKE_NEED_SAS() \
  if (!takes_sas()) GTEST_SKIP() << "this kernel takes no ESP SAs"

TEST_P(Contract, CountsInstalledSasAndForgetsRemovedOnes) {
  IKE_NEED_SAS();
  ASSERT_TRUE(gateway_->ask(install_of(shape_, 1)));
  const auto answer = gateway_->ask(model::QuerySas{{}, ids()});
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->counters.size(), 2u);
  EXPECT_EQ(answer->counters[0].id, ids()[0]);
  EXPECT_EQ(answer->counters[0].packets, 0u);
  EXPECT_EQ(answer->counters[0].since_last_use, seconds(-1));
  EXPECT_TRUE(gateway_->ask(model::RemoveSas{{}, ids(), {flow_of(shape_, 1)}}));
  EXPECT_EQ(known(), 0u);
}

TEST_P(Contract, InstallsNothingWhenOneSaIsRefused) {
  IKE_NEED_SAS();
  ASSERT_TRUE(gateway_->ask(install_of(shape_, 1)));
  model::InstallSas second = install_of(shape_, 1, 1);
  second.sas[1].id = ids()[1];
  EXPECT_FALSE(gateway_->ask(std::move(second)));
  EXPECT_EQ(known(1), 0u);
  EXPECT_EQ(known(), 2u);
}

TEST_P(Contract, TakesRemovalOfTheUnknown) {
  EXPECT_TRUE(gateway_->ask(model::RemoveSas{{}, ids(), {flow_of(shape_, 1)}}));
  EXPECT_EQ(known(), 0u);
}

TEST_P(Contract, MovesSas) {
  IKE_NEED_SAS();
  ASSERT_TRUE(gateway_->ask(install_of(shape_, 1)));
  model::MoveSas move;
  move.reqid = ReqId(7);
  move.tunnel_local = outer_address(Family::ipv4, 1);
  move.tunnel_remote = outer_address(Family::ipv4, 5);
  move.sas.push_back({ids()[1], move.tunnel_local, move.tunnel_remote, {}});
  EXPECT_TRUE(gateway_->ask(move));
  const model::SaId moved{move.tunnel_remote, ids()[1].spi, ProtocolId::esp};
  const auto answer = gateway_->ask(model::QuerySas{{}, {moved, ids()[1]}});
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->counters.size(), 1u);
  EXPECT_EQ(answer->counters[0].id, moved);
}

TEST_P(Contract, FlushesEverything) {
  if (takes_sas()) {
    ASSERT_TRUE(gateway_->ask(install_of(shape_, 1)));
  }
  EXPECT_TRUE(gateway_->ask(model::FlushAll{}));
  EXPECT_EQ(known(), 0u);
  EXPECT_EQ(output_of("ip -n " + network_->a() + " xfrm policy | grep -c tmpl; true"), "0\n");
}

TEST_P(Contract, AllocatesDifferentUnreservedSpis) {
  const model::AllocateSpi request{
      {}, outer_address(Family::ipv4, 1), outer_address(Family::ipv4, 2)};
  const auto first = gateway_->ask(request);
  const auto second = gateway_->ask(request);
  ASSERT_TRUE(first && second);
  EXPECT_GT(first->spi.raw(), 255u);
  EXPECT_NE(first->spi, second->spi);
}

TEST_P(Contract, FindsTheSourceTowardsThePeer) {
  const auto v4 = gateway_->ask(model::FindSource{{}, outer_address(Family::ipv4, 2)});
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->source.text(), "192.0.2.1");
  const auto v6 = gateway_->ask(model::FindSource{{}, outer_address(Family::ipv6, 2)});
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->source.text(), "2001:db8::1");
}

TEST_P(Contract, AsksForAnSaWhenAFlowHasNone) {
  if (!carries()) GTEST_SKIP() << "carries no traffic";
  model::InstallSas only_flow;
  only_flow.flows.push_back(flow_of(shape_, 1));
  ASSERT_TRUE(gateway_->ask(std::move(only_flow)));
  provoke();
  EXPECT_TRUE(gateway_->wait_for_event([](const model::KernelEvent& event) {
    const auto* acquire = std::get_if<model::Acquire>(&event);
    return acquire != nullptr && acquire->reqid == ReqId(7) &&
           acquire->packet.remote.addresses.text() == "10.2.0.1";
  }));
  EXPECT_TRUE(gateway_->ask(model::RemoveSas{{}, {}, {flow_of(shape_, 1)}}));
  gateway_->take_events();
  provoke();
  EXPECT_TRUE(gateway_->take_events().empty()) << "a removed flow asks for nothing";
}

TEST_P(Contract, TellsSoftAndHardExpiry) {
  if (!carries()) GTEST_SKIP() << "has no lifetimes";
  IKE_NEED_SAS();
  auto request = install_of(shape_, 1);
  request.sas[0].limits = {.soft_time = seconds(1), .hard_time = seconds(2)};
  ASSERT_TRUE(gateway_->ask(std::move(request)));
  for (const bool hard : {false, true}) {
    EXPECT_TRUE(gateway_->wait_for_event([&](const model::KernelEvent& event) {
      const auto* expired = std::get_if<model::Expired>(&event);
      return expired != nullptr && expired->id == ids()[0] && expired->hard == hard;
    })) << hard;
  }
  EXPECT_EQ(known(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Backends, Contract,
                         testing::Values(BackendKind::tun, BackendKind::xfrm, BackendKind::none),
                         [](const auto& kind) { return std::string(to_text(kind.param)); });

}  // namespace
}  // namespace ike::test
