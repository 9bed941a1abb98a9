#include "tools/ike/udp_datagram.h"

#include "unit/wire/octets.h"

namespace ike::tools {
namespace {

using test::octets;

// 192.0.2.1:500 -> 192.0.2.2:4500, payload aabb
const std::string kUdp = "01f4 1194 000a 0000 aabb";
const std::string kIpv4 = "4500001e 00000000 40110000 c0000201 c0000202" + kUdp;

std::string udp(LinkType link, const std::string& hex) {
  const Blob data = octets(hex);
  const auto found = udp_in({1, 0, link, data});
  if (!found) return "none";
  return found->from.text() + " " + found->to.text() + " " + to_hex(found->payload);
}

constexpr const char* kFound = "192.0.2.1:500 192.0.2.2:4500 aabb";

TEST(UdpIn, FindsItBehindEveryLink) {
  EXPECT_EQ(udp(LinkType::raw, kIpv4), kFound);
  EXPECT_EQ(udp(LinkType::ipv4, kIpv4), kFound);
  EXPECT_EQ(udp(LinkType::null, "02000000" + kIpv4), kFound);
  EXPECT_EQ(udp(LinkType::ethernet, "000000000000 000000000000 0800" + kIpv4), kFound);
  EXPECT_EQ(udp(LinkType::ethernet, "000000000000 000000000000 8100 0001 0800" + kIpv4), kFound);
  EXPECT_EQ(udp(LinkType::linux_sll, "0000000000000000000000000000 0800" + kIpv4), kFound);
  EXPECT_EQ(udp(LinkType::linux_sll2, "0800 000000000000000000000000000000000000" + kIpv4), kFound);
  EXPECT_EQ(udp(static_cast<LinkType>(105), kIpv4), "none");
  EXPECT_EQ(udp(LinkType::ethernet, "000000000000 000000000000 0806" + kIpv4), "none");
}

TEST(UdpIn, LeavesEthernetPaddingOut) { EXPECT_EQ(udp(LinkType::raw, kIpv4 + "00000000"), kFound); }

TEST(UdpIn, FindsItBehindOptionsAndExtensionHeaders) {
  EXPECT_EQ(udp(LinkType::raw, "46000022 00000000 40110000 c0000201 c0000202 01010101" + kUdp),
            kFound);
  const std::string addresses = "20010db8000000000000000000000001 20010db8000000000000000000000002";
  const std::string found = "[2001:db8::1]:500 [2001:db8::2]:4500 aabb";
  EXPECT_EQ(udp(LinkType::ipv6, "60000000 000a 11 40" + addresses + kUdp), found);
  EXPECT_EQ(udp(LinkType::ipv6, "60000000 0012 00 40" + addresses + "1100000000000000" + kUdp),
            found);
  EXPECT_EQ(udp(LinkType::ipv6, "60000000 0012 2c 40" + addresses + "1100000000000000" + kUdp),
            found);
  EXPECT_EQ(udp(LinkType::ipv6, "60000000 0012 2c 40" + addresses + "1100000800000000" + kUdp),
            "none");
}

TEST(UdpIn, SkipsLaterFragmentsAndOtherProtocols) {
  EXPECT_EQ(udp(LinkType::raw, "4500001e 00000001 40110000 c0000201 c0000202" + kUdp), "none");
  EXPECT_EQ(udp(LinkType::raw, "4500001e 00000000 40320000 c0000201 c0000202" + kUdp), "none");
  EXPECT_EQ(udp(LinkType::raw, "4400001e 00000000 40110000 c0000201 c0000202" + kUdp), "none");
  EXPECT_EQ(udp(LinkType::raw, "00"), "none");
  EXPECT_EQ(udp(LinkType::raw, ""), "none");
}

TEST(UdpIn, TakesWhatWasCaptured) {
  EXPECT_EQ(
      udp(LinkType::raw, "45000040 00000000 40110000 c0000201 c0000202 01f4 1194 002c 0000 aa"),
      "192.0.2.1:500 192.0.2.2:4500 aa");
  EXPECT_EQ(udp(LinkType::raw, "45000040 00000000 40110000 c0000201 c0000202 01f4 1194 0007 0000"),
            "none");
}

}  // namespace
}  // namespace ike::tools
