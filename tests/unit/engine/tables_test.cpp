#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "base/keyed_hash.h"
#include "base/timer_queue.h"
#include "engine/flow_book.h"
#include "engine/policy_index.h"
#include "engine/sa_table.h"
#include "unit/engine/world.h"

namespace ike::engine::test {
namespace {

// Appendix A of "SipHash: a fast short-input PRF", Aumasson and Bernstein, 2012.
TEST(KeyedHash, IsSipHash24) {
  const KeyedHash hash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
  Blob input(15);
  std::iota(input.begin(), input.end(), uint8_t{0});
  EXPECT_EQ(hash.of(input), 0xa129ca6149be45e5);
  // A number is hashed as its eight octets, the lowest first.
  const Blob eight = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(hash.of(eight), hash.of(uint64_t{0x0807060504030201}));
}

TEST(TimerQueue, PopsEqualDeadlinesInTheOrderOfTheirSetting) {
  TimerQueue q;
  const Instant t(seconds(5));
  for (const uint32_t owner : {7U, 3U, 9U, 1U}) q.set(owner, t);
  q.set(3, Instant(seconds(6)));
  q.set(3, t);
  EXPECT_FALSE(q.pop_due(Instant(seconds(4))));
  for (const uint32_t owner : {7U, 9U, 1U, 3U}) EXPECT_EQ(q.pop_due(t), owner);
  EXPECT_FALSE(q.pop_due(t));
}

RC_GTEST_PROP(TimerQueue, AgreesWithASortedList,
              (const std::vector<std::pair<uint8_t, uint8_t>>& ops)) {
  TimerQueue q;
  std::map<uint32_t, Instant> expected;
  for (const auto& [owner, at] : ops) {
    if (at < 50) {
      q.cancel(owner);
      expected.erase(owner);
    } else {
      q.set(owner, Instant(seconds(at)));
      expected[owner] = Instant(seconds(at));
    }
    RC_ASSERT(q.size() == expected.size());
  }
  Instant last{};
  while (const auto owner = q.pop_due(Instant(seconds(1000)))) {
    RC_ASSERT(expected.contains(*owner));
    RC_ASSERT(expected[*owner] >= last);
    last = expected[*owner];
    expected.erase(*owner);
  }
  RC_ASSERT(expected.empty());
}

// The rule of iked.conf, said slowly.
model::ConnectionPtr slow_choice(const model::Policy& policy, const v2::ConnectionQuery& q) {
  model::ConnectionPtr chosen, fallback;
  for (const auto& c : policy.connections) {
    if (c->evaluation == model::Evaluation::skipped) continue;
    if (c->evaluation == model::Evaluation::fallback) fallback = c;
    if (c->remote && !c->remote->contains(q.remote)) continue;
    if (c->local && !c->local->contains(q.local)) continue;
    if (q.peer_id && c->remote_id && *c->remote_id != *q.peer_id) continue;
    chosen = c;
    if (c->evaluation == model::Evaluation::first_match) break;
  }
  return chosen ? chosen : fallback;
}

RC_GTEST_PROP(PolicyIndex, ChoosesAsAWalkThroughTheFileWould, (uint64_t seed, bool with_id)) {
  SeededRandom random(seed);
  std::vector<model::Connection> connections;
  const std::array<const char*, 3> names{"a.example", "b.example", "c.example"};
  for (uint64_t i = random.below(12); i-- > 0;) {
    model::Connection c;
    c.name = std::to_string(i);
    c.evaluation = static_cast<model::Evaluation>(random.below(4));
    if (random.below(3) > 0) {
      const std::array<uint8_t, 4> lengths{0, 8, 24, 32};
      c.remote = Prefix{Address::v4(10, static_cast<uint8_t>(random.below(2)), 0,
                                    static_cast<uint8_t>(random.below(3))),
                        lengths[random.below(4)]};
    }
    if (random.below(2) > 0) c.remote_id = model::Identity::from_name(names[random.below(3)]);
    connections.push_back(std::move(c));
  }
  const auto policy = std::make_shared<const model::Policy>(policy_of(std::move(connections)));
  const PolicyIndex index(policy, KeyedHash(seed, 2));
  for (int i = 0; i < 20; ++i) {
    v2::ConnectionQuery q;
    q.local = Address::v4(192, 0, 2, 1);
    q.remote = Address::v4(10, static_cast<uint8_t>(random.below(3)), 0,
                           static_cast<uint8_t>(random.below(3)));
    const auto id = model::Identity::from_name(names[random.below(3)]);
    if (with_id) q.peer_id = &id;
    RC_ASSERT(index.choose(q) == slow_choice(*policy, q));
  }
}

TEST(FlowBook, GivesUpAFlowWhenNobodyNeedsItAnyMore) {
  FlowBook book(KeyedHash(1, 2), 100);
  const ReqId standing = book.make_standing(ConnectionId(1), 0);
  EXPECT_EQ(standing, ReqId(100));
  EXPECT_EQ(book.make_standing(ConnectionId(1), 0), standing);
  model::FlowSpec flow;
  flow.reqid = standing;
  book.hold({flow});
  book.hold({flow});
  EXPECT_TRUE(book.drop({flow}).empty());
  EXPECT_EQ(book.drop({flow}).size(), 1u);
  EXPECT_TRUE(book.drop({flow}).empty()) << "once is enough";
  ASSERT_NE(book.use_of(standing), nullptr);
  EXPECT_EQ(book.use_of(standing)->connection, ConnectionId(1));
  book.forget_standing(ConnectionId(1));
  EXPECT_EQ(book.use_of(standing), nullptr);
}

TEST(FlowBook, ForgetsARequestIdWithItsLastFlow) {
  FlowBook book(KeyedHash(1, 2), 100);
  model::FlowSpec flow, other;
  for (int i = 0; i < 1000; ++i) {
    flow.reqid = other.reqid = book.allocate(ConnectionId(1), 0);
    other.selectors.local = model::TrafficSelector::of(Prefix::host(Address::v4(10, 0, 0, 1)));
    book.hold({flow, other});
    book.hold({flow});
    EXPECT_EQ(book.drop({flow, other}).size(), 1u);
    EXPECT_NE(book.use_of(flow.reqid), nullptr);
    book.drop({flow});
  }
  EXPECT_EQ(book.reqids(), 0u);
  // One that is kept for a connection waits for packets without anybody's holding it.
  const ReqId standing = book.make_standing(ConnectionId(2), 0);
  flow.reqid = standing;
  book.hold({flow});
  book.drop({flow});
  EXPECT_NE(book.use_of(standing), nullptr);
}

TEST(SaTable, IsBounded) {
  SaTable table(KeyedHash(1, 2), 3);
  for (uint64_t i = 1; i <= 3; ++i) ASSERT_NE(table.create(IkeSpi(i)), nullptr);
  EXPECT_EQ(table.create(IkeSpi(4)), nullptr);
}

TEST(SaTable, TellsASlotsOldTenantFromItsNewOne) {
  SaTable table(KeyedHash(1, 2));
  v2::IkeSa* const first = table.create(IkeSpi(1));
  first->initiator = true;
  first->spi_i = IkeSpi(1);
  const uint32_t slot = first->slot;
  const uint16_t generation = first->generation;
  table.erase(*first);
  v2::IkeSa* const second = table.create(IkeSpi(2));
  EXPECT_EQ(second->slot, slot);
  EXPECT_EQ(table.at(slot, generation), nullptr);
  EXPECT_EQ(table.by_spi(IkeSpi(1)), nullptr);
}

}  // namespace
}  // namespace ike::engine::test
