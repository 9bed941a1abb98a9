#include "esp/pipeline.h"

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
using test::SaShape;

template <typename Event>
std::vector<Event> events_of(Pipeline& pipeline, Instant now) {
  std::vector<model::KernelEvent> all;
  pipeline.collect(now, all);
  std::vector<Event> found;
  for (const auto& event : all) {
    if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
  }
  return found;
}

TEST(Pipeline, CarriesPacketsOfBothFamiliesThroughATunnel) {
  Ends ends;
  const Blob v4 = make_packet({});
  const Blob v6 = make_packet({.source = "fd01::1", .destination = "fd02::2"});
  EXPECT_EQ(ends.carry(v4), std::vector<Blob>(1, v4));
  EXPECT_EQ(ends.carry(v6), std::vector<Blob>(1, v6));
  EXPECT_EQ(ends.receiver.stats().opened, 2u);
}

TEST(Pipeline, CutsSuperframesIntoOneRunOfEqualPackets) {
  Ends ends;
  const Blob frame = make_tcp({.payload = 10'300});
  const auto arrived = ends.carry(frame, {.gso = Gso::tcp_v4, .segment_size = 1000});
  ASSERT_EQ(arrived.size(), 11u);
  EXPECT_EQ(arrived[0].size(), 1040u);
  EXPECT_EQ(arrived[10].size(), 340u);
  ASSERT_EQ(ends.sent.runs.size(), 1u);
  EXPECT_EQ(ends.sent.runs[0].count, 11u);
}

TEST(Pipeline, LimitsRunsToWhatOneSendTakes) {
  Ends ends;
  ends.sent.clear();
  for (int i = 0; i < 200; ++i) {
    Blob packet = make_packet({});
    ends.sender.outbound(ends.now, packet, {}, ends.sent);
  }
  ASSERT_EQ(ends.sent.runs.size(), 4u);
  for (const auto& run : ends.sent.runs) {
    EXPECT_LE(run.count, kRunPacketsMax);
    EXPECT_LE(run.size, kRunOctetsMax);
  }
}

TEST(Pipeline, StopsWhenTheBatchIsFullAndGoesOnAfterwards) {
  Ends ends;
  ends.sent.clear();
  for (int i = 0; i < 1000; ++i) {
    Blob packet = make_packet({.payload = 1300});
    ends.sender.outbound(ends.now, packet, {}, ends.sent);
  }
  EXPECT_TRUE(ends.sent.wants_flush());
  EXPECT_LT(ends.esp_packets().size(), 1000u);
  EXPECT_EQ(ends.carry(make_packet({})).size(), 1u);
}

//= RFC 4301 section 5.2: what comes out of an SA must fit its selectors
TEST(Pipeline, DropsInnerPacketsOutsideTheSelectors) {
  Ends ends;
  // The sender's own policy is wider than what the receiver agreed to.
  model::InstallSas wider;
  wider.sas.push_back(make_sa({.spi = 0x1001}));
  wider.sas[0].selectors = {make_flow("0.0.0.0/0", "0.0.0.0/0").selectors};
  wider.flows.push_back(make_flow("0.0.0.0/0", "0.0.0.0/0", 7, 1));
  ASSERT_TRUE(ends.sender.install(ends.now, wider, ends.sent));
  model::InstallSas inbound;
  inbound.sas.push_back(make_sa({.spi = 0x1001, .direction = model::Direction::inbound}));
  ASSERT_TRUE(ends.receiver.install(ends.now, inbound, ends.received));
  EXPECT_TRUE(ends.carry(make_packet({.source = "10.9.0.1"})).empty());
  EXPECT_EQ(ends.receiver.stats().selector_mismatch, 1u);
  EXPECT_EQ(ends.carry(make_packet({})).size(), 1u);
}

TEST(Pipeline, DropsReplayedForgedAndUnknownPackets) {
  Ends ends;
  ends.carry(make_packet({}));
  const Blob esp = ends.esp_packets().at(0);
  EXPECT_TRUE(ends.receive(esp).empty());
  EXPECT_EQ(ends.receiver.stats().replayed, 1u);
  ends.sent.clear();
  Blob packet = make_packet({});
  ends.sender.outbound(ends.now, packet, {}, ends.sent);
  Blob forged = ends.esp_packets().at(0);
  forged[30] ^= 1;
  EXPECT_TRUE(ends.receive(forged).empty());
  EXPECT_FALSE(ends.receive(ends.esp_packets().at(0)).empty())
      << "a forgery must not use up its number";
  Blob unknown = esp;
  unknown[0] ^= 0xff;
  EXPECT_TRUE(ends.receive(unknown).empty());
  EXPECT_EQ(ends.receiver.stats().unknown_spi, 1u);
  const auto counters = ends.receiver.query(ends.now, {{}, {make_sa({}).id}});
  ASSERT_EQ(counters.size(), 1u);
  EXPECT_EQ(counters[0].replayed, 1u);
  EXPECT_EQ(counters[0].failed, 1u);
  EXPECT_EQ(counters[0].packets, 2u);
  EXPECT_EQ(counters[0].bytes, 2 * 128u);
}

//= RFC 4301 section 5.1.2.1: DSCP and ECN go to the outer header
TEST(Pipeline, CopiesTrafficClassOutAndCongestionIn) {
  Ends ends;
  ends.carry(make_packet({.tos = 0xba}));
  EXPECT_EQ(ends.sent.runs.at(0).tos, 0xba);
  ends.sent.clear();
  Blob packet = make_packet({.tos = 0xba});
  ends.sender.outbound(ends.now, packet, {}, ends.sent);
  const Blob inner = ends.receive(ends.esp_packets().at(0), {address("192.0.2.1"), 0}, 0x03);
  EXPECT_EQ(parse_ip(inner)->tos, 0xbb);
}

TEST(Pipeline, AnswersTooBigOrFragmentsByTheDontFragmentBit) {
  Ends ends;
  ends.sender.set_path_mtu(address("192.0.2.2"), 1000);
  EXPECT_TRUE(ends.carry(make_packet({.payload = 1200, .dont_fragment = true})).empty());
  ASSERT_EQ(ends.sent.to_inside.size(), 1u);
  const Blob& answer = ends.sent.to_inside[0];
  const unsigned mtu = answer[26] * 256u + answer[27];
  EXPECT_LT(mtu, 1000u);
  EXPECT_EQ(ends.carry(make_packet({.payload = mtu - 28, .dont_fragment = true})).size(), 1u);
  EXPECT_EQ(ends.esp_packets().at(0).size() + 20, 1000u) << "exactly what the path takes";
  const auto pieces = ends.carry(make_packet({.payload = 1200}));
  EXPECT_EQ(pieces.size(), 2u);
  for (const Blob& esp : ends.esp_packets()) EXPECT_LE(esp.size() + 20, 1000u);
}

TEST(Pipeline, CarriesSuperframesWhoseSegmentsJustFit) {
  Ends ends;
  ends.sender.set_path_mtu(address("192.0.2.2"), 1000);
  ends.carry(make_packet({.payload = 1200, .dont_fragment = true}));
  const Blob& answer = ends.sent.to_inside.at(0);
  const unsigned mtu = answer[26] * 256u + answer[27];
  const auto fits = static_cast<uint16_t>(mtu - 40);  // without the headers of IPv4 and TCP
  const Blob frame = make_tcp({.payload = 3 * size_t{fits}});
  EXPECT_EQ(ends.carry(frame, {.gso = Gso::tcp_v4, .segment_size = fits}).size(), 3u);
  const auto one_more = static_cast<uint16_t>(fits + 1);
  EXPECT_TRUE(ends.carry(frame, {.gso = Gso::tcp_v4, .segment_size = one_more}).empty());
  EXPECT_EQ(ends.sent.to_inside.size(), 1u) << "told what fits";
}

//= RFC 8200 section 5: nobody is told less than 1280; the ESP packets are cut instead
TEST(Pipeline, NeverTellsIpv6SendersLessThan1280) {
  for (const bool v6_outside : {false, true}) {
    Ends ends({.v6_outside = v6_outside});
    ends.sender.set_path_mtu(address(v6_outside ? "2001:db8::2" : "192.0.2.2"), 1280);
    const auto of = [](size_t size) {
      return make_packet({.source = "fd01::1", .destination = "fd02::2", .payload = size - 48});
    };
    EXPECT_EQ(ends.carry(of(1280)).size(), 1u);
    EXPECT_TRUE(ends.sent.runs.at(0).may_fragment);
    EXPECT_EQ(ends.carry(of(1000)).size(), 1u);
    EXPECT_FALSE(ends.sent.runs.at(0).may_fragment);
    EXPECT_TRUE(ends.carry(of(1281)).empty());
    const Blob& answer = ends.sent.to_inside.at(0);
    EXPECT_EQ(answer[46] * 256u + answer[47], 1280u);
  }
}

TEST(Pipeline, KeepsPacketsThatMayBeCutInRunsOfTheirOwn) {
  Ends ends;
  ends.sender.set_path_mtu(address("192.0.2.2"), 1280);
  ends.sent.clear();
  for (const size_t payload : {1000u, 1230u, 1000u}) {
    Blob packet = make_packet({.source = "fd01::1", .destination = "fd02::2", .payload = payload});
    ends.sender.outbound(ends.now, packet, {}, ends.sent);
  }
  ASSERT_EQ(ends.sent.runs.size(), 3u);
  EXPECT_TRUE(ends.sent.runs[1].may_fragment);
}

class PortFlow : public testing::Test {
 protected:
  PortFlow() {
    model::InstallSas out, in;
    out.sas.push_back(make_sa({.spi = 0x5000, .reqid = 30}));
    in.sas.push_back(make_sa({.spi = 0x5000, .direction = model::Direction::inbound, .reqid = 30}));
    auto flow = make_flow("10.1.0.0/16", "10.2.0.0/16", 30, 1);
    flow.selectors.local.protocol = flow.selectors.remote.protocol = ipproto::kUdp;
    flow.selectors.remote.port_first = flow.selectors.remote.port_last = 2000;
    out.sas[0].selectors = {flow.selectors};
    in.sas[0].selectors = {{flow.selectors.remote, flow.selectors.local}};
    out.flows = {flow};
    ends_.sender.flush_all();
    ends_.receiver.flush_all();
    EXPECT_TRUE(ends_.sender.install(ends_.now, out, ends_.sent));
    EXPECT_TRUE(ends_.receiver.install(ends_.now, in, ends_.received));
  }
  // What becomes of a packet's fragments, the first one left out on demand.
  std::vector<Blob> carry_fragments(const Blob& packet, bool with_first = true) {
    std::vector<Blob> fragments, arrived;
    fragment_ipv4(packet, *parse_ip(packet), 1000, fragments);
    clear_ = 0;
    for (size_t i = with_first ? 0 : 1; i < fragments.size(); ++i) {
      for (Blob& one : ends_.carry(fragments[i])) arrived.push_back(std::move(one));
      clear_ += ends_.sent.clear_text.size();
    }
    return arrived;
  }
  Ends ends_;
  size_t clear_ = 0;
};

//= RFC 4301 section 5.1: outbound packets fall under the flow's protocol and ports, or go their way
TEST_F(PortFlow, ProtectsItsPortsAndPassesOthers) {
  EXPECT_EQ(ends_.carry(make_packet({})).size(), 1u);
  EXPECT_TRUE(ends_.carry(make_packet({.destination_port = 2001})).empty());
  EXPECT_EQ(ends_.sent.clear_text.size(), 1u);
  EXPECT_TRUE(ends_.carry(make_packet({.protocol = ipproto::kTcp, .payload = 40})).empty());
  EXPECT_EQ(ends_.sent.clear_text.size(), 1u);
}

//= RFC 4301 section 7.3: later fragments go with their first one, never in the clear
TEST_F(PortFlow, CarriesAllFragmentsOfAPacketAlike) {
  EXPECT_EQ(carry_fragments(make_packet({.payload = 2500})).size(), 3u);
  EXPECT_EQ(clear_, 0u);
  Blob other = make_packet({.destination_port = 2001, .payload = 2500});
  other[5] = 9;
  set_ipv4_checksum(other);
  EXPECT_TRUE(carry_fragments(other).empty());
  EXPECT_EQ(clear_, 3u);
}

TEST_F(PortFlow, DropsFragmentsWhosePortsNobodyKnows) {
  EXPECT_TRUE(carry_fragments(make_packet({.payload = 2500}), false).empty());
  EXPECT_EQ(clear_, 0u);
  EXPECT_EQ(ends_.sender.stats().not_carried, 2u);
  carry_fragments(make_packet({.destination = "172.16.0.1", .payload = 2500}), false);
  EXPECT_EQ(clear_, 2u) << "no flow could cover these";
}

TEST(Pipeline, IgnoresForgedTinyPathMtus) {
  Ends ends;
  ends.sender.set_path_mtu(address("192.0.2.2"), 68);
  EXPECT_EQ(ends.carry(make_packet({.payload = 400, .dont_fragment = true})).size(), 1u);
}

TEST(Pipeline, CarriesTransportModeUnderTheOuterAddresses) {
  Ends ends({.mode = model::Mode::transport});
  const Blob packet = make_packet({.source = "192.0.2.1", .destination = "192.0.2.2"});
  const auto arrived = ends.carry(packet);
  ASSERT_EQ(arrived.size(), 1u);
  EXPECT_EQ(to_hex(arrived[0]), to_hex(packet));
  EXPECT_LT(ends.esp_packets().at(0).size(), packet.size() + 36) << "without the inner header";
}

//= RFC 3948 section 3.1.2: checksums are made anew behind a NAT in transport mode
TEST(Pipeline, RepairsChecksumsBehindANatInTransportMode) {
  Ends ends({.mode = model::Mode::transport, .encapsulated = true});
  ends.sent.clear();
  Blob packet = make_packet({.source = "192.0.2.1", .destination = "192.0.2.2"});
  ends.sender.outbound(ends.now, packet, {}, ends.sent);
  model::InstallSas natted;
  natted.sas.push_back(make_sa({.spi = 0x1000,
                                .direction = model::Direction::inbound,
                                .mode = model::Mode::transport,
                                .encapsulated = true}));
  natted.sas[0].selectors = {make_flow("192.0.2.2/32", "198.51.100.0/24").selectors};
  ends.receiver.flush_all();
  ASSERT_TRUE(ends.receiver.install(ends.now, natted, ends.received));
  const Blob inner = ends.receive(ends.esp_packets().at(0), {address("198.51.100.7"), 1234});
  ASSERT_FALSE(inner.empty());
  EXPECT_EQ(to_hex(inner),
            to_hex(make_packet({.source = "198.51.100.7", .destination = "192.0.2.2"})));
}

TEST(Pipeline, ReportsANewSourceOfAuthenticPacketsOnce) {
  Ends ends({.encapsulated = true});
  for (int i = 0; i < 3; ++i) {
    ends.sent.clear();
    Blob packet = make_packet({});
    ends.sender.outbound(ends.now, packet, {}, ends.sent);
    ends.receive(ends.esp_packets().at(0), {address("198.51.100.7"), 1234});
  }
  const auto changes = events_of<model::MappingChanged>(ends.receiver, ends.now);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].source.text(), "198.51.100.7:1234");
  EXPECT_EQ(changes[0].id, make_sa({}).id);
}

class Held : public testing::Test {
 protected:
  Held() {
    model::InstallSas only_flow;
    only_flow.flows.push_back(make_flow("10.1.0.0/16", "10.2.0.0/16", 9, 1));
    EXPECT_TRUE(ends_.sender.install(ends_.now, only_flow, ends_.sent));
  }
  void send(uint16_t port, Duration after = Duration(0)) {
    Blob packet = make_packet({.destination_port = port});
    ends_.sender.outbound(ends_.now + after, packet, {}, ends_.sent);
  }
  Ends ends_;
};

//= RFC 4301 section 4.4.1: a packet may wait for the SA that it asks for
TEST_F(Held, PacketsAskForAnSaOnceAndLeaveWithIt) {
  send(1);
  send(2);
  const auto acquires = events_of<model::Acquire>(ends_.sender, ends_.now);
  ASSERT_EQ(acquires.size(), 1u);
  EXPECT_EQ(acquires[0].reqid, ReqId(9));
  EXPECT_EQ(acquires[0].packet.local.addresses.text(), "10.1.0.1");
  EXPECT_EQ(acquires[0].packet.remote.addresses.text(), "10.2.0.2");
  EXPECT_EQ(acquires[0].packet.remote.port_first, 1);
  EXPECT_TRUE(ends_.sent.runs.empty());
  model::InstallSas sas;
  sas.sas.push_back(make_sa({.spi = 0x2000, .reqid = 9}));
  ASSERT_TRUE(ends_.sender.install(ends_.now, sas, ends_.sent));
  EXPECT_EQ(ends_.esp_packets().size(), 2u);
}

TEST_F(Held, PacketsAreBoundedAndTheOldestGoFirst) {
  for (uint16_t i = 0; i < limits::kPacketsHeldPerFlowMax + 5; ++i) send(i);
  EXPECT_EQ(ends_.sender.stats().held_dropped, 5u);
  model::InstallSas sas;
  sas.sas.push_back(make_sa({.spi = 0x2000, .reqid = 9}));
  ASSERT_TRUE(ends_.sender.install(ends_.now, sas, ends_.sent));
  EXPECT_EQ(ends_.esp_packets().size(), limits::kPacketsHeldPerFlowMax);
}

TEST_F(Held, AnSaIsAskedForAgainAfterAWhile) {
  send(1);
  send(1, seconds(5));
  send(1, seconds(11));
  EXPECT_EQ(events_of<model::Acquire>(ends_.sender, ends_.now).size(), 2u);
}

TEST(Pipeline, UsesTheNewestOutboundSaAndTheOldInboundUntilRemoved) {
  Ends ends;
  model::InstallSas newer_in, newer_out;
  newer_in.sas.push_back(
      make_sa({.spi = 0x1001, .direction = model::Direction::inbound, .key = 9}));
  newer_out.sas.push_back(make_sa({.spi = 0x1001, .key = 9}));
  ends.carry(make_packet({}));
  const auto spi_of = [&] { return parse_esp_header(ends.esp_packets().at(0))->spi; };
  EXPECT_EQ(spi_of(), EspSpi(0x1000));
  ASSERT_TRUE(ends.receiver.install(ends.now, newer_in, ends.received));
  EXPECT_EQ(ends.carry(make_packet({})).size(), 1u);
  ASSERT_TRUE(ends.sender.install(ends.now, newer_out, ends.sent));
  EXPECT_EQ(ends.carry(make_packet({})).size(), 1u);
  EXPECT_EQ(spi_of(), EspSpi(0x1001));
  ends.sender.remove({{}, {make_sa({.spi = 0x1001}).id}, {}});
  EXPECT_EQ(ends.carry(make_packet({})).size(), 1u);
  EXPECT_EQ(spi_of(), EspSpi(0x1000));
}

TEST(Pipeline, InstallsAllOrNothing) {
  Ends ends;
  model::InstallSas request;
  request.sas.push_back(make_sa({.spi = 0x3000}));
  request.sas.push_back(make_sa({.spi = 0x1000}));  // taken
  request.flows.push_back(make_flow("10.7.0.0/16", "10.8.0.0/16"));
  EXPECT_EQ(ends.sender.install(ends.now, request, ends.sent).error().fault, Fault::refused);
  EXPECT_TRUE(ends.sender.query(ends.now, {{}, {make_sa({.spi = 0x3000}).id}}).empty());
  EXPECT_EQ(ends.sender.spd().exact(ReqId(7), request.flows[0].selectors), nullptr);
}

TEST(Pipeline, ExpiresSoftThenHardByTime) {
  Ends ends;
  model::InstallSas request;
  request.sas.push_back(make_sa({.spi = 0x3000}));
  request.sas[0].limits = {.soft_time = seconds(10), .hard_time = seconds(20)};
  ASSERT_TRUE(ends.sender.install(ends.now, request, ends.sent));
  EXPECT_EQ(ends.sender.next_deadline(), ends.now + seconds(10));
  EXPECT_TRUE(events_of<model::Expired>(ends.sender, ends.now + seconds(9)).empty());
  const auto soft = events_of<model::Expired>(ends.sender, ends.now + seconds(10));
  ASSERT_EQ(soft.size(), 1u);
  EXPECT_FALSE(soft[0].hard);
  EXPECT_EQ(ends.sender.next_deadline(), ends.now + seconds(20));
  const auto hard = events_of<model::Expired>(ends.sender, ends.now + seconds(20));
  ASSERT_EQ(hard.size(), 1u);
  EXPECT_TRUE(hard[0].hard);
  EXPECT_TRUE(ends.sender.query(ends.now, {{}, {request.sas[0].id}}).empty());
  EXPECT_EQ(ends.sender.next_deadline(), std::nullopt);
}

TEST(Pipeline, ExpiresByVolumeAndSendsNothingBeyondTheHardLimit) {
  Ends ends;
  model::InstallSas request;
  request.sas.push_back(make_sa({.spi = 0x3000}));
  request.sas[0].limits = {.soft_bytes = 200, .hard_bytes = 300};
  ASSERT_TRUE(ends.sender.install(ends.now, request, ends.sent));
  const auto send = [&] {
    ends.sent.clear();
    Blob packet = make_packet({});  // 128 octets
    ends.sender.outbound(ends.now, packet, {}, ends.sent);
    return parse_esp_header(ends.esp_packets().at(0))->spi;
  };
  EXPECT_EQ(send(), EspSpi(0x3000));
  EXPECT_TRUE(events_of<model::Expired>(ends.sender, ends.now).empty());
  EXPECT_EQ(send(), EspSpi(0x3000));
  const auto soft = events_of<model::Expired>(ends.sender, ends.now);
  ASSERT_EQ(soft.size(), 1u);
  EXPECT_FALSE(soft[0].hard);
  EXPECT_EQ(send(), EspSpi(0x3000));
  const auto hard = events_of<model::Expired>(ends.sender, ends.now);
  ASSERT_EQ(hard.size(), 1u);
  EXPECT_TRUE(hard[0].hard);
  EXPECT_EQ(send(), EspSpi(0x1000)) << "the older SA, which is still there";
}

TEST(Pipeline, TellsEachExpiryOnceWhicheverLimitComesFirst) {
  Ends ends;
  model::InstallSas request;
  request.sas.push_back(make_sa({.spi = 0x3000}));
  request.sas[0].limits = {seconds(10), seconds(20), 200, 1'000'000};
  ASSERT_TRUE(ends.sender.install(ends.now, request, ends.sent));
  std::vector<model::Expired> told;
  for (int second = 0; second < 40; ++second) {
    for (int i = 0; i < 4; ++i) {
      ends.sent.clear();
      Blob packet = make_packet({});
      ends.sender.outbound(ends.now + seconds(second), packet, {}, ends.sent);
      for (auto& one : events_of<model::Expired>(ends.sender, ends.now + seconds(second))) {
        told.push_back(one);
      }
    }
  }
  ASSERT_EQ(told.size(), 2u) << "soft by octets in the first second, hard by time";
  EXPECT_FALSE(told[0].hard);
  EXPECT_TRUE(told[1].hard);
}

TEST(Pipeline, EndsAnInboundSaAtItsHardLimit) {
  Ends ends;
  model::InstallSas request;
  request.sas.push_back(make_sa({.spi = 0x3000, .direction = model::Direction::inbound}));
  request.sas[0].limits = {.hard_bytes = 256};
  ends.receiver.flush_all();
  ASSERT_TRUE(ends.receiver.install(ends.now, request, ends.received));
  model::InstallSas out;
  out.sas.push_back(make_sa({.spi = 0x3000}));
  ASSERT_TRUE(ends.sender.install(ends.now, out, ends.sent));
  EXPECT_EQ(ends.carry(make_packet({})).size(), 1u);
  EXPECT_EQ(ends.carry(make_packet({})).size(), 1u);
  EXPECT_TRUE(ends.carry(make_packet({})).empty()) << "used up, though nobody looked yet";
  const auto told = events_of<model::Expired>(ends.receiver, ends.now);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].hard);
}

TEST(Pipeline, TellsHowLongAnSaHasBeenIdle) {
  Ends ends;
  const auto idle = [&](Duration at) {
    return ends.sender.query(ends.now + at, {{}, {make_sa({}).id}}).at(0).since_last_use;
  };
  EXPECT_EQ(idle(seconds(5)), seconds(-1)) << "never used";
  ends.carry(make_packet({}));
  EXPECT_EQ(idle(seconds(0)), seconds(0));
  EXPECT_EQ(idle(seconds(7)), seconds(7));
  ends.now += seconds(10);
  ends.carry(make_packet({}));
  EXPECT_EQ(idle(seconds(1)), seconds(1));
}

TEST(Pipeline, MovesSasWithTheirNumbersToNewAddresses) {
  Ends ends;
  ends.carry(make_packet({}));
  model::MoveSas request;
  request.reqid = ReqId(7);
  request.sas.push_back({make_sa({}).id, address("203.0.113.1"), address("203.0.113.2"),
                         model::Encapsulation{4500, 5555}});
  request.tunnel_local = address("203.0.113.1");
  request.tunnel_remote = address("203.0.113.2");
  ASSERT_TRUE(ends.sender.move(request));
  EXPECT_EQ(ends.carry(make_packet({})).size(), 1u);
  const auto& run = ends.sent.runs.at(0);
  EXPECT_EQ(run.path.destination.text(), "203.0.113.2");
  EXPECT_EQ(run.path.encapsulation->destination_port, 5555);
  EXPECT_EQ(parse_esp_header(ends.esp_packets().at(0))->sequence, 2u);
  EXPECT_FALSE(ends.sender.move(request)) << "it is not there any more";
}

TEST(Pipeline, DiscardsAndPassesByTheRules) {
  Ends ends;
  model::InstallSas rules;
  auto discard = make_flow("10.1.0.0/16", "10.2.9.0/24", 20, 1);
  discard.action = model::FlowAction::discard;
  auto bypass = make_flow("10.1.0.0/16", "10.2.8.0/24", 21, 1);
  bypass.action = model::FlowAction::bypass;
  rules.flows = {discard, bypass};
  ASSERT_TRUE(ends.sender.install(ends.now, rules, ends.sent));
  Blob dropped = make_packet({.destination = "10.2.9.1"});
  Blob passed = make_packet({.destination = "10.2.8.1"});
  Blob unknown = make_packet({.destination = "172.16.0.1"});
  ends.sender.outbound(ends.now, dropped, {}, ends.sent);
  EXPECT_TRUE(ends.sent.runs.empty() && ends.sent.clear_text.empty());
  ends.sender.outbound(ends.now, passed, {}, ends.sent);
  ends.sender.outbound(ends.now, unknown, {}, ends.sent);
  EXPECT_TRUE(ends.sent.runs.empty());
  ASSERT_EQ(ends.sent.clear_text.size(), 2u);
  EXPECT_TRUE(equal(ends.sent.clear_text[0], passed));
}

//= RFC 4303 section 3.3.3: numbers without extension never wrap
TEST(Sa, AsksForASuccessorBeforeItsNumbersEnd) {
  const auto provider = std::make_unique<Ends>();
  const auto spec = make_sa({});
  auto codec = PacketCodec::make(*provider->provider, spec);
  Sa sa(spec, std::move(*codec), Instant{});
  EXPECT_FALSE(sa.met_a_limit());
  sa.sequence = sa.sequence_soft;
  EXPECT_TRUE(sa.met_a_limit() && !sa.exhausted());
  sa.sequence = 0xffff'ffff;
  EXPECT_TRUE(sa.exhausted());
}

}  // namespace
}  // namespace ike::esp
