#include "esp/fragment_ports.h"

#include <gtest/gtest.h>

#include "unit/esp/support.h"

namespace ike::esp {
namespace {

using test::make_packet;

std::vector<IpPacket> pieces_of(const test::Plain& plain, uint16_t id) {
  Blob packet = make_packet(plain);
  packet[4] = static_cast<uint8_t>(id >> 8);
  packet[5] = static_cast<uint8_t>(id);
  std::vector<Blob> fragments;
  fragment_ipv4(packet, *parse_ip(packet), 1400, fragments);
  std::vector<IpPacket> parsed;
  for (const Blob& fragment : fragments) parsed.push_back(*parse_ip(fragment));
  return parsed;
}

//= RFC 4301 section 7.3: later fragments follow their first one
TEST(FragmentPorts, GivesLaterFragmentsThePortsOfTheirFirst) {
  FragmentPorts ports;
  auto pieces = pieces_of({.payload = 3000}, 7);
  for (IpPacket& piece : pieces) {
    ports.follow(Instant{}, piece);
    EXPECT_TRUE(piece.flow.ports_known);
    EXPECT_EQ(piece.flow.source_port, 1000);
    EXPECT_EQ(piece.flow.destination_port, 2000);
  }
}

TEST(FragmentPorts, KnowsNothingOfOtherPacketsAndOfLongAgo) {
  FragmentPorts ports;
  auto pieces = pieces_of({.payload = 3000}, 7);
  ports.follow(Instant{}, pieces[0]);
  auto other_id = pieces_of({.payload = 3000}, 8);
  auto other_host = pieces_of({.source = "10.1.0.9", .payload = 3000}, 7);
  for (IpPacket* piece : {&other_id[1], &other_host[1]}) {
    ports.follow(Instant{}, *piece);
    EXPECT_FALSE(piece->flow.ports_known);
  }
  ports.follow(Instant{} + seconds(31), pieces[1]);
  EXPECT_FALSE(pieces[1].flow.ports_known);
}

//= RFC 4301 section 7.3: nothing may write over the ports that were checked
TEST(FragmentPorts, RefusesLaterFragmentsThatReachIntoTheUpperHeader) {
  FragmentPorts ports;
  auto pieces = pieces_of({.payload = 3000}, 7);
  ports.follow(Instant{}, pieces[0]);
  pieces[1].fragment_offset = 8;
  ports.follow(Instant{}, pieces[1]);
  EXPECT_FALSE(pieces[1].flow.ports_known);
}

TEST(FragmentPorts, ForgetsTheOldestWhenMoreComeThanItRemembers) {
  FragmentPorts ports;
  std::vector<std::vector<IpPacket>> packets;
  for (uint16_t id = 0; id < 8 * kFragmentsRemembered; ++id) {
    packets.push_back(pieces_of({.payload = 1500}, id));
    ports.follow(Instant{}, packets.back()[0]);
  }
  size_t known = 0;
  for (auto& pieces : packets) {
    ports.follow(Instant{}, pieces[1]);
    known += pieces[1].flow.ports_known ? 1 : 0;
  }
  EXPECT_GT(known, 0u);
  EXPECT_LE(known, kFragmentsRemembered);
}

}  // namespace
}  // namespace ike::esp
