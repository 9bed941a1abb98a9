// Each bound of the userspace data plane, reached.
#include "esp/bounds.h"

#include <gtest/gtest.h>

#include "unit/esp/support.h"

namespace ike::esp {
namespace {

using test::address;
using test::Ends;
using test::make_flow;
using test::make_packet;
using test::make_sa;
using test::make_tcp;

model::InstallSas sas(std::initializer_list<uint32_t> spis) {
  model::InstallSas request;
  for (const uint32_t spi : spis) request.sas.push_back(make_sa({.spi = spi}));
  return request;
}
model::InstallSas flows(size_t first, size_t count) {
  model::InstallSas request;
  for (size_t i = first; i < first + count; ++i) {
    request.flows.push_back(
        make_flow("10.1.0.0/16", ("10.9." + std::to_string(i) + ".0/24").c_str(), 50, 1));
  }
  return request;
}

class Bounded : public testing::Test {
 protected:
  Bounded() : pipeline_(*ends_.provider, ends_.random, bounds()) {}
  static Bounds bounds() {
    Bounds b;
    b.sas = 3;
    b.flows = 4;
    b.held_per_flow = 2;
    b.held_octets_per_flow = 1000;
    b.held = 5;
    b.path_mtus = 2;
    b.answers_per_second = 1;
    b.answers_at_once = 2;
    return b;
  }
  Result<void> install(const model::InstallSas& request) {
    return pipeline_.install(now_, request, out_);
  }
  void send(const char* destination, size_t payload = 100, bool dont_fragment = false) {
    packet_ = make_packet(
        {.destination = destination, .payload = payload, .dont_fragment = dont_fragment});
    pipeline_.outbound(now_, packet_, {}, out_);
  }

  Ends ends_;
  Pipeline pipeline_;
  Batch out_;
  Blob packet_;
  Instant now_{};
};

TEST_F(Bounded, SasBeyondTheBoundAreRefusedAsAWhole) {
  ASSERT_TRUE(install(sas({0x1000, 0x1001})));
  EXPECT_EQ(install(sas({0x1002, 0x1003})).error().fault, Fault::limit);
  EXPECT_TRUE(install(sas({0x1002})));
  EXPECT_EQ(install(sas({0x1003})).error().fault, Fault::limit);
  pipeline_.remove({{}, {make_sa({.spi = 0x1000}).id}, {}});
  EXPECT_TRUE(install(sas({0x1003}))) << "room again";
}

TEST_F(Bounded, FlowsBeyondTheBoundAreRefusedAndKnownOnesUpdated) {
  ASSERT_TRUE(install(flows(0, 4)));
  EXPECT_EQ(install(flows(4, 1)).error().fault, Fault::limit);
  EXPECT_TRUE(install(flows(0, 4)));
  EXPECT_EQ(pipeline_.spd().size(), 4u);
}

TEST_F(Bounded, HeldPacketsAreBoundedByFlowByOctetsAndInAll) {
  ASSERT_TRUE(install(flows(0, 4)));
  for (int i = 0; i < 3; ++i) send("10.9.0.1");
  EXPECT_EQ(pipeline_.stats().held_dropped, 1u) << "two a flow";
  send("10.9.1.1", 600);
  send("10.9.1.1", 600);
  EXPECT_EQ(pipeline_.stats().held_dropped, 2u) << "1000 octets a flow";
  send("10.9.2.1");
  send("10.9.2.1");
  send("10.9.3.1");
  EXPECT_EQ(pipeline_.stats().held_dropped, 3u) << "five in all";
}

TEST_F(Bounded, PathMtusAreLearntAnewWhenThereAreTooMany) {
  ASSERT_TRUE(install(sas({0x1000})));
  auto flow = make_flow("10.1.0.0/16", "10.2.0.0/16");
  model::InstallSas request;
  request.flows = {flow};
  ASSERT_TRUE(install(request));
  pipeline_.set_path_mtu(address("192.0.2.2"), 1000);
  send("10.2.0.2", 1200, true);
  EXPECT_EQ(pipeline_.stats().too_big, 1u);
  pipeline_.set_path_mtu(address("192.0.2.3"), 1000);
  pipeline_.set_path_mtu(address("192.0.2.4"), 1000);
  send("10.2.0.2", 1200, true);
  EXPECT_EQ(pipeline_.stats().too_big, 1u) << "forgotten, so 1500 again";
}

//= RFC 4443 section 2.4: errors are limited in rate
TEST_F(Bounded, IcmpErrorsAreLimitedInRate) {
  ASSERT_TRUE(install(sas({0x1000})));
  model::InstallSas request;
  request.flows = {make_flow("10.1.0.0/16", "10.2.0.0/16")};
  ASSERT_TRUE(install(request));
  for (int i = 0; i < 5; ++i) send("10.2.0.2", 1490, true);
  EXPECT_EQ(out_.to_inside.size(), 2u);
  EXPECT_EQ(pipeline_.stats().answers_withheld, 3u);
  now_ += seconds(1);
  for (int i = 0; i < 5; ++i) send("10.2.0.2", 1490, true);
  EXPECT_EQ(out_.to_inside.size(), 3u) << "one a second from then on";
  now_ += seconds(1000);
  for (int i = 0; i < 5; ++i) send("10.2.0.2", 1490, true);
  EXPECT_EQ(out_.to_inside.size(), 5u) << "and not more at once for having waited";
}

TEST(Bounds, ABatchHoldsSoManyIcmpErrors) {
  Ends ends;
  Bounds generous;
  generous.answers_at_once = 1000;
  Pipeline pipeline(*ends.provider, ends.random, generous);
  Batch out;
  auto request = sas({0x1000});
  request.flows = {make_flow("10.1.0.0/16", "10.2.0.0/16")};
  ASSERT_TRUE(pipeline.install(ends.now, request, out));
  for (size_t i = 0; i < kBatchAnswersMax + 10; ++i) {
    Blob packet = make_packet({.payload = 1490, .dont_fragment = true});
    pipeline.outbound(ends.now, packet, {}, out);
  }
  EXPECT_EQ(out.to_inside.size(), kBatchAnswersMax);
}

TEST(Bounds, ABatchTakesTheLargestSuperframeUntilItWantsFlush) {
  Ends ends;
  ends.sent.clear();
  size_t frames = 0;
  while (!ends.sent.wants_flush()) {
    // Small segments cost the most octets around them.
    Blob frame = make_tcp({.payload = 65'000});
    ends.sender.outbound(ends.now, frame, {.gso = Gso::tcp_v4, .segment_size = 536}, ends.sent);
    ++frames;
  }
  size_t packets = 0;
  for (const auto& run : ends.sent.runs) packets += run.count;
  EXPECT_EQ(packets, frames * ((65'000 + 535) / 536)) << "nothing was cut off";
}

TEST(Bounds, SuperframesStopGrowingAtTheirLargestSize) {
  Coalescer coalescer;
  std::vector<Blob> packets;
  constexpr size_t kCount = 200;
  for (uint32_t i = 0; i < kCount; ++i) {
    packets.push_back(make_tcp({.sequence = 1000 + i * 1000, .payload = 1000}));
  }
  for (Blob& packet : packets) coalescer.add(packet, *parse_ip(packet), true);
  size_t segments = 0;
  for (const Delivery& delivery : coalescer.finish()) {
    size_t size = delivery.head.size();
    for (const Bytes piece : delivery.pieces) size += piece.size();
    EXPECT_LE(size, kSuperframeMax);
    EXPECT_LE(delivery.pieces.size(), kSuperframePiecesMax);
    segments += 1 + delivery.pieces.size();
  }
  EXPECT_EQ(segments, kCount);
}

TEST(Bounds, SuperframesHaveSoManyPiecesAndSoManyGrowAtOnce) {
  Coalescer coalescer;
  std::vector<Blob> packets;
  for (uint32_t i = 0; i < 300; ++i) {
    packets.push_back(make_tcp({.sequence = 1000 + i * 10, .payload = 10}));
  }
  for (Blob& packet : packets) coalescer.add(packet, *parse_ip(packet), true);
  ASSERT_EQ(coalescer.finish().size(), (300 + kSuperframePiecesMax) / (kSuperframePiecesMax + 1));
  EXPECT_EQ(coalescer.finish().front().pieces.size(), kSuperframePiecesMax);
  coalescer.clear();
  packets.clear();
  // More flows than may grow, packet by packet in turn: none can be joined, none is lost.
  for (uint8_t round = 0; round < 2; ++round) {
    for (uint8_t flow = 0; flow <= kSuperframesOpenMax; ++flow) {
      packets.push_back(make_tcp({.sequence = 1000u + round * 100u, .payload = 100}));
      packets.back()[15] = static_cast<uint8_t>(10 + flow);
      refresh_upper_checksum(packets.back(), *parse_ip(packets.back()));
      set_ipv4_checksum(packets.back());
    }
  }
  for (Blob& packet : packets) coalescer.add(packet, *parse_ip(packet), true);
  EXPECT_EQ(coalescer.finish().size(), packets.size());
}

}  // namespace
}  // namespace ike::esp
