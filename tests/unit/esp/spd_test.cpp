#include "esp/spd.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "esp/selector.h"
#include "unit/esp/support.h"

namespace ike::esp {
namespace {

using test::address;
using test::make_flow;

FlowKey key(const char* source, const char* destination, uint8_t protocol = ipproto::kTcp,
            uint16_t port = 80) {
  return {address(source), address(destination), 1000, port, protocol, true};
}

TEST(Spd, AsksTheSmallerPriorityFirstWhateverThePrefixes) {
  Spd spd;
  spd.put(make_flow("10.1.0.0/16", "10.2.0.0/16", 1, 200));
  spd.put(make_flow("10.1.0.0/24", "10.2.0.0/24", 2, 300));
  spd.put(make_flow("0.0.0.0/0", "0.0.0.0/0", 3, 400));
  EXPECT_EQ(spd.find(key("10.1.0.1", "10.2.0.1"))->flow.reqid, ReqId(1));
  EXPECT_EQ(spd.find(key("10.9.0.1", "10.2.0.1"))->flow.reqid, ReqId(3));
  spd.put(make_flow("10.1.0.0/24", "10.2.0.0/24", 4, 100));
  EXPECT_EQ(spd.find(key("10.1.0.1", "10.2.0.1"))->flow.reqid, ReqId(4));
  EXPECT_EQ(spd.find(key("fd01::1", "fd02::1")), nullptr);
}

TEST(Spd, TakesTheFirstInstalledAmongEqualPriorities) {
  Spd spd;
  spd.put(make_flow("10.1.0.0/16", "10.2.0.0/16", 1));
  spd.put(make_flow("10.1.0.0/24", "10.2.0.0/16", 2));
  EXPECT_EQ(spd.find(key("10.1.0.1", "10.2.0.1"))->flow.reqid, ReqId(1));
}

TEST(Spd, UpdatesTheSameFlowAndForgetsRemovedOnes) {
  Spd spd;
  auto flow = make_flow("10.1.0.0/16", "10.2.0.0/16");
  spd.put(flow);
  flow.action = model::FlowAction::discard;
  flow.priority = 50;
  spd.put(flow);
  EXPECT_EQ(spd.size(), 1u);
  EXPECT_EQ(spd.find(key("10.1.0.1", "10.2.0.1"))->flow.action, model::FlowAction::discard);
  EXPECT_TRUE(spd.remove(flow));
  EXPECT_FALSE(spd.remove(flow));
  EXPECT_EQ(spd.find(key("10.1.0.1", "10.2.0.1")), nullptr);
}

TEST(Spd, FindsRangesThatAreNoPrefix) {
  Spd spd;
  auto flow = make_flow("10.1.0.0/16", "10.2.0.0/16");
  flow.selectors.remote.addresses = {address("10.2.0.5"), address("10.2.0.9")};
  spd.put(flow);
  EXPECT_NE(spd.find(key("10.1.0.1", "10.2.0.5")), nullptr);
  EXPECT_NE(spd.find(key("10.1.0.1", "10.2.0.9")), nullptr);
  EXPECT_EQ(spd.find(key("10.1.0.1", "10.2.0.10")), nullptr);
  EXPECT_TRUE(spd.remove(flow));
  EXPECT_EQ(spd.find(key("10.1.0.1", "10.2.0.9")), nullptr);
}

//= RFC 4301 section 4.4.1.1: ports, OPAQUE and ICMP types as selectors
TEST(Selectors, LookAtPortsProtocolsAndIcmpTypes) {
  auto selectors = make_flow("10.1.0.0/16", "10.2.0.0/16").selectors;
  selectors.local.protocol = selectors.remote.protocol = ipproto::kTcp;
  selectors.remote.port_first = 80;
  selectors.remote.port_last = 90;
  EXPECT_TRUE(matches(selectors, key("10.1.0.1", "10.2.0.1", ipproto::kTcp, 90)));
  EXPECT_FALSE(matches(selectors, key("10.1.0.1", "10.2.0.1", ipproto::kTcp, 91)));
  EXPECT_FALSE(matches(selectors, key("10.1.0.1", "10.2.0.1", ipproto::kUdp, 80)));
  FlowKey later_fragment = key("10.1.0.1", "10.2.0.1", ipproto::kTcp, 0);
  later_fragment.ports_known = false;
  EXPECT_FALSE(matches(selectors, later_fragment));
  selectors.remote.port_first = 0xffff;
  selectors.remote.port_last = 0;
  EXPECT_TRUE(matches(selectors, later_fragment)) << "OPAQUE";
  EXPECT_FALSE(matches(selectors, key("10.1.0.1", "10.2.0.1")));
}

TEST(Spd, FindsOneOfManyThousandFlowsWithoutLookingAtAll) {
  Spd spd;
  for (uint32_t i = 0; i < 20'000; ++i) {
    auto flow = make_flow("10.1.0.0/16", "10.2.0.0/32", i + 1);
    const Address remote = Address::v4(0x0b000000u + i);
    flow.selectors.remote = model::TrafficSelector::of(Prefix::host(remote));
    spd.put(flow);
  }
  // A linear search would take minutes here.
  for (uint32_t round = 0; round < 10; ++round) {
    for (uint32_t i = 0; i < 20'000; ++i) {
      const FlowKey flow{address("10.1.0.1"), Address::v4(0x0b000000u + i), 1, 1, 17, true};
      ASSERT_EQ(spd.find(flow)->flow.reqid, ReqId(i + 1));
    }
  }
}

// Against the plain definition: the first in order that matches.
RC_GTEST_PROP(Spd, AgreesWithASearchInOrder, ()) {
  Spd spd;
  std::vector<model::FlowSpec> flows;
  const auto count = *rc::gen::inRange<uint32_t>(0, 30);
  for (uint32_t i = 0; i < count; ++i) {
    model::FlowSpec flow;
    flow.reqid = ReqId(i + 1);
    flow.priority = *rc::gen::inRange<uint32_t>(0, 4);
    const auto range = [] {
      const auto first = *rc::gen::inRange<uint32_t>(0, 16);
      const auto last = *rc::gen::inRange<uint32_t>(first, 16);
      model::TrafficSelector selector;
      selector.addresses = {Address::v4(0x0a000000u + first), Address::v4(0x0a000000u + last)};
      return selector;
    };
    flow.selectors = {range(), range()};
    flows.push_back(flow);
    spd.put(flow);
  }
  std::ranges::stable_sort(flows, {}, &model::FlowSpec::priority);
  const auto source = *rc::gen::inRange<uint32_t>(0, 16);
  const auto destination = *rc::gen::inRange<uint32_t>(0, 16);
  const FlowKey flow{
      Address::v4(0x0a000000u + source), Address::v4(0x0a000000u + destination), 1, 2, 17, true};
  const auto expected =
      std::ranges::find_if(flows, [&](const auto& f) { return matches(f.selectors, flow); });
  const Rule* const found = spd.find(flow);
  RC_ASSERT((found == nullptr) == (expected == flows.end()));
  if (found != nullptr) RC_ASSERT(found->flow.reqid == expected->reqid);
}

}  // namespace
}  // namespace ike::esp
