#include "kernel/guard.h"

#include <gtest/gtest.h>

#include "kernel/sas.h"

namespace ike::kernel {
namespace {

using test::install_of;
using test::TunnelShape;

class GuardTest : public testing::Test {
 protected:
  GuardTest() {
    auto connection = std::make_shared<model::Connection>();
    connection->id = ConnectionId(3);
    model::ChildTemplate child;
    child.selectors.push_back(test::flow_of({}, 1).selectors);
    connection->children.push_back(child);
    auto policy = std::make_shared<model::Policy>();
    policy->connections.push_back(connection);
    guard_.set_policy(policy);
  }
  model::InstallSas request() {
    auto r = install_of({}, 1);
    r.connection = ConnectionId(3);
    return r;
  }
  Fault refusal(model::InstallSas r) {
    const auto checked = guard_.check(std::move(r));
    return checked ? Fault::timeout : checked.error().fault;
  }
  Guard guard_;
};

TEST_F(GuardTest, TakesWhatTheConnectionHas) {
  EXPECT_TRUE(guard_.check(request()));
  auto narrower = request();
  narrower.flows[0].selectors.remote.port_last = 80;
  EXPECT_TRUE(guard_.check(std::move(narrower)));
}

TEST_F(GuardTest, RefusesUnknownConnections) {
  auto r = request();
  r.connection = ConnectionId(4);
  EXPECT_EQ(refusal(std::move(r)), Fault::refused);
  Guard empty;
  EXPECT_FALSE(empty.check(request()));
}

TEST_F(GuardTest, RefusesWiderSelectorsOfFlowsAndSas) {
  auto flow = request();
  flow.flows[0].selectors.remote.addresses = AddressRange::everything(Family::ipv4);
  EXPECT_EQ(refusal(std::move(flow)), Fault::refused);
  auto sa = request();
  sa.sas[0].selectors[0].remote.addresses = AddressRange::everything(Family::ipv4);
  EXPECT_EQ(refusal(std::move(sa)), Fault::refused);
  auto none = request();
  none.sas[0].selectors.clear();
  EXPECT_EQ(refusal(std::move(none)), Fault::refused);
}

TEST_F(GuardTest, RefusesBypassAndAnotherMode) {
  auto bypass = request();
  bypass.flows[0].action = model::FlowAction::bypass;
  EXPECT_EQ(refusal(std::move(bypass)), Fault::refused);
  auto transport = request();
  transport.flows[0].mode = model::Mode::transport;
  EXPECT_EQ(refusal(std::move(transport)), Fault::refused);
}

TEST_F(GuardTest, LetsRemovalsPassAfterAReload) {
  guard_.set_policy(std::make_shared<model::Policy>());
  EXPECT_TRUE(guard_.check(model::RemoveSas{}));
  EXPECT_FALSE(guard_.check(request()));
}

}  // namespace
}  // namespace ike::kernel
