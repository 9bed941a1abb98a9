#include "privsep/live_counters.h"

#include <gtest/gtest.h>

namespace ike::privsep {
namespace {

model::ControlReply answer(uint64_t ticket, bool loaded) {
  model::ChildSaReport child;
  child.destination = Address::v4(192, 0, 2, 1);
  child.spi = EspSpi(0x1000);
  child.loaded = loaded;
  child.packets = 1;
  model::ControlReply reply;
  reply.ticket = Ticket(ticket);
  reply.sas.emplace_back().children = {child};
  return reply;
}

model::KernelReply told(const model::QuerySas& query, uint64_t packets) {
  model::KernelAnswer known;
  known.counters.push_back({.id = query.sas.at(0), .bytes = packets * 100, .packets = packets});
  return {query.ticket, known};
}

TEST(LiveCounters, AnswersWaitForTheKernel) {
  LiveCounters live;
  const auto query = live.hold(answer(1, true));
  ASSERT_TRUE(query);
  EXPECT_FALSE(live.next());
  EXPECT_TRUE(live.take(told(*query, 7)));
  const auto reply = live.next();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->sas[0].children[0].packets, 7u);
  EXPECT_EQ(reply->sas[0].children[0].bytes, 700u);
  EXPECT_FALSE(live.next());
}

TEST(LiveCounters, AnswersKeepTheirOrder) {
  LiveCounters live;
  const auto first = live.hold(answer(1, true));
  EXPECT_FALSE(live.hold(answer(1, false))) << "nothing is in the kernel";
  const auto third = live.hold(answer(2, true));
  live.take(told(*third, 3));
  EXPECT_FALSE(live.next());
  live.take(told(*first, 1));
  EXPECT_EQ(live.next()->ticket, Ticket(1));
  EXPECT_EQ(live.next()->ticket, Ticket(1));
  EXPECT_EQ(live.next()->ticket, Ticket(2));
}

TEST(LiveCounters, WhatTheKernelDoesNotKnowStaysAsTheEngineSaidIt) {
  LiveCounters live;
  const auto query = live.hold(answer(1, true));
  EXPECT_TRUE(live.take({query->ticket, fail(Fault::internal, "no answer")}));
  EXPECT_EQ(live.next()->sas[0].children[0].packets, 1u);
  EXPECT_TRUE(live.take(told(*query, 9))) << "told twice";
}

TEST(LiveCounters, LeavesTheEnginesTicketsToTheEngine) {
  LiveCounters live;
  EXPECT_FALSE(live.take({Ticket(uint64_t{0xffffff} << 40 | 5), model::KernelAnswer{}}));
  EXPECT_FALSE(live.take({Ticket(5), model::KernelAnswer{}}));
}

}  // namespace
}  // namespace ike::privsep
