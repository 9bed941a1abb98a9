#include <algorithm>

#include "base/limits.h"
#include "crypto/openssl/openssl_provider.h"
#include "unit/engine/pair.h"
#include "wire/header.h"
#include "wire/v2/message.h"

namespace ike::engine::test {
namespace {

using model::Direction;

model::Connection anywhere(model::Connection c) {
  c.remote.reset();
  return c;
}

TEST(SaInit, DemandsACookieAboveTheThreshold) {
  Pair p;
  p.world.load(p.b, policy_of({anywhere(right())}));
  // Half-open SAs from many sources that never come back.
  p.world.load(p.a, policy_of({left()}));
  ASSERT_FALSE(p.world.under_way.empty());
  const Flight first = p.world.under_way.front();
  for (uint32_t i = 0; i < limits::kHalfOpenCookieAt; ++i) {
    Blob other = first.data;
    other[7] = static_cast<uint8_t>(i);
    other[6] = static_cast<uint8_t>(i >> 8 | 0x40);
    p.world.put(p.b, Datagram{{Address::v4(0xc6336400 + i / 8), 500}, first.to, other});
  }
  p.world.under_way.clear();
  p.world.under_way.push_back(first);
  p.world.settle();
  p.expect_agreement(1);
  EXPECT_EQ(p.a.recorder.count<events::IkeSaEstablished>(), 1u);
  p.world.put(p.b, model::ControlRequest{Ticket(1), model::ShowStats{}});
  const auto& counters = p.b.replies.back().counters;
  const auto found = std::ranges::find(counters, "cookies_demanded", &model::Counter::name);
  ASSERT_NE(found, counters.end());
  EXPECT_EQ(found->value, 1u);
}

TEST(SaInit, FollowsTheGroupThatTheResponderNames) {
  Pair p;
  model::Connection r = right();
  r.ike_proposals[0].transforms = {model::Transform::encr(Encr::aes_gcm_16, 256),
                                   model::Transform::prf(PrfId::hmac_sha2_256),
                                   model::Transform::ke(KeMethod::modp2048)};
  p.up(left(), r);
  p.expect_agreement(1);
  EXPECT_NE(p.a.recorder.last<events::IkeSaEstablished>()->suite.find("modp2048"),
            std::string::npos);
  EXPECT_EQ(p.world.seen.size(), 6u);
}

// Key encapsulation: the responder sends no key but a ciphertext, of another size.
TEST(SaInit, AgreesWhereTheHalvesOfAKeyExchangeDiffer) {
  Pair p([] { return crypto::openssl::make_provider(); });
  model::Connection l = left();
  model::Connection r = right();
  for (model::Connection* c : {&l, &r}) {
    c->ike_proposals[0].transforms = {model::Transform::encr(Encr::aes_gcm_16, 256),
                                      model::Transform::prf(PrfId::hmac_sha2_256),
                                      model::Transform::ke(KeMethod::sntrup761x25519)};
  }
  p.up(l, r);
  p.expect_agreement(1);
  const auto ke_size = [&](size_t i) {
    const Blob& data = p.world.seen[i].data;
    return wire::v2::parse_message(*wire::Header::parse(data), data)->ke->data.size();
  };
  EXPECT_EQ(ke_size(0), 1158u + 32u);
  EXPECT_EQ(ke_size(1), 1039u + 32u);
  EXPECT_NE(p.a.recorder.last<events::IkeSaEstablished>()->suite.find("sntrup761x25519"),
            std::string::npos);
}

TEST(SaInit, TellsTheOperatorWhyNothingFits) {
  Pair p;
  model::Connection r = right();
  r.ike_proposals[0].transforms = {
      model::Transform::encr(Encr::aes_cbc, 128), model::Transform::integ(Integ::hmac_sha2_256_128),
      model::Transform::prf(PrfId::hmac_sha2_256), model::Transform::ke(KeMethod::modp2048)};
  p.up(left(), r);
  p.world.advance(seconds(10));
  const auto* told = p.b.recorder.last<events::NegotiationRefused>();
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->cause, "NO_PROPOSAL_CHOSEN");
  EXPECT_NE(told->explanation.find("test.conf:1"), std::string::npos) << told->explanation;
  EXPECT_EQ(p.a.engine.ike_sas(), 0u);
}

//= RFC 7296 section 2.21.1: an unproven notify does not end the exchange
TEST(SaInit, IsNotEndedByAForgedRefusal) {
  Pair p;
  p.world.load(p.b, policy_of({right()}));
  p.world.wire = [&](Flight& f) {
    if (f.from.address == p.b.address && p.world.seen.size() == 2) {
      Blob forged(f.data.begin(), f.data.begin() + 28);
      forged[16] = 41;
      const Blob notify = {0, 0, 0, 8, 0, 0, 0, 14};
      append(forged, notify);
      wire::patch_length(forged);
      p.world.put(p.a, Datagram{f.from, f.to, forged});
    }
    return true;
  };
  p.world.load(p.a, policy_of({left()}));
  p.world.settle();
  p.expect_agreement(1);
}

TEST(SaInit, RefusesAHigherVersionAtMostAFewTimesASecond) {
  Pair p;
  p.up();
  Blob strange(28);
  strange[0] = 1;
  strange[17] = 0x30;
  strange[18] = 34;
  strange[19] = 8;
  strange[27] = 28;
  const size_t before = p.world.under_way.size();
  for (int i = 0; i < 1000; ++i) {
    p.world.put(p.b, Datagram{{Address::v4(203, 0, 113, 9), 500}, {p.b.address, 500}, strange});
  }
  EXPECT_LE(p.world.under_way.size() - before, limits::kUnauthenticatedNotifiesPerSecond);
  EXPECT_GT(p.world.under_way.size(), before);
}

model::Connection signing(model::Connection c) {
  c.auth = {model::AuthKind::signature, {}};
  return c;
}

TEST(Auth, EstablishesBySignatures) {
  Pair p;
  p.a.signing_key = to_blob(as_bytes("key of a"));
  p.b.signing_key = to_blob(as_bytes("key of b"));
  p.a.peer_keys["FQDN/gw-b.example"] = p.b.signing_key;
  p.b.peer_keys["FQDN/gw-a.example"] = p.a.signing_key;
  p.up(signing(left()), signing(right()));
  p.expect_agreement(1);
}

TEST(Auth, RefusesASignatureByAnotherKey) {
  Pair p;
  p.a.signing_key = to_blob(as_bytes("key of a"));
  p.b.signing_key = to_blob(as_bytes("key of b"));
  p.a.peer_keys["FQDN/gw-b.example"] = p.b.signing_key;
  p.b.peer_keys["FQDN/gw-a.example"] = to_blob(as_bytes("another"));
  p.up(signing(left()), signing(right()));
  EXPECT_TRUE(p.a.kernel_sas.empty());
  EXPECT_TRUE(p.b.kernel_sas.empty());
}

// The responder is wrong, and only the initiator can find out.
TEST(Auth, TellsAResponderThatFailedItsProof) {
  Pair p;
  p.a.signing_key = to_blob(as_bytes("key of a"));
  p.b.signing_key = to_blob(as_bytes("key of b"));
  p.a.peer_keys["FQDN/gw-b.example"] = to_blob(as_bytes("another"));
  p.b.peer_keys["FQDN/gw-a.example"] = p.a.signing_key;
  p.up(signing(left()), signing(right()));
  p.world.advance(seconds(30));
  EXPECT_TRUE(p.a.kernel_sas.empty());
  EXPECT_TRUE(p.b.kernel_sas.empty());
  EXPECT_EQ(p.b.engine.ike_sas(), 0u);
}

TEST(Auth, WorksForAnInitiatorThatNamesNoPeer) {
  Pair p;
  model::Connection l = left();
  l.remote_id.reset();
  p.up(l, right());
  p.expect_agreement(1);
}

TEST(Auth, KeepsTheIkeSaWhenOnlyTheChildSaIsRefused) {
  Pair p;
  model::Connection r = right();
  r.children[0].proposals[0].transforms[0] = model::Transform::encr(Encr::chacha20_poly1305);
  p.up(left(), r);
  EXPECT_EQ(p.a.recorder.count<events::IkeSaEstablished>(), 1u);
  EXPECT_TRUE(p.a.kernel_sas.empty());
  EXPECT_EQ(p.a.recorder.last<events::NegotiationRefused>()->cause, "NO_PROPOSAL_CHOSEN");
}

TEST(Auth, NarrowsTheSelectors) {
  Pair p;
  model::Connection r = right();
  r.children[0].selectors[0].local =
      model::TrafficSelector::of(Prefix{Address::v4(10, 2, 7, 0), 24});
  p.up(left(), r);
  p.expect_agreement(1);
  EXPECT_EQ(p.sa_of(p.a, Direction::inbound).selectors[0].remote.text(), "10.2.7.0/24");
}

TEST(Fragments, CarryWhatIsTooLong) {
  Pair p;
  model::Connection l = left(), r = right();
  l.features.fragmentation = r.features.fragmentation = true;
  for (int i = 0; i < 20; ++i) {
    const auto pair = [&](uint8_t x, uint8_t y) {
      return model::SelectorPair{
          model::TrafficSelector::of(Prefix{Address::v4(10, x, uint8_t(100 + i), 0), 24}),
          model::TrafficSelector::of(Prefix{Address::v4(10, y, uint8_t(100 + i), 0), 24})};
    };
    l.children[0].selectors.push_back(pair(11, 12));
    r.children[0].selectors.push_back(pair(12, 11));
  }
  p.up(l, r);
  p.expect_agreement(1);
  bool skf = false;
  for (const Flight& f : p.world.seen) skf = skf || f.data[16] == raw(PayloadType::skf);
  EXPECT_TRUE(skf);
}

// a is behind a NAT that gives it another address and port.
struct Nat {
  explicit Nat(Pair& p) : pair(p) {
    p.world.wire = [this](Flight& f) {
      if (f.from.address == pair.a.address) {
        f.from = {outside, static_cast<uint16_t>(f.from.port == 500 ? 1500 : port)};
      } else if (f.to.address == outside) {
        if (f.to.port != 1500 && f.to.port != port) return false;
        f.to = {pair.a.address, static_cast<uint16_t>(f.to.port == 1500 ? 500 : 4500)};
      }
      return true;
    };
  }
  Pair& pair;
  Address outside = Address::v4(198, 51, 100, 1);
  uint16_t port = 14500;
};

TEST(NatTraversal, MovesToItsPortAndEncapsulates) {
  Pair p;
  Nat nat(p);
  p.up(left(), anywhere(right()));
  ASSERT_EQ(p.a.kernel_sas.size(), 2u);
  const auto& out = p.sa_of(p.b, Direction::outbound);
  ASSERT_TRUE(out.encapsulation);
  EXPECT_EQ(out.id.destination, nat.outside);
  EXPECT_EQ(out.encapsulation->destination_port, 14500);
  p.world.advance(seconds(25));
  bool keepalive = false;
  for (const Flight& f : p.world.seen) keepalive = keepalive || f.data == Blob{0xff};
  EXPECT_TRUE(keepalive);
}

TEST(NatTraversal, FollowsAPeerWhoseNatRebinds) {
  Pair p;
  Nat nat(p);
  p.up(left(), anywhere(right()));
  nat.port = 24500;
  // Something authenticated from the new port.
  p.expire(p.a, p.sa_of(p.a, Direction::inbound));
  p.world.settle();
  ASSERT_FALSE(p.b.moves.empty());
  EXPECT_EQ(p.b.moves.back().sas.front().encapsulation->destination_port, 24500);
}

TEST(NatTraversal, FollowsWhatTheKernelSaw) {
  Pair p;
  Nat nat(p);
  p.up(left(), anywhere(right()));
  const auto& in = p.sa_of(p.b, Direction::inbound);
  p.world.put(p.b, model::KernelEvent(model::MappingChanged{in.id, {nat.outside, 34500}}));
  ASSERT_EQ(p.b.moves.size(), 1u);
  EXPECT_EQ(p.b.moves.back().tunnel_remote, nat.outside);
}

TEST(NatTraversal, DoesNotFollowAPeerOutOfItsPolicy) {
  Pair p;
  p.up();
  const auto& in = p.sa_of(p.b, Direction::inbound);
  const Endpoint elsewhere{Address::v4(198, 51, 100, 9), 500};
  p.world.put(p.b, model::KernelEvent(model::MappingChanged{in.id, elsewhere}));
  EXPECT_TRUE(p.b.moves.empty()) << "the policy names the one address where a may be";
}

TEST(Acquire, BringsUpWhatWaitsForTraffic) {
  Pair p;
  model::Connection l = left();
  l.active = false;
  p.up(l, right());
  ASSERT_EQ(p.a.kernel_flows.size(), 1u) << "the flow is there before anything is known";
  EXPECT_TRUE(p.world.seen.empty());
  const model::FlowSpec flow = p.a.kernel_flows.begin()->second;
  model::Acquire acquire{flow.reqid, flow.selectors};
  acquire.packet.local = model::TrafficSelector::of(Prefix::host(Address::v4(10, 1, 0, 5)));
  acquire.packet.remote = model::TrafficSelector::of(Prefix::host(Address::v4(10, 2, 0, 7)));
  for (int i = 0; i < 3; ++i) p.world.put(p.a, model::KernelEvent(acquire));
  p.world.settle();
  p.expect_agreement(1);
  EXPECT_EQ(p.a.engine.ike_sas(), 1u);
  EXPECT_EQ(p.sa_of(p.a, Direction::inbound).reqid, flow.reqid);
}

TEST(Acquire, IsIgnoredWhenPassive) {
  Pair p;
  model::Policy policy = policy_of({left()});
  policy.global.passive = true;
  p.world.load(p.a, std::move(policy));
  const model::FlowSpec flow = p.a.kernel_flows.begin()->second;
  p.world.put(p.a, model::KernelEvent(model::Acquire{flow.reqid, flow.selectors}));
  EXPECT_TRUE(p.world.under_way.empty());
}

TEST(Reload, LeavesAloneWhatDidNotChange) {
  Pair p;
  p.up();
  const size_t seen = p.world.seen.size();
  p.world.load(p.a, policy_of({left()}));
  p.world.settle();
  EXPECT_EQ(p.world.seen.size(), seen);
  p.expect_agreement(1);
}

TEST(Reload, DeletesTheSasOfAConnectionThatIsGone) {
  Pair p;
  p.up();
  p.world.load(p.a, policy_of({}));
  p.world.settle();
  p.world.advance(seconds(20));
  EXPECT_TRUE(p.a.kernel_sas.empty());
  EXPECT_TRUE(p.a.kernel_flows.empty());
  EXPECT_TRUE(p.b.kernel_sas.empty());
}

TEST(Reload, AttachesAnSaToAChangedConnectionThatStillFits) {
  Pair p;
  p.up();
  model::Connection l = left();
  l.ike_lifetime = seconds(7200);
  p.world.load(p.a, policy_of({l}));
  p.world.settle();
  p.expect_agreement(1);
  EXPECT_EQ(p.a.recorder.count<events::IkeSaGone>(), 0u);
  EXPECT_EQ(p.a.recorder.count<events::IkeSaEstablished>(), 1u);
}

// The answer to a request comes when its template is no longer configured.
TEST(Reload, DuringAnExchangeTakesItsTemplateAway) {
  Pair p;
  model::Connection l = left(), r = right();
  model::ChildTemplate second = l.children[0];
  second.selectors[0].local = model::TrafficSelector::of(Prefix{Address::v4(10, 11, 0, 0), 16});
  second.selectors[0].remote = model::TrafficSelector::of(Prefix{Address::v4(10, 12, 0, 0), 16});
  l.children.push_back(second);
  std::swap(second.selectors[0].local, second.selectors[0].remote);
  r.children.push_back(second);
  std::vector<Flight> held;
  p.world.wire = [&](Flight& f) {
    const bool answer = f.data[18] == 36 && f.from.address == p.b.address;
    if (answer) held.push_back(f);
    return !answer;
  };
  p.up(l, r);
  ASSERT_EQ(held.size(), 1u);
  p.world.wire = nullptr;
  l.children.pop_back();
  p.world.load(p.a, policy_of({l}));
  p.world.under_way.push_back(held[0]);
  p.world.settle();
  p.expect_agreement(1);
}

model::Connection transport(model::Connection c) {
  c.children[0].mode = model::Mode::transport;
  c.children[0].selectors = {
      {model::TrafficSelector::of(*c.local), model::TrafficSelector::of(*c.remote)}};
  return c;
}
model::Connection host_to_host(model::Connection c) {
  c = transport(std::move(c));
  c.children[0].mode = model::Mode::tunnel;
  return c;
}

//= RFC 7296 section 1.3.1: who takes nothing but one of the modes refuses the other
TEST(Modes, ThatDifferMakeNoChildSaAndTellWhy) {
  for (const bool left_transport : {true, false}) {
    Pair p;
    p.up(left_transport ? transport(left()) : host_to_host(left()),
         left_transport ? host_to_host(right()) : transport(right()));
    p.world.advance(seconds(200));
    EXPECT_TRUE(p.a.kernel_sas.empty());
    EXPECT_TRUE(p.b.kernel_sas.empty());
    EXPECT_EQ(p.a.engine.ike_sas(), 1u) << "the IKE SA stays";
    const auto* told = p.b.recorder.last<events::NegotiationRefused>();
    ASSERT_NE(told, nullptr);
    EXPECT_NE(told->explanation.find("transport"), std::string::npos) << told->explanation;
  }
}

TEST(Modes, ThatAgreeMakeATransportModeSa) {
  Pair p;
  p.up(transport(left()), transport(right()));
  p.expect_agreement(1);
  EXPECT_EQ(p.sa_of(p.a, Direction::outbound).mode, model::Mode::transport);
}

// The IKE SA ends while the kernel is still at it.
TEST(Kernel, KeepsNoFlowOfAnInstallationThatIsNotWantedAnyMore) {
  Pair p;
  model::Connection r = right();
  r.remote.reset();  // no flow of its own that waits for packets
  p.world.load(p.b, policy_of({r}));
  p.b.hold_kernel = true;
  p.world.load(p.a, policy_of({left()}));
  p.world.settle();
  ASSERT_EQ(p.b.kernel_flows.size(), 1u);
  p.world.put(p.b, model::ControlRequest{Ticket(5), model::ResetSas{false, {}}});
  EXPECT_TRUE(p.b.kernel_flows.empty());
  EXPECT_TRUE(p.b.kernel_sas.empty());
}

TEST(Kernel, ThatDoesNotAnswerEndsTheIkeSa) {
  Pair p;
  model::Connection l = left();
  l.active = false;
  p.b.hold_kernel = true;
  p.up(l, right());
  const model::FlowSpec flow = p.a.kernel_flows.begin()->second;
  p.world.put(p.a, model::KernelEvent(model::Acquire{flow.reqid, flow.selectors}));
  p.world.settle();
  ASSERT_EQ(p.b.engine.ike_sas(), 1u);
  p.world.advance(seconds(300));
  EXPECT_EQ(p.b.engine.ike_sas(), 0u);
  EXPECT_EQ(p.a.engine.ike_sas(), 0u);
  EXPECT_TRUE(p.b.kernel_sas.empty());
}

// A kernel has one flow for given selectors, and an SA is found by its flow's reqid.
TEST(Reload, KeepsTheReqidOfAFlowWhosePeerAndSelectorsStay) {
  Pair p;
  p.up();
  ASSERT_EQ(p.a.kernel_flows.size(), 1u);
  const ReqId before = p.a.kernel_flows.begin()->second.reqid;
  model::Connection l = left();
  for (const int hours : {2, 3, 4}) {
    l.ike_lifetime = seconds(3600 * hours);
    p.world.load(p.a, policy_of({l}));
    p.world.settle();
    ASSERT_EQ(p.a.kernel_flows.size(), 1u);
    EXPECT_EQ(p.a.kernel_flows.begin()->second.reqid, before);
    EXPECT_EQ(p.sa_of(p.a, Direction::outbound).reqid, before);
  }
  p.expire(p.a, p.sa_of(p.a, Direction::inbound));
  p.world.settle();
  EXPECT_EQ(p.sa_of(p.a, Direction::outbound).reqid, before);
  p.world.load(p.a, policy_of({}));
  p.world.settle();
  p.world.advance(seconds(20));
  EXPECT_TRUE(p.a.kernel_flows.empty());
}

TEST(Reload, GivesAFlowToAnotherPeerAReqidOfItsOwn) {
  Pair p;
  p.up();
  const ReqId before = p.a.kernel_flows.begin()->second.reqid;
  model::Connection l = left();
  l.remote = Prefix::host(Address::v4(192, 0, 2, 9));
  p.world.load(p.a, policy_of({l}));
  p.world.settle();
  ASSERT_FALSE(p.a.kernel_flows.empty());
  for (const auto& [key, flow] : p.a.kernel_flows) {
    if (flow.tunnel_remote == Address::v4(192, 0, 2, 9)) {
      EXPECT_NE(flow.reqid, before);
    }
  }
}

TEST(Control, ShowsWhatIsThere) {
  Pair p;
  p.up();
  p.world.put(p.a, model::ControlRequest{Ticket(5), model::ShowSas{}});
  ASSERT_EQ(p.a.replies.size(), 1u);
  ASSERT_EQ(p.a.replies[0].sas.size(), 1u);
  const auto& sa = p.a.replies[0].sas[0];
  EXPECT_EQ(sa.state, "ESTABLISHED");
  EXPECT_EQ(sa.remote_id, "FQDN/gw-b.example");
  EXPECT_EQ(sa.children.size(), 2u);
  EXPECT_TRUE(sa.children[0].loaded);
}

TEST(Control, ResetDeletesAndActiveConnectionsComeBack) {
  Pair p;
  p.up();
  p.world.put(p.a, model::ControlRequest{Ticket(5), model::ResetSas{true, "FQDN/gw-b.example"}});
  p.world.settle();
  EXPECT_TRUE(p.a.kernel_sas.empty());
  p.world.advance(seconds(70));
  p.expect_agreement(1);
}

TEST(Control, ResetOfAPeerThatIsNotThereIsAnError) {
  Pair p;
  p.up();
  p.world.put(p.a, model::ControlRequest{Ticket(5), model::ResetSas{true, "FQDN/nobody"}});
  ASSERT_EQ(p.a.replies.size(), 1u);
  EXPECT_FALSE(p.a.replies[0].result);
  EXPECT_TRUE(p.a.replies[0].detail.starts_with("no IKE SA with the peer FQDN/nobody"));
  p.world.settle();
  p.expect_agreement(1);
  p.world.put(p.a, model::ControlRequest{Ticket(6), model::ResetSas{true, ""}});
  EXPECT_TRUE(p.a.replies.at(1).result) << "all of none is no mistake";
}

TEST(Control, ResetAllTellsNoPeer) {
  Pair p;
  p.up();
  p.world.put(p.a, model::ControlRequest{Ticket(5), model::ResetAll{}});
  p.world.settle();
  EXPECT_TRUE(p.a.kernel_sas.empty());
  EXPECT_FALSE(p.b.kernel_sas.empty()) << "which notices by itself later";
}

TEST(Control, AReloadAppliesWhatTheFileSaysOfCoupling) {
  Pair p;
  p.up();
  p.world.put(p.a, model::ControlRequest{Ticket(5), model::SetCoupled{false}});
  EXPECT_TRUE(p.a.kernel_sas.empty());
  p.world.load(p.a, policy_of({left()}));
  p.world.settle();
  p.expect_agreement(1);
  model::Policy decoupled = policy_of({left()});
  decoupled.global.coupled = false;
  p.world.load(p.a, decoupled);
  p.world.settle();
  EXPECT_TRUE(p.a.kernel_sas.empty());
}

TEST(Control, DecoupledEnginesNegotiateButLoadNothing) {
  Pair p;
  p.up();
  p.world.put(p.a, model::ControlRequest{Ticket(5), model::SetCoupled{false}});
  EXPECT_TRUE(p.a.kernel_sas.empty());
  p.world.put(p.a, model::ControlRequest{Ticket(6), model::SetCoupled{true}});
  p.world.settle();
  p.expect_agreement(1);
}

TEST(Peers, ThatAnnounceInitialContactReplaceTheirOldSas) {
  Pair p;
  model::Connection l = left();
  l.features.initial_contact = true;
  p.up(l, right());
  // a forgets everything.
  World& w = p.world;
  Node& again = w.add("a2", Address::v4(192, 0, 2, 77));
  again.address = p.a.address;
  p.a.address = Address::v4(192, 0, 2, 78);
  w.load(again, policy_of({l}));
  w.settle();
  w.advance(seconds(15));
  EXPECT_EQ(p.b.engine.ike_sas(), 1u);
  EXPECT_EQ(p.b.kernel_sas.size(), 2u);
}

// Whatever is thrown at it from outside, an established SA stays.
TEST(Attackers, CannotDisturbAnEstablishedSa) {
  Pair p;
  p.up();
  SeededRandom random(7);
  const std::vector<Flight> seen = p.world.seen;
  for (int i = 0; i < 5000; ++i) {
    Flight f = seen[random.below(seen.size())];
    for (uint64_t n = random.below(8); n-- > 0;) {
      f.data[random.below(f.data.size())] ^= static_cast<uint8_t>(1 + random.below(255));
    }
    if (random.below(4) == 0) f.data.resize(random.below(f.data.size()));
    Node& to = f.to.address == p.a.address ? p.a : p.b;
    p.world.put(to, Datagram{f.from, f.to, f.data});
  }
  p.world.under_way.clear();
  p.world.advance(seconds(400));
  p.expect_agreement(1);
  EXPECT_EQ(p.a.recorder.count<events::IkeSaGone>(), 0u);
}

}  // namespace
}  // namespace ike::engine::test
