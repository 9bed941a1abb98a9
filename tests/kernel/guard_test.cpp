#include "kernel/guard.h"

#include <gtest/gtest.h>

#include "kernel/sas.h"

namespace ike::kernel {
namespace {

using test::install_of;
using test::TunnelShape;

const Address kElsewhere = Address::v4(203, 0, 113, 9);

model::ConnectionPtr connection(ConnectionId id, std::optional<Prefix> remote) {
  auto c = std::make_shared<model::Connection>();
  c->id = id;
  model::ChildTemplate child;
  child.selectors.push_back(test::flow_of({}, 1).selectors);
  c->children.push_back(child);
  c->remote = remote;
  return c;
}

model::PolicyPtr policy_of(std::vector<model::ConnectionPtr> connections) {
  auto policy = std::make_shared<model::Policy>();
  policy->connections = std::move(connections);
  return policy;
}

class GuardTest : public testing::Test {
 protected:
  GuardTest() {
    guard_.set_policy(policy_of({connection(ConnectionId(3), Prefix::host(peer_)),
                                 connection(ConnectionId(5), Prefix::host(peer_))}));
  }
  model::InstallSas request(uint32_t generation = 0) {
    auto r = install_of({}, 1, generation);
    r.connection = ConnectionId(3);
    r.ticket = Ticket(40 + generation);
    return r;
  }
  template <typename Request>
  Fault refusal(Request r) {
    model::KernelRequest any = std::move(r);
    const auto admitted = guard_.admit(any);
    return admitted ? Fault::timeout : admitted.error().fault;
  }
  // What of the request would reach the back end.
  template <typename Request>
  Request admitted(Request r) {
    model::KernelRequest any = std::move(r);
    EXPECT_TRUE(guard_.admit(any));
    return std::get<Request>(std::move(any));
  }
  void reply(Ticket ticket, bool ok) {
    model::KernelReply r{ticket, model::KernelAnswer{}};
    if (!ok) r.result = fail(Fault::refused, "no");
    guard_.observe(r);
  }
  model::MoveSas move_to(const Address& peer) {
    const auto sas = request().sas;  // inbound, outbound
    model::MoveSas move;
    move.ticket = Ticket(77);
    move.reqid = ReqId(7);
    move.tunnel_local = us_;
    move.tunnel_remote = peer;
    move.sas.push_back({sas[0].id, peer, us_, {}});
    move.sas.push_back({sas[1].id, us_, peer, {}});
    return move;
  }

  const Address us_ = test::outer_address(Family::ipv4, 1);
  const Address peer_ = test::outer_address(Family::ipv4, 2);
  Guard guard_;
};

TEST_F(GuardTest, TakesWhatTheConnectionHas) {
  admitted(request());
  auto narrower = request(1);
  narrower.flows[0].selectors.remote.port_last = 80;
  admitted(std::move(narrower));
  EXPECT_EQ(guard_.sas(), 4u);
  EXPECT_EQ(guard_.flows(), 2u);
}

TEST_F(GuardTest, RefusesUnknownConnections) {
  auto r = request();
  r.connection = ConnectionId(4);
  EXPECT_EQ(refusal(std::move(r)), Fault::refused);
  guard_ = Guard();
  EXPECT_EQ(refusal(request()), Fault::refused);
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
  EXPECT_EQ(guard_.sas(), 0u);
}

TEST_F(GuardTest, RefusesBypassAndAnotherModeOrProtocol) {
  auto bypass = request();
  bypass.flows[0].action = model::FlowAction::bypass;
  EXPECT_EQ(refusal(std::move(bypass)), Fault::refused);
  auto transport = request();
  transport.flows[0].mode = model::Mode::transport;
  EXPECT_EQ(refusal(std::move(transport)), Fault::refused);
  auto ah = request();
  ah.sas[0].id.protocol = ProtocolId::ah;
  EXPECT_EQ(refusal(std::move(ah)), Fault::refused);
}

TEST_F(GuardTest, RefusesOuterAddressesThatAreNotTheConnections) {
  auto inbound = request();
  inbound.sas[0].source = kElsewhere;
  EXPECT_EQ(refusal(std::move(inbound)), Fault::refused);
  auto outbound = request();
  outbound.sas[1].id.destination = kElsewhere;
  EXPECT_EQ(refusal(std::move(outbound)), Fault::refused);
  auto nobody = request();
  nobody.sas[0].source = Address();
  EXPECT_EQ(refusal(std::move(nobody)), Fault::refused);
  auto flow = request();
  flow.flows[0].tunnel_remote = kElsewhere;
  EXPECT_EQ(refusal(std::move(flow)), Fault::refused);
  auto waiting = request();
  waiting.flows[0].tunnel_local = Address();
  admitted(std::move(waiting));
}

TEST_F(GuardTest, AFallbackConnectionMayHaveAnyPeer) {
  auto any = std::make_shared<model::Connection>(*connection(ConnectionId(3), Prefix::host(peer_)));
  any->evaluation = model::Evaluation::fallback;
  guard_.set_policy(policy_of({any}));
  auto r = request();
  r.sas[0].source = kElsewhere;
  admitted(std::move(r));
}

TEST_F(GuardTest, RefusesTheRequestIdOfAnotherConnection) {
  admitted(request());
  auto r = request(1);
  r.connection = ConnectionId(5);
  EXPECT_EQ(refusal(std::move(r)), Fault::refused);
  // After a reload that took the connection away, its SAs go on under another one.
  guard_.set_policy(policy_of({connection(ConnectionId(5), Prefix::host(peer_))}));
  auto successor = request(1);
  successor.connection = ConnectionId(5);
  admitted(std::move(successor));
}

TEST_F(GuardTest, RemovesOnlyWhatItLetIn) {
  model::RemoveSas strange;
  strange.sas = {request().sas[0].id};
  strange.flows = {request().flows[0]};
  auto left = admitted(strange);
  EXPECT_TRUE(left.sas.empty());
  EXPECT_TRUE(left.flows.empty());
  admitted(request());
  left = admitted(strange);
  EXPECT_EQ(left.sas, strange.sas);
  EXPECT_EQ(left.flows, strange.flows);
  EXPECT_TRUE(admitted(strange).sas.empty()) << "gone already";
}

TEST_F(GuardTest, LetsRemovalsPassAfterAReload) {
  admitted(request());
  guard_.set_policy(policy_of({}));
  model::RemoveSas remove;
  remove.sas = {request().sas[0].id, request().sas[1].id};
  EXPECT_EQ(admitted(remove).sas.size(), 2u);
  EXPECT_EQ(refusal(request()), Fault::refused);
}

TEST_F(GuardTest, ForgetsWhatTheBackEndRefused) {
  admitted(request());
  reply(request().ticket, false);
  EXPECT_EQ(guard_.sas(), 0u);
  EXPECT_EQ(guard_.flows(), 0u);
  model::RemoveSas remove;
  remove.sas = {request().sas[0].id};
  EXPECT_TRUE(admitted(remove).sas.empty()) << "it may be somebody else's";
}

TEST_F(GuardTest, ALateRefusalDoesNotForgetTheSuccessor) {
  admitted(request());
  model::RemoveSas remove;
  remove.sas = {request().sas[0].id, request().sas[1].id};
  admitted(remove);
  auto again = request();
  again.ticket = Ticket(99);
  admitted(std::move(again));
  reply(request().ticket, false);
  EXPECT_EQ(guard_.sas(), 2u);
}

TEST_F(GuardTest, ForgetsWhatExpired) {
  admitted(request());
  guard_.observe(model::Expired{request().sas[0].id, false});
  EXPECT_EQ(guard_.sas(), 2u);
  guard_.observe(model::Expired{request().sas[0].id, true});
  EXPECT_EQ(guard_.sas(), 1u);
}

TEST_F(GuardTest, AnswersQueriesAboutItsOwnSasOnly) {
  admitted(request());
  model::QuerySas query;
  query.sas = {request().sas[0].id, {kElsewhere, EspSpi(0x5555), ProtocolId::esp}};
  EXPECT_EQ(admitted(query).sas.size(), 1u);
}

TEST_F(GuardTest, MovesWithinTheConnectionOnly) {
  guard_.set_policy(policy_of({connection(ConnectionId(3), Prefix{peer_, 24})}));
  admitted(request());
  const Address near = Address::v4(192, 0, 2, 200);
  EXPECT_EQ(refusal(move_to(kElsewhere)), Fault::refused);
  auto flows_only = move_to(kElsewhere);
  flows_only.sas.clear();
  EXPECT_EQ(refusal(std::move(flows_only)), Fault::refused);
  auto sas_only = move_to(kElsewhere);
  sas_only.tunnel_remote = near;
  EXPECT_EQ(refusal(std::move(sas_only)), Fault::refused);
  EXPECT_EQ(admitted(move_to(near)).sas.size(), 2u);
  reply(Ticket(77), true);
  EXPECT_EQ(guard_.sas(), 2u);
  model::RemoveSas remove;
  remove.sas = {{near, request().sas[1].id.spi, ProtocolId::esp}, request().sas[1].id};
  EXPECT_EQ(admitted(remove).sas.size(), 1u) << "by its new name only";
}

TEST_F(GuardTest, AMoveThatFailedLeavesTheOldNames) {
  guard_.set_policy(policy_of({connection(ConnectionId(3), Prefix{peer_, 24})}));
  admitted(request());
  admitted(move_to(Address::v4(192, 0, 2, 200)));
  reply(Ticket(77), false);
  EXPECT_EQ(guard_.sas(), 2u);
  model::RemoveSas remove;
  remove.sas = {request().sas[1].id};
  EXPECT_EQ(admitted(remove).sas.size(), 1u);
}

TEST_F(GuardTest, DoesNotMoveWhatItDoesNotKnowOrIsAnotherRequestIds) {
  EXPECT_EQ(refusal(move_to(peer_)), Fault::refused);
  admitted(request());
  auto other = request(1);
  for (auto& sa : other.sas) sa.reqid = ReqId(8);
  other.flows.clear();
  admitted(std::move(other));
  auto move = move_to(peer_);
  move.sas[0].id = request(1).sas[0].id;
  EXPECT_EQ(refusal(std::move(move)), Fault::refused);
  auto strange = move_to(peer_);
  strange.sas[0].id.spi = EspSpi(0x9999);
  EXPECT_EQ(admitted(std::move(strange)).sas.size(), 1u);
}

TEST_F(GuardTest, AllocatesNoSpis) { EXPECT_EQ(refusal(model::AllocateSpi{}), Fault::refused); }

TEST_F(GuardTest, HoldsABoundedNumberOfSas) {
  constexpr size_t kMost = 1'000;
  static_assert(kMost < kGuardedSasMax);
  const auto policy = policy_of({connection(ConnectionId(3), Prefix::host(peer_))});
  guard_ = Guard(kMost);
  guard_.set_policy(policy);
  for (uint32_t spi = 0x1000; guard_.sas() < kMost; ++spi) {
    auto one = request();
    one.flows.clear();
    one.sas.resize(1);
    one.sas[0].id.spi = EspSpi(spi);
    one.ticket = Ticket(spi);
    model::KernelRequest any = std::move(one);
    ASSERT_TRUE(guard_.admit(any));
    reply(Ticket(spi), true);
  }
  EXPECT_EQ(refusal(request()), Fault::limit);
  admitted(model::FlushAll{});
  admitted(request());
}

}  // namespace
}  // namespace ike::kernel
