// What a peer that holds the keys may do to an IKE SA, message by message.
#include "ikev2/dispatch.h"

#include <algorithm>

#include "ikev2/upkeep.h"
#include "unit/ikev2/peer_bench.h"

namespace ike::v2::test {
namespace {

constexpr auto kInformational = ExchangeType::informational;
constexpr auto kCreate = ExchangeType::create_child_sa;

// One payload of a type that nobody knows, with the critical bit.
constexpr auto kStrange = static_cast<PayloadType>(200);
const Blob kCriticalChain = {0, 0x80, 0, 8, 1, 2, 3, 4};

//= RFC 7296 section 2.5: a request is refused by the number of the payload
TEST(UnknownCriticalPayload, InARequestIsRefusedByItsNumber) {
  PeerBench b;
  ASSERT_TRUE(b.receive({.exchange = kInformational}, kStrange, kCriticalChain));
  const auto said = b.last_said();
  ASSERT_NE(said, nullptr);
  EXPECT_TRUE(said->header.is_response());
  const auto* notify = said->message.notify(NotifyType::unsupported_critical_payload);
  ASSERT_NE(notify, nullptr);
  EXPECT_EQ(to_blob(notify->data), Blob{200});
  EXPECT_NE(b.sa.established(), nullptr);
}

//= RFC 7296 section 2.5: nothing is answered to a response, it is as if it had not come
TEST(UnknownCriticalPayload, InAnAnswerLeavesTheRequestWaiting) {
  PeerBench b;
  wish(b.sa, b.host, Liveness{});
  ASSERT_EQ(b.host.sent.size(), 1u);
  EXPECT_FALSE(b.receive({.exchange = kInformational, .response = true}, kStrange, kCriticalChain));
  EXPECT_TRUE(b.sa.own.exchange);
  EXPECT_EQ(b.host.sent.size(), 1u);
  EXPECT_TRUE(b.receive({.exchange = kInformational, .response = true}, Payloads()));
  EXPECT_FALSE(b.sa.own.exchange) << "the true answer is taken";
}

TEST(Answers, OfAnotherExchangeAreNotTaken) {
  PeerBench b;
  wish(b.sa, b.host, Liveness{});
  EXPECT_FALSE(b.receive({.exchange = kCreate, .response = true}, Payloads()));
  EXPECT_TRUE(b.sa.own.exchange);
}

//= RFC 7296 section 2.11: the answer goes to where the request came from
TEST(Answers, TakeTheWayBackOfTheRequest) {
  PeerBench b;
  const Endpoint from{Address::v4(203, 0, 113, 9), 4711};
  const Endpoint to{Address::v4(192, 0, 2, 1), 4500};
  ASSERT_TRUE(b.receive({.from = from, .to = to}, Payloads()));
  ASSERT_EQ(b.host.sent.size(), 1u);
  EXPECT_EQ(b.host.sent[0].to, from);
  EXPECT_EQ(b.host.sent[0].from, to);
  EXPECT_EQ((*b.host.sent[0].packet)[0], 0) << "with a non-ESP marker";
  // Whoever sent a copy of it from elsewhere has moved nothing: there is no NAT.
  EXPECT_EQ(b.sa.remote, (Endpoint{Address::v4(192, 0, 2, 2), 500}));
  EXPECT_EQ(b.sa.local, (Endpoint{Address::v4(192, 0, 2, 1), 500}));
}

//= RFC 7296 section 2.23: only a peer behind a NAT is followed, by what is new and its own
TEST(PeersBehindANat, AreFollowedByNewMessagesOnly) {
  PeerBench b;
  b.sa.nat_there = true;
  const Endpoint first{Address::v4(203, 0, 113, 9), 4711};
  const Endpoint second{Address::v4(203, 0, 113, 9), 4712};
  ASSERT_TRUE(b.receive({.id = MessageId(0), .from = first}, Payloads()));
  EXPECT_EQ(b.sa.remote, first);
  ASSERT_TRUE(b.receive({.id = MessageId(1), .from = second}, Payloads()));
  EXPECT_EQ(b.sa.remote, second);
  ASSERT_TRUE(b.receive({.id = MessageId(1), .from = first}, Payloads())) << "a repeat: answered";
  EXPECT_EQ(b.host.sent.back().to, first);
  EXPECT_EQ(b.sa.remote, second) << "but old";
  EXPECT_FALSE(b.receive({.id = MessageId(0), .from = first}, Payloads()));
  EXPECT_EQ(b.sa.remote, second);
}

TEST(PeersBehindANat, DoNotMoveOurOwnAddress) {
  PeerBench b;
  b.sa.nat_there = true;
  b.add_child(0x2000);
  const Endpoint other{Address::v4(192, 0, 2, 77), 500};
  ASSERT_TRUE(b.receive({.to = other}, Payloads()));
  EXPECT_EQ(b.sa.local.address, Address::v4(192, 0, 2, 1));
}

TEST(ClosingIkeSa, BeginsNothingNew) {
  PeerBench b;
  b.add_child(0x2000);
  wish(b.sa, b.host, DeleteIke{"test"});
  ASSERT_TRUE(b.sa.closing());
  wish(b.sa, b.host, NewChild{});
  Context{b.sa, b.host, Lane::own}.wish_later(NewChild{}, seconds(1));
  EXPECT_TRUE(b.sa.own.wishes.empty());
  EXPECT_TRUE(b.sa.own.delayed.empty());
  // One that was planned before it began to close.
  b.sa.own.wishes.push_back(NewChild{});
  ASSERT_TRUE(b.receive({.exchange = kInformational, .response = true}, Payloads()));
  EXPECT_EQ(b.host.sent.size(), 1u) << "the DELETE";
}

// Its last answer can be repeated for a while, however often the peer asks.
TEST(ClosingIkeSa, GoesWithinItsBound) {
  PeerBench b;
  Payloads deletion;
  deletion.writer.add(wire::v2::Delete{ProtocolId::ike, {}});
  ASSERT_TRUE(b.request(kInformational, deletion));
  ASSERT_TRUE(b.sa.closing());
  ASSERT_FALSE(b.sa.retired);
  const Instant end = b.sa.timers[static_cast<size_t>(Timer::life)];
  for (int i = 0; i < 5; ++i) {
    b.host.clock += seconds(3);
    static_cast<void>(b.request(kInformational, deletion));
  }
  EXPECT_EQ(b.sa.timers[static_cast<size_t>(Timer::life)], end);
  on_timers(b.sa, b.host);
  EXPECT_TRUE(b.sa.retired);
}

TEST(Wishes, OfRekeyingTheIkeSaGetPastAFullQueue) {
  PeerBench b;
  wish(b.sa, b.host, Liveness{});  // the window is taken
  for (uint16_t i = 0; i < 2 * limits::kQueuedExchangesMax; ++i)
    wish(b.sa, b.host, NewChild{i, {}, KeMethod::none, 0});
  EXPECT_EQ(b.sa.own.wishes.size(), limits::kQueuedExchangesMax);
  wish(b.sa, b.host, RekeyIke{});
  wish(b.sa, b.host, RekeyIke{KeMethod::curve25519, 1});
  EXPECT_EQ(b.sa.own.wishes.size(), limits::kQueuedExchangesMax + 1) << "once";
}

TEST(Wishes, ForLaterComeWhenEachIsDue) {
  PeerBench b;
  b.add_child(0x2000);
  b.add_child(0x3000);
  Context ctx{b.sa, b.host, Lane::own};
  ctx.wish_later(DeleteChild{EspSpi(0x2000)}, seconds(30));
  ctx.wish_later(DeleteChild{EspSpi(0x3000)}, seconds(2));
  b.host.clock += seconds(2);
  on_timers(b.sa, b.host);
  ASSERT_EQ(b.host.sent.size(), 1u);
  EXPECT_EQ(b.last_said()->message.deletes[0].spi(0), EspSpi(0x3000));
  EXPECT_EQ(b.sa.own.delayed.size(), 1u);
}

Payloads& child_request(Payloads& p, const model::TrafficSelector& selector) {
  model::Proposal esp;
  esp.number = 1;
  esp.protocol = ProtocolId::esp;
  esp.transforms = {model::Transform::encr(Encr::aes_gcm_16, 256), model::Transform::esn(Esn::no)};
  const Blob spi = {0, 0, 0x40, 1}, nonce(32, 8);
  p.writer.add(proto::offer_payload({esp}, spi, {}));
  p.writer.add(wire::v2::Nonce{nonce});
  p.writer.add(PayloadType::ts_i, proto::to_wire({selector}));
  p.writer.add(PayloadType::ts_r, proto::to_wire({selector}));
  return p;
}

TEST(Explanations, ToAnAdmittedPeerAreBounded) {
  PeerBench b;
  const auto told = [&] { return std::ranges::count(b.host.take(), "tells negotiation_refused"); };
  const auto ask = [&] {
    Payloads p;
    const auto nowhere = model::TrafficSelector::of(Prefix{Address::v4(172, 16, 0, 0), 24});
    ASSERT_TRUE(b.request(kCreate, child_request(p, nowhere)));
    EXPECT_TRUE(b.last_said()->message.has(NotifyType::ts_unacceptable));
  };
  for (int i = 0; i < 50; ++i) ask();
  EXPECT_EQ(told(), limits::kExplanationsMax);
  b.host.clock += limits::kExplanationsAgainAfter;
  ask();
  EXPECT_EQ(told(), 1);
}

//= RFC 7296 section 2.25: names the SPI that the request named
TEST(Rekeying, OfAnUnknownChildSaIsAnsweredByItsSpi) {
  PeerBench b;
  b.add_child(0x2000);
  Payloads p;
  child_request(p, b.sa.connection->children[0].selectors[0].local);
  const Blob spi = {0, 0, 0x77, 7};
  p.writer.add(wire::v2::Notify{ProtocolId::esp, NotifyType::rekey_sa, spi, {}});
  ASSERT_TRUE(b.request(kCreate, p));
  const auto said = b.last_said();
  const auto* notify = said->message.notify(NotifyType::child_sa_not_found);
  ASSERT_NE(notify, nullptr);
  EXPECT_EQ(to_blob(notify->spi), spi);
}

TEST(DeletedSpis, ThatWeMayBeMakingAreKeptUpToABound) {
  PeerBench b;
  wish(b.sa, b.host, NewChild{});
  ASSERT_TRUE(b.sa.own.exchange);
  for (int round = 0; round < 3; ++round) {
    Blob spis(4 * limits::kDeletedSpisMax);
    for (size_t i = 0; i < spis.size(); i += 4) spis[i] = static_cast<uint8_t>(1 + i % 200);
    Payloads p;
    p.writer.add(wire::v2::Delete{ProtocolId::esp, spis});
    ASSERT_TRUE(b.request(kInformational, p));
  }
  EXPECT_EQ(b.sa.own.doomed.size(), limits::kDeletedSpisMax);
}

TEST(IkeRekeying, DoesNotBeginWhileThePeerMakesAChildSa) {
  PeerBench b;
  b.sa.peers.exchange = std::make_unique<PeerExchange>(
      PeerExchange{child_responder::State(child_responder::AwaitAnswer{}), 0});
  wish(b.sa, b.host, RekeyIke{});
  EXPECT_FALSE(b.sa.own.exchange);
  EXPECT_EQ(b.sa.own.delayed.size(), 1u);
}

// Nothing may wait for ever for a process that has died or hangs.
TEST(Ports, ThatDoNotAnswerEndTheIkeSa) {
  PeerBench b;
  wish(b.sa, b.host, RekeyIke{});
  ASSERT_TRUE(b.sa.own.exchange);
  ASSERT_TRUE(b.host.sent.empty()) << "it waits for its key pair";
  b.host.clock += limits::kPortsAnswerWithin;
  on_timers(b.sa, b.host);
  const auto said = b.last_said();
  ASSERT_NE(said, nullptr);
  ASSERT_EQ(said->message.deletes.size(), 1u);
  EXPECT_EQ(said->message.deletes[0].protocol, ProtocolId::ike);
  EXPECT_TRUE(b.sa.closing());
}

TEST(Ports, ThatDoNotAnswerEndAHandshake) {
  PeerBench b;
  b.sa.life = HalfOpen{std::make_unique<Handshake>()};
  b.sa.local = {Address(), 500};
  initiate(b.sa, b.host, std::make_unique<Handshake>());
  b.host.clock += limits::kPortsAnswerWithin;
  on_timers(b.sa, b.host);
  EXPECT_TRUE(b.sa.retired);
}

//= RFC 7296 section 2.2: the first exchange has message ID 0
TEST(ClearMessages, WithAnotherMessageIdAreRefused) {
  PeerBench b;
  b.sa.spi_r = IkeSpi();
  b.sa.life = HalfOpen{std::make_unique<Handshake>()};
  b.sa.own.exchange = std::make_unique<OwnExchange>();
  wire::Header header;
  header.spi_i = b.sa.spi_i;
  header.spi_r = IkeSpi(9);
  header.exchange = ExchangeType::ike_sa_init;
  header.flags = wire::kFlagResponse;
  header.length = wire::kHeaderSize;
  Blob octets;
  const auto with_id = [&](uint32_t id) {
    header.message_id = MessageId(id);
    octets.clear();
    wire::Writer w(octets);
    header.write(w);
    return on_message(b.sa, b.host, {b.sa.remote, b.sa.local, header, octets}).has_value();
  };
  EXPECT_TRUE(with_id(0));
  EXPECT_FALSE(with_id(1));
}

}  // namespace
}  // namespace ike::v2::test
