// Reaches the bounds of base/limits.h that the engine keeps.
#include "base/limits.h"

#include <algorithm>

#include "unit/engine/pair.h"

namespace ike::engine::test {
namespace {

model::Connection anywhere(model::Connection c) {
  c.remote.reset();
  c.remote_id.reset();
  return c;
}

uint64_t counter(Pair& p, Node& node, const std::string& name) {
  p.world.put(node, model::ControlRequest{Ticket(1), model::ShowStats{}});
  for (const auto& c : node.replies.back().counters) {
    if (c.name == name) return c.value;
  }
  ADD_FAILURE() << name;
  return 0;
}

// A first request of a that b may see many times, from many sources.
struct Requests {
  explicit Requests(Pair& p) : pair(p) {
    p.world.load(p.b, policy_of({anywhere(right())}));
    p.world.load(p.a, policy_of({left()}));
    first = p.world.under_way.front();
    p.world.under_way.clear();
  }
  void send(uint32_t number, const Address& source) {
    Blob data = first.data;
    for (unsigned i = 0; i < 4; ++i) data[4 + i] = static_cast<uint8_t>(number >> (8 * i));
    data[0] = 0x77;
    pair.world.put(pair.b, Datagram{{source, 500}, first.to, data});
  }
  Pair& pair;
  Flight first;
};

TEST(Limits, HalfOpenSasOfOneSource) {
  Pair p;
  Requests requests(p);
  for (uint32_t i = 0; i < 1000; ++i) requests.send(i, Address::v4(198, 51, 100, 1));
  EXPECT_EQ(p.b.engine.ike_sas(), limits::kHalfOpenPerSourceMax);
}

TEST(Limits, HalfOpenSasWithoutACookie) {
  Pair p;
  Requests requests(p);
  for (uint32_t i = 0; i < 20'000; ++i) requests.send(i, Address::v4(0x0a000000 + i));
  EXPECT_EQ(p.b.engine.ike_sas(), limits::kHalfOpenCookieAt);
  p.world.wire = [](Flight&) { return false; };
  p.world.advance(limits::kHalfOpenLifetime + seconds(15));
  EXPECT_EQ(p.b.engine.ike_sas(), 0u) << "they do not live long";
}

TEST(Limits, AFloodLeavesEstablishedSasAlone) {
  Pair p;
  p.up();
  Pair other;
  Requests requests(other);
  for (uint32_t i = 0; i < 5'000; ++i) {
    Blob data = requests.first.data;
    for (unsigned n = 0; n < 4; ++n) data[4 + n] = static_cast<uint8_t>(i >> (8 * n));
    p.world.put(p.b, Datagram{{Address::v4(0x0a000000 + i), 500}, requests.first.to, data});
  }
  p.world.under_way.clear();
  p.world.advance(seconds(400));
  p.expect_agreement(1);
}

TEST(Limits, LogLinesAboutGarbage) {
  Pair p;
  p.up();
  const size_t before = p.b.recorder.count<events::PeerMisbehaved>();
  const Blob garbage(100, 0x41);
  for (int i = 0; i < 10'000; ++i) {
    p.world.put(p.b, Datagram{{Address::v4(203, 0, 113, 9), 500}, {p.b.address, 500}, garbage});
  }
  const size_t told = p.b.recorder.count<events::PeerMisbehaved>() - before;
  EXPECT_LE(told, limits::kUnauthenticatedLogLinesPerSecond);
}

// Whoever sees an SPI can name it, but not fill the log by that.
TEST(Limits, LogLinesAboutMessagesThatNobodyHasProven) {
  Pair p;
  p.up();
  const Flight auth = p.world.seen[2];
  const size_t before = p.b.recorder.events.size();
  for (uint32_t i = 0; i < 10'000; ++i) {
    Blob forged = auth.data;
    forged[23] = 2;  // the next message ID
    forged.back() = static_cast<uint8_t>(i);
    p.world.put(p.b, Datagram{auth.from, auth.to, forged});
  }
  EXPECT_LE(p.b.recorder.events.size() - before, limits::kUnauthenticatedLogLinesPerSecond);
}

TEST(Limits, LogLinesAboutHandshakesThatComeToNothing) {
  Pair p;
  Requests requests(p);
  const size_t before = p.b.recorder.events.size();
  for (uint32_t i = 0; i < limits::kHalfOpenCookieAt; ++i) {
    requests.send(i, Address::v4(0x0a000000 + i));
  }
  EXPECT_EQ(p.b.engine.ike_sas(), limits::kHalfOpenCookieAt);
  EXPECT_LE(p.b.recorder.events.size() - before, limits::kUnprovenEventsPerSecond);
  const size_t made = p.b.recorder.events.size();
  p.world.wire = [](Flight&) { return false; };
  p.world.advance(limits::kHalfOpenLifetime);  // they all end in one moment
  EXPECT_LE(p.b.recorder.count<events::IkeSaGone>(), limits::kUnprovenEventsPerSecond);
  EXPECT_GT(p.b.recorder.events.size(), made);
}

// A peer that renews its IKE SA over and over and never deletes what it has replaced.
TEST(Limits, IkeSasOfOneLineage) {
  Pair p;
  model::Connection l = left();
  l.ike_lifetime = seconds(2);
  p.up(l, right());
  p.world.wire = [&](Flight& f) {
    return f.data[18] != 37 || f.from.address != p.a.address;  // its INFORMATIONALs are lost
  };
  size_t most = 0;
  for (int i = 0; i < 50; ++i) {
    p.world.advance(seconds(1));
    most = std::max(most, p.b.engine.ike_sas());
  }
  EXPECT_EQ(most, limits::kIkeSasPerLineageMax);
}

TEST(Limits, RoundsThatAnInitiatorFollowsARestlessResponder) {
  Pair p;
  size_t requests = 0;
  // Whoever answers demands one cookie after the other.
  p.world.wire = [&](Flight& f) {
    if (f.to.address != p.b.address) return true;
    ++requests;
    Blob answer(f.data.begin(), f.data.begin() + 28);
    answer[16] = raw(PayloadType::notify);
    answer[19] = 0x20;
    Blob notify = {0, 0, 0, 24, 0, 0, 0x40, 0x06};
    notify.resize(24, static_cast<uint8_t>(requests));
    append(answer, notify);
    answer[27] = 52;
    answer[26] = answer[25] = answer[24] = 0;
    p.world.under_way.push_back({f.to, f.from, answer});
    return false;
  };
  p.world.load(p.a, policy_of({left()}));
  p.world.settle();
  EXPECT_EQ(requests, 1u + limits::kSaInitRestartsMax);
}

TEST(Limits, IkeSasThatWeBeginAtOnce) {
  Pair p;
  std::vector<model::Connection> many;
  for (uint32_t i = 0; i < limits::kAcquiresPendingMax + 10; ++i) {
    model::Connection c = left();
    c.name = std::to_string(i);
    c.remote = Prefix::host(Address::v4(0xac100000 + i));
    many.push_back(std::move(c));
  }
  p.world.load(p.a, policy_of(std::move(many)));
  EXPECT_EQ(p.a.engine.ike_sas(), limits::kAcquiresPendingMax);
  EXPECT_EQ(counter(p, p.a, "acquires_dropped"), 10u);
}

// Whoever has much to compute already takes on nothing for strangers.
TEST(Limits, KeyExchangesInTheCryptoPool) {
  for (const bool full : {false, true}) {
    Pair p;
    p.b.lose_crypto = true;
    std::vector<model::Connection> many{anywhere(right())};
    for (uint32_t i = full ? 0 : 1; i < limits::kPendingJobsMax; ++i) {
      model::Connection c = right();
      c.active = true;
      c.name = std::to_string(i);
      c.remote = Prefix::host(Address::v4(0xac100000 + i));
      many.push_back(std::move(c));
    }
    p.world.load(p.b, policy_of(std::move(many)));
    p.world.load(p.a, policy_of({left()}));
    p.world.settle();
    EXPECT_EQ(counter(p, p.b, "dropped_overload"), full ? 1u : 0u);
  }
}

TEST(Limits, ChildSasOfAnIkeSa) {
  Pair p;
  model::Connection l = left(), r = right();
  for (size_t i = 0; i < limits::kChildrenPerIkeSaMax + 4; ++i) {
    const auto n = static_cast<uint8_t>(i);
    const auto m = static_cast<uint8_t>(i >> 8);
    model::ChildTemplate t = l.children[0];
    t.selectors[0].local = model::TrafficSelector::of(Prefix::host(Address::v4(10, 101, m, n)));
    t.selectors[0].remote = model::TrafficSelector::of(Prefix::host(Address::v4(10, 102, m, n)));
    l.children.push_back(t);
    std::swap(t.selectors[0].local, t.selectors[0].remote);
    r.children.push_back(t);
  }
  l.active = false;
  p.up(l, r);
  std::vector<model::FlowSpec> flows;
  for (const auto& [key, flow] : p.a.kernel_flows) flows.push_back(flow);
  for (const auto& flow : flows) {
    p.world.put(p.a, model::KernelEvent(model::Acquire{flow.reqid, flow.selectors}));
    p.world.settle();
  }
  EXPECT_EQ(p.a.kernel_sas.size(), 2 * limits::kChildrenPerIkeSaMax);
  EXPECT_EQ(p.b.kernel_sas.size(), 2 * limits::kChildrenPerIkeSaMax);
}

TEST(Limits, ExchangesThatWaitForTheWindow) {
  Pair p;
  model::Connection l = left(), r = right();
  for (uint8_t i = 0; i < 100; ++i) {
    model::ChildTemplate t = l.children[0];
    t.selectors[0].local = model::TrafficSelector::of(Prefix::host(Address::v4(10, 101, 0, i)));
    t.selectors[0].remote = model::TrafficSelector::of(Prefix::host(Address::v4(10, 102, 0, i)));
    l.children.push_back(t);
    std::swap(t.selectors[0].local, t.selectors[0].remote);
    r.children.push_back(t);
  }
  l.active = false;
  p.up(l, r);
  std::vector<model::FlowSpec> flows;
  for (const auto& [key, flow] : p.a.kernel_flows) flows.push_back(flow);
  p.world.put(p.a, model::KernelEvent(model::Acquire{flows[0].reqid, flows[0].selectors}));
  p.world.settle();
  for (const auto& flow : flows) {
    p.world.put(p.a, model::KernelEvent(model::Acquire{flow.reqid, flow.selectors}));
  }
  p.world.settle();
  // The first one, what was sent at once, and what fits into the queue.
  EXPECT_EQ(p.a.kernel_sas.size(), 2 * (2 + limits::kQueuedExchangesMax));
}

}  // namespace
}  // namespace ike::engine::test
