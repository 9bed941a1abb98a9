#include "model/traffic_selector.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace ike::model {
namespace {

TrafficSelector selector(std::string_view from, std::string_view to, uint8_t protocol = 0,
                         uint16_t first = 0, uint16_t last = 0xffff) {
  return {protocol, first, last, {*Address::parse(from), *Address::parse(to)}};
}

const TrafficSelector kNet = selector("10.0.0.0", "10.255.255.255");
const TrafficSelector kOpaque = selector("10.0.0.0", "10.255.255.255", 17, 0xffff, 0);

TEST(TrafficSelector, ContainsItselfAndWhatIsNarrowerInEveryField) {
  EXPECT_TRUE(kNet.contains(kNet));
  EXPECT_TRUE(kNet.contains(selector("10.1.0.0", "10.1.0.9", 6, 443, 443)));
  EXPECT_FALSE(selector("10.1.0.0", "10.1.0.9").contains(kNet));
  EXPECT_FALSE(kNet.contains(selector("10.255.255.255", "11.0.0.0")));
}

TEST(TrafficSelector, OfOneProtocolDoesNotContainAnyProtocol) {
  const auto tcp = selector("10.0.0.0", "10.0.0.9", 6);
  const auto any = selector("10.0.0.0", "10.0.0.9", 0);
  EXPECT_TRUE(any.contains(tcp));
  EXPECT_FALSE(tcp.contains(any));
  EXPECT_FALSE(tcp.contains(selector("10.0.0.0", "10.0.0.9", 17)));
  EXPECT_FALSE(tcp.intersect(selector("10.0.0.0", "10.0.0.9", 17)));
}

TEST(TrafficSelector, FamiliesNeverMeet) {
  const auto v6 = selector("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  const auto v4 = selector("0.0.0.0", "255.255.255.255");
  EXPECT_FALSE(v6.contains(v4));
  EXPECT_FALSE(v4.intersect(v6));
}

//= RFC 4301 section 4.4.1.1: ANY ports include hidden ones, a range of ports does not
TEST(TrafficSelector, OpaquePortsFitIntoAnyPortButIntoNoRange) {
  EXPECT_TRUE(kNet.contains(kOpaque));
  EXPECT_EQ(kNet.intersect(kOpaque), kOpaque);
  const auto range = selector("10.0.0.0", "10.255.255.255", 17, 0, 0xfffe);
  EXPECT_FALSE(range.contains(kOpaque));
  EXPECT_FALSE(range.intersect(kOpaque));
  EXPECT_FALSE(kOpaque.contains(range));
  EXPECT_TRUE(kOpaque.contains(kOpaque));
  EXPECT_EQ(kOpaque.intersect(kOpaque), kOpaque);
}

TEST(TrafficSelector, WithPortsTheWrongWayRoundMatchesNothing) {
  const auto wrong = selector("10.0.0.1", "10.0.0.1", 6, 500, 400);
  EXPECT_FALSE(kNet.contains(wrong));
  EXPECT_FALSE(kNet.intersect(wrong));
  EXPECT_FALSE(wrong.intersect(kNet));
}

TEST(TrafficSelector, IntersectionKeepsTheNarrowerOfEachField) {
  const auto a = selector("10.0.0.0", "10.0.0.200", 6, 100, 300);
  const auto b = selector("10.0.0.100", "10.0.1.0", 0, 200, 400);
  EXPECT_EQ(a.intersect(b), selector("10.0.0.100", "10.0.0.200", 6, 200, 300));
  EXPECT_FALSE(a.intersect(selector("10.0.0.0", "10.0.0.200", 6, 301, 400)));
}

TEST(TrafficSelector, IsPrintedShortWhereItCanBe) {
  EXPECT_EQ(kNet.text(), "10.0.0.0/8");
  EXPECT_EQ(selector("10.0.0.1", "10.0.0.1").text(), "10.0.0.1");
  EXPECT_EQ(selector("10.0.0.1", "10.0.0.6").text(), "10.0.0.1-10.0.0.6");
  EXPECT_EQ(selector("10.1.0.0", "10.1.255.255", 6, 443, 443).text(), "10.1.0.0/16[tcp/443]");
  EXPECT_EQ(selector("10.1.0.0", "10.1.255.255", 0, 80, 90).text(), "10.1.0.0/16[any/80-90]");
  EXPECT_EQ(selector("10.1.0.0", "10.1.255.255", 47).text(), "10.1.0.0/16[gre]");
  EXPECT_EQ(selector("::", "::", 200, 7, 7).text(), "::[200/7]");
  EXPECT_EQ(kOpaque.text(), "10.0.0.0/8[udp/opaque]");
  EXPECT_EQ(selector("::1", "::1", 58, 0x8000, 0x80ff).text(), "::1[ipv6-icmp/128.0-128.255]");
}

TEST(TrafficSelector, ListsAreSeparatedByCommas) {
  EXPECT_EQ(text_of({kNet, kOpaque}), "10.0.0.0/8, 10.0.0.0/8[udp/opaque]");
  EXPECT_EQ(text_of({}), "");
}

TEST(SelectorPair, SidesWithDifferentProtocolsHaveNothingInCommon) {
  const SelectorPair mixed{selector("10.0.0.0", "10.0.0.9", 6), selector("10.1.0.0", "10.1.0.9")};
  const SelectorPair other{selector("10.0.0.0", "10.0.0.9"), selector("10.1.0.0", "10.1.0.9", 17)};
  EXPECT_FALSE(mixed.intersect(other));
  EXPECT_TRUE(mixed.intersect(mixed));
}

TEST(SelectorPair, IsContainedOnlyWhenBothSidesAre) {
  const SelectorPair outer{kNet, kNet};
  const SelectorPair inner{selector("10.0.0.1", "10.0.0.1"), selector("10.0.0.2", "10.0.0.2")};
  EXPECT_TRUE(outer.contains(inner));
  EXPECT_FALSE(inner.contains(outer));
  EXPECT_FALSE(outer.contains({inner.local, selector("11.0.0.1", "11.0.0.1")}));
  EXPECT_EQ(inner.text(), "10.0.0.1 -> 10.0.0.2");
}

// Small numbers, so that overlaps are common.
TrafficSelector arbitrary() {
  const auto low = *rc::gen::inRange<uint32_t>(0, 8);
  const auto high = *rc::gen::inRange<uint32_t>(low, 8);
  const auto first = *rc::gen::element<uint16_t>(0, 5, 9);
  const auto last = *rc::gen::element<uint16_t>(5, 9, 0xffff);
  const bool opaque = *rc::gen::inRange(0, 8) == 0;
  const auto protocol = *rc::gen::element<uint8_t>(0, 6, 17);
  TrafficSelector s{protocol, first, last, {Address::v4(low), Address::v4(high)}};
  if (opaque) {
    s.port_first = 0xffff;
    s.port_last = 0;
  }
  return s;
}

TEST(TrafficSelectorProperty, IntersectionIsSymmetricAndInsideBoth) {
  EXPECT_TRUE(rc::check([] {
    const auto a = arbitrary();
    const auto b = arbitrary();
    const auto ab = a.intersect(b);
    RC_ASSERT(ab == b.intersect(a));
    if (ab) {
      RC_ASSERT(a.contains(*ab));
      RC_ASSERT(b.contains(*ab));
    }
  }));
}

TEST(TrafficSelectorProperty, ContainmentIsIntersectionThatChangesNothing) {
  EXPECT_TRUE(rc::check([] {
    const auto a = arbitrary();
    const auto b = arbitrary();
    RC_ASSERT(a.contains(b) == (a.intersect(b) == b));
    RC_ASSERT(a.contains(a) == (a.port_first <= a.port_last || a.port_last == 0));
  }));
}

TEST(TrafficSelectorProperty, APacketIsInTheIntersectionExactlyWhenItIsInBoth) {
  EXPECT_TRUE(rc::check([] {
    const auto a = arbitrary();
    const auto b = arbitrary();
    const auto host = Address::v4(*rc::gen::inRange<uint32_t>(0, 9));
    const auto port = *rc::gen::inRange<uint16_t>(0, 12);
    const auto protocol = *rc::gen::element<uint8_t>(6, 17, 47);
    const TrafficSelector packet{protocol, port, port, {host, host}};
    const auto common = a.intersect(b);
    RC_ASSERT((common && common->contains(packet)) == (a.contains(packet) && b.contains(packet)));
  }));
}

}  // namespace
}  // namespace ike::model
