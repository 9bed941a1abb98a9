#include "esp/offload.h"

#include <gtest/gtest.h>

#include "esp/checksum.h"
#include "esp/coalesce.h"
#include "unit/esp/support.h"

namespace ike::esp {
namespace {

using test::make_tcp;

bool tcp_checksum_good(Bytes packet) {
  const auto ip = parse_ip(packet);
  const Bytes tcp = packet.subspan(ip->header_size, ip->size - ip->header_size);
  return checksum_finish(checksum_add(tcp, pseudo_header_sum(ip->flow, tcp.size()))) == 0;
}

Blob whole(const Delivery& delivery) {
  Blob packet = to_blob(delivery.head);
  for (const Bytes piece : delivery.pieces) append(packet, piece);
  return packet;
}

uint32_t sequence_of(Bytes packet, size_t header) {
  return uint32_t{packet[header + 4]} << 24 | uint32_t{packet[header + 5]} << 16 |
         uint32_t{packet[header + 6]} << 8 | packet[header + 7];
}

class Segments : public testing::TestWithParam<bool> {};

TEST_P(Segments, AreWholePacketsWithChecksumsAndGrowingNumbers) {
  const bool v6 = GetParam();
  const Blob frame = make_tcp({.sequence = 0xffff'ff00, .flags = 0x99, .payload = 2500, .v6 = v6});
  const auto ip = parse_ip(frame);
  const Offload offload{.gso = v6 ? Gso::tcp_v6 : Gso::tcp_v4, .segment_size = 1000};
  const auto segments = Segmenter::make(frame, *ip, offload);
  ASSERT_TRUE(segments);
  ASSERT_EQ(segments->count(), 3u);
  Blob payload;
  for (size_t i = 0; i < 3; ++i) {
    Blob packet(segments->size_of(i));
    segments->write(i, packet);
    const auto parsed = parse_ip(packet);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->size, packet.size());
    EXPECT_TRUE(tcp_checksum_good(packet)) << i;
    const size_t tcp = parsed->header_size;
    EXPECT_EQ(sequence_of(packet, tcp), static_cast<uint32_t>(0xffff'ff00u + i * 1000));
    //= RFC 3168 section 6.1.2: CWR in the first, FIN and PSH in the last
    EXPECT_EQ(packet[tcp + 13], i == 0 ? 0x90 : i == 2 ? 0x19 : 0x10);
    append(payload, Bytes(packet).subspan(tcp + 20));
  }
  EXPECT_TRUE(equal(payload, Bytes(frame).subspan(ip->header_size + 20u)));
}

TEST_P(Segments, PutTogetherAgainAreTheSuperframe) {
  const bool v6 = GetParam();
  const Blob frame = make_tcp({.flags = 0x18, .payload = 5500, .v6 = v6});
  const auto ip = parse_ip(frame);
  const Offload offload{.gso = v6 ? Gso::tcp_v6 : Gso::tcp_v4, .segment_size = 1000};
  const auto segments = Segmenter::make(frame, *ip, offload);
  std::vector<Blob> packets;
  for (size_t i = 0; i < segments->count(); ++i) {
    packets.emplace_back(segments->size_of(i));
    segments->write(i, packets.back());
  }
  Coalescer coalescer;
  for (Blob& packet : packets) coalescer.add(packet, *parse_ip(packet), true);
  const auto deliveries = coalescer.finish();
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_EQ(deliveries[0].offload.segment_size, 1000);
  EXPECT_EQ(deliveries[0].offload.gso, offload.gso);
  EXPECT_EQ(deliveries[0].header_size, ip->header_size + 20);
  Blob joined = whole(deliveries[0]);
  ASSERT_TRUE(complete_checksum(joined, deliveries[0].offload));
  EXPECT_EQ(to_hex(joined), to_hex(frame));
}

INSTANTIATE_TEST_SUITE_P(Families, Segments, testing::Bool());

TEST(Segmenter, RefusesWhatIsNoTcpSuperframe) {
  const Blob tcp = make_tcp({});
  const Blob udp = test::make_packet({});
  EXPECT_FALSE(Segmenter::make(tcp, *parse_ip(tcp), {.gso = Gso::tcp_v6, .segment_size = 100}));
  EXPECT_FALSE(Segmenter::make(tcp, *parse_ip(tcp), {.gso = Gso::tcp_v4, .segment_size = 0}));
  EXPECT_FALSE(Segmenter::make(udp, *parse_ip(udp), {.gso = Gso::tcp_v4, .segment_size = 100}));
  Blob bad = tcp;
  bad[32] = 0xf0;  // a TCP header of 60 octets in a packet that has them: payload taken as options
  EXPECT_TRUE(Segmenter::make(bad, *parse_ip(bad), {.gso = Gso::tcp_v4, .segment_size = 100}));
  bad[32] = 0x40;
  EXPECT_FALSE(Segmenter::make(bad, *parse_ip(bad), {.gso = Gso::tcp_v4, .segment_size = 100}));
}

TEST(CompleteChecksum, RefusesFieldsOutsideThePacket) {
  Blob packet = make_tcp({});
  EXPECT_FALSE(complete_checksum(
      packet, {.needs_checksum = true, .checksum_start = 65000, .checksum_offset = 16}));
  EXPECT_FALSE(complete_checksum(
      packet, {.needs_checksum = true, .checksum_start = 20, .checksum_offset = 65000}));
}

class Coalescing : public testing::Test {
 protected:
  void add(Blob packet) {
    packets_.push_back(std::make_unique<Blob>(std::move(packet)));
    coalescer_.add(*packets_.back(), *parse_ip(*packets_.back()), true);
  }
  std::vector<Blob> result() {
    std::vector<Blob> all;
    for (const Delivery& delivery : coalescer_.finish()) all.push_back(whole(delivery));
    return all;
  }
  std::vector<std::unique_ptr<Blob>> packets_;
  Coalescer coalescer_;
};

TEST_F(Coalescing, LeavesGapsAsTheyAre) {
  add(make_tcp({.sequence = 1000}));
  add(make_tcp({.sequence = 3000}));
  add(make_tcp({.sequence = 4000}));
  const auto all = result();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].size(), 1040u);
  EXPECT_EQ(all[1].size(), 2040u);
}

TEST_F(Coalescing, EndsAtASmallerSegmentAndAtPush) {
  add(make_tcp({.sequence = 1000}));
  add(make_tcp({.sequence = 2000, .payload = 10}));
  add(make_tcp({.sequence = 2010}));
  add(make_tcp({.sequence = 3010, .flags = 0x18}));
  add(make_tcp({.sequence = 4010}));
  const auto all = result();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].size(), 1050u);
  EXPECT_EQ(all[1].size(), 2040u);
  EXPECT_EQ(all[1][33], 0x18) << "the push is kept";
}

TEST_F(Coalescing, KeepsAWrongChecksumVisible) {
  Blob wrong = make_tcp({.sequence = 2000});
  wrong.back() ^= 1;
  add(make_tcp({.sequence = 1000}));
  add(wrong);
  const auto all = result();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_FALSE(tcp_checksum_good(all[1]));
}

TEST_F(Coalescing, KeepsTheOrderWithinAFlow) {
  add(make_tcp({.sequence = 1000}));
  add(make_tcp({.sequence = 2000, .flags = 0x11}));  // FIN
  add(test::make_packet({}));
  const auto all = result();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(sequence_of(all[1], 20), 2000u);
  EXPECT_EQ(all[2][9], ipproto::kUdp);
}

TEST_F(Coalescing, StopsAtTheSizeOfAnIpPacket) {
  for (uint32_t i = 0; i < 60; ++i) add(make_tcp({.sequence = 1000 + i * 1400, .payload = 1400}));
  const auto all = result();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_LE(all[0].size(), 65535u);
}

}  // namespace
}  // namespace ike::esp
