#include "esp/ip.h"

#include <gtest/gtest.h>

#include "esp/checksum.h"
#include "unit/esp/support.h"

namespace ike::esp {
namespace {

using test::make_packet;

bool upper_checksum_good(Bytes packet) {
  const auto ip = parse_ip(packet);
  const Bytes upper = packet.subspan(ip->header_size, ip->size - ip->header_size);
  return checksum_finish(checksum_add(upper, pseudo_header_sum(ip->flow, upper.size()))) == 0;
}
bool header_checksum_good(Bytes packet) {
  return checksum_finish(checksum_add(packet.first(20))) == 0;
}

// The example of RFC 1071 section 3.
TEST(Checksum, SumsAsTheRfcDoes) {
  const Blob data = *from_hex("0001f203f4f5f6f7");
  EXPECT_EQ(checksum_finish(checksum_add(data)), static_cast<uint16_t>(~0xddf2));
  EXPECT_EQ(checksum_add(*from_hex("ab")), checksum_add(*from_hex("ab00")));
}

TEST(Checksum, OfManyOctetsEqualsTheSumOfWords) {
  Blob data;
  uint64_t expected = 0;
  for (int i = 0; i < 3000; ++i) data.push_back(static_cast<uint8_t>(i * 7));
  for (size_t i = 0; i < data.size(); i += 2) expected += data[i] * 256u + data[i + 1];
  EXPECT_EQ(checksum_finish(checksum_add(data)), checksum_finish(expected));
}

TEST(ParseIp, ReadsAddressesPortsAndSizes) {
  const auto v4 = parse_ip(make_packet({.tos = 0xb8, .dont_fragment = true}));
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->flow.source.text(), "10.1.0.1");
  EXPECT_EQ(v4->flow.destination_port, 2000);
  EXPECT_EQ(v4->size, 128);
  EXPECT_EQ(v4->header_size, 20);
  EXPECT_EQ(v4->tos, 0xb8);
  EXPECT_TRUE(v4->dont_fragment && !v4->fragment && v4->flow.ports_known);
  const auto v6 = parse_ip(make_packet({.source = "fd01::1", .destination = "fd02::2", .tos = 3}));
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->flow.destination.text(), "fd02::2");
  EXPECT_EQ(v6->size, 148);
  EXPECT_EQ(v6->tos, 3);
}

TEST(ParseIp, RefusesEveryTruncation) {
  for (const Blob& packet :
       {make_packet({}), make_packet({.source = "fd01::1", .destination = "fd02::2"})}) {
    for (size_t size = 0; size < packet.size(); ++size) {
      EXPECT_FALSE(parse_ip(Bytes(packet).first(size))) << size;
    }
  }
}

TEST(ParseIp, IgnoresWhatFollowsThePacket) {
  Blob packet = make_packet({});
  packet.resize(packet.size() + 50);
  EXPECT_EQ(parse_ip(packet)->size, 128);
}

TEST(ParseIp, FindsPortsBehindExtensionHeaders) {
  Blob packet = make_packet({.source = "fd01::1", .destination = "fd02::2"});
  const Blob hop_by_hop = *from_hex("1100010400000000");
  packet.insert(packet.begin() + 40, hop_by_hop.begin(), hop_by_hop.end());
  packet[6] = 0;
  packet[5] = static_cast<uint8_t>(packet[5] + 8);
  const auto ip = parse_ip(packet);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->header_size, 48);
  EXPECT_EQ(ip->flow.protocol, ipproto::kUdp);
  EXPECT_EQ(ip->flow.source_port, 1000);
}

TEST(ParseIp, BoundsExtensionHeaders) {
  Blob packet = make_packet({.source = "fd01::1", .destination = "fd02::2", .payload = 200});
  packet[6] = ipproto::kDestination;
  for (size_t at = 40; at + 8 < packet.size(); at += 8) {
    packet[at] = ipproto::kDestination;
    packet[at + 1] = 0;
  }
  EXPECT_EQ(parse_ip(packet).error().fault, Fault::limit);
}

TEST(ParseIp, KnowsNoPortsOfLaterFragments) {
  std::vector<Blob> fragments;
  const Blob packet = make_packet({.payload = 3000});
  fragment_ipv4(packet, *parse_ip(packet), 1400, fragments);
  ASSERT_EQ(fragments.size(), 3u);
  size_t total = 0;
  for (const Blob& fragment : fragments) {
    const auto ip = parse_ip(fragment);
    ASSERT_TRUE(ip);
    EXPECT_LE(fragment.size(), 1400u);
    EXPECT_TRUE(ip->fragment);
    EXPECT_TRUE(header_checksum_good(fragment));
    EXPECT_EQ(ip->flow.ports_known, total == 0);
    total += ip->size - ip->header_size;
  }
  EXPECT_EQ(total, 3008u);
}

TEST(FragmentIpv4, KeepsTheMoreFlagAndOffsetOfAFragment) {
  const Blob packet = make_packet({.payload = 3000});
  std::vector<Blob> first;
  fragment_ipv4(packet, *parse_ip(packet), 1508, first);
  std::vector<Blob> again;
  fragment_ipv4(first[1], *parse_ip(first[1]), 800, again);
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[1][6] & 0x20, 0x20) << "more follow, as before";
  EXPECT_EQ((again[0][6] & 0x1f) << 8 | again[0][7], 1488 / 8);
}

TEST(FragmentIpv4, RefusesFragmentsBehindTheLargestPacket) {
  Blob packet = make_packet({.payload = 3000});
  packet[6] = 0x1f;
  packet[7] = 0xff;
  set_ipv4_checksum(packet);
  std::vector<Blob> fragments;
  fragment_ipv4(packet, *parse_ip(packet), 1400, fragments);
  EXPECT_TRUE(fragments.empty());
}

TEST(SetTos, KeepsTheHeaderChecksumRight) {
  Blob packet = make_packet({});
  set_tos(packet, 0x2f);
  EXPECT_EQ(parse_ip(packet)->tos, 0x2f);
  EXPECT_TRUE(header_checksum_good(packet));
  Blob v6 = make_packet({.source = "fd01::1", .destination = "fd02::2"});
  set_tos(v6, 0x2f);
  EXPECT_EQ(parse_ip(v6)->tos, 0x2f);
}

//= RFC 6040 section 4.2: the table of outgoing ECN fields
TEST(DecapsulatedTos, FollowsTheTable) {
  EXPECT_EQ(decapsulated_tos(0xb8, 0), 0xb8);
  EXPECT_EQ(decapsulated_tos(0xb8, 3), std::nullopt) << "congestion that nobody could tell";
  EXPECT_EQ(decapsulated_tos(0xba, 3), 0xbb);
  EXPECT_EQ(decapsulated_tos(0xb9, 3), 0xbb);
  EXPECT_EQ(decapsulated_tos(0xba, 1), 0xb9);
  EXPECT_EQ(decapsulated_tos(0xbb, 0), 0xbb);
  EXPECT_EQ(decapsulated_tos(0x02, 0xfc), 0x02) << "the outer DSCP stays outside";
}

TEST(TooBig, TellsTheSenderTheMtu) {
  const Blob packet = make_packet({.payload = 1400, .dont_fragment = true});
  const Blob answer = too_big(packet, *parse_ip(packet), 1300);
  const auto ip = parse_ip(answer);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->flow.destination.text(), "10.1.0.1");
  EXPECT_EQ(answer[20], 3);
  EXPECT_EQ(answer[21], 4);
  EXPECT_EQ(answer[26] << 8 | answer[27], 1300);
  EXPECT_EQ(checksum_finish(checksum_add(Bytes(answer).subspan(20))), 0);
  EXPECT_LE(answer.size(), 576u);
}

TEST(TooBig, TellsIpv6SendersWithAPseudoHeader) {
  const Blob packet = make_packet({.source = "fd01::1", .destination = "fd02::2", .payload = 1400});
  const Blob answer = too_big(packet, *parse_ip(packet), 1300);
  EXPECT_EQ(answer[40], 2);
  EXPECT_EQ(answer[46] << 8 | answer[47], 1300);
  EXPECT_TRUE(upper_checksum_good(answer));
  EXPECT_LE(answer.size(), 1280u);
}

//= RFC 1122 section 3.2.2: no error about an error
TEST(TooBig, IsNotSentAboutErrorsAndMulticast) {
  const Blob packet = make_packet({.payload = 1400, .dont_fragment = true});
  const Blob error = too_big(packet, *parse_ip(packet), 1300);
  EXPECT_TRUE(too_big(error, *parse_ip(error), 400).empty());
  const Blob multicast = make_packet({.destination = "224.0.0.5", .payload = 1400});
  EXPECT_TRUE(too_big(multicast, *parse_ip(multicast), 400).empty());
}

TEST(RefreshUpperChecksum, FollowsChangedAddresses) {
  Blob packet = make_packet({});
  packet[12] = 172;
  EXPECT_FALSE(upper_checksum_good(packet));
  refresh_upper_checksum(packet, *parse_ip(packet));
  EXPECT_TRUE(upper_checksum_good(packet));
}

}  // namespace
}  // namespace ike::esp
