#include "ike/narrow.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace ike::proto {
namespace {

using model::SelectorPair;
using model::TrafficSelector;

TrafficSelector net(std::string_view address, uint8_t length, uint8_t protocol = 0) {
  return TrafficSelector::of({*Address::parse(address), length}, protocol);
}
TrafficSelector port(TrafficSelector s, uint16_t number) {
  s.port_first = s.port_last = number;
  return s;
}

const SelectorPair kWide{net("10.1.0.0", 16), net("10.2.0.0", 16)};

TEST(Narrow, KeepsAnOfferThatIsConfigured) {
  const auto result = narrow({{kWide.local}, {kWide.remote}}, {kWide});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->pairs, std::vector{kWide});
  EXPECT_FALSE(result->additional_possible);
}

//= RFC 7296 section 2.9: the responder may choose a subset
TEST(Narrow, CutsTheOfferToTheConfiguration) {
  const auto result =
      narrow({{net("0.0.0.0", 0)}, {net("10.2.3.0", 24), net("172.16.0.0", 12)}}, {kWide});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->pairs, (std::vector{SelectorPair{kWide.local, net("10.2.3.0", 24)}}));
  EXPECT_EQ(result->sets.remote, model::TrafficSelectors{net("10.2.3.0", 24)});
}

TEST(Narrow, RefusesWhatHasNothingInCommon) {
  const auto result = narrow({{net("192.168.0.0", 16)}, {kWide.remote}}, {kWide});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::refused);
}

//= RFC 7296 section 2.9: the triggering packet's selectors, first in the offer, stay covered
TEST(Narrow, CoversTheTriggeringPacket) {
  const SelectorPair tcp{net("10.1.0.0", 16, 6), net("10.2.0.0", 16, 6)};
  const SelectorPair packet{port(net("10.1.0.7", 32, 6), 4000), port(net("10.2.0.9", 32, 6), 443)};
  const auto result =
      narrow({{packet.local, net("10.1.0.0", 16)}, {packet.remote, net("10.2.0.0", 16)}}, {tcp});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->pairs, std::vector{tcp}) << "the packet is inside, so it is not named apart";
}

TEST(Narrow, PrefersThePairOfThePacketWhenThereIsNoRoomForAll) {
  std::vector<SelectorPair> configured;
  for (uint32_t i = 0; i < 2 * limits::kSelectorPairsMax; ++i) {
    const auto host = Prefix::host(Address::v4(0x0a000000 + 2 * i));
    configured.push_back({TrafficSelector::of(host), kWide.remote});
  }
  const SelectorPair last = configured.back();
  const auto result =
      narrow({{last.local, net("10.0.0.0", 8)}, {last.remote, net("10.2.0.0", 16)}}, configured);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->pairs.front(), last);
  EXPECT_LE(result->pairs.size(), limits::kSelectorPairsMax);
  EXPECT_LE(result->sets.local.size(), limits::kSelectorsMax);
  EXPECT_TRUE(result->additional_possible);
}

TEST(Narrow, DoesNotMixProtocols) {
  const auto result = narrow({{net("10.1.0.0", 16, 6)}, {net("10.2.0.0", 16, 17)}}, {kWide});
  EXPECT_FALSE(result);
}

TEST(Narrow, TakesEachConfiguredPairButNotTheirMixture) {
  const SelectorPair other{net("10.3.0.0", 16), net("10.4.0.0", 16)};
  const auto result =
      narrow({{kWide.local, other.local}, {kWide.remote, other.remote}}, {kWide, other});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->pairs, (std::vector{kWide, other}));
}

TEST(Narrow, GivesTheSameResultAtBothEnds) {
  const SelectorPair other{net("10.3.0.0", 16), net("10.4.0.0", 16)};
  const std::vector<SelectorPair> at_initiator{kWide, other};
  std::vector<SelectorPair> at_responder;
  for (const auto& p : at_initiator) at_responder.push_back({p.remote, p.local});
  const SelectorSets offered = offer_sets(at_initiator, std::nullopt);
  const auto answer = narrow({offered.remote, offered.local}, at_responder);
  ASSERT_TRUE(answer);
  const auto accepted =
      accept_narrowed(offered, {answer->sets.remote, answer->sets.local}, at_initiator);
  ASSERT_TRUE(accepted);
  ASSERT_EQ(accepted->pairs.size(), answer->pairs.size());
  for (size_t i = 0; i < accepted->pairs.size(); ++i) {
    EXPECT_EQ(accepted->pairs[i].local, answer->pairs[i].remote);
    EXPECT_EQ(accepted->pairs[i].remote, answer->pairs[i].local);
  }
}

//= RFC 7296 section 2.9: an answer may be narrower than the offer, not wider
TEST(AcceptNarrowed, RefusesWhatWasNotOffered) {
  const SelectorSets offered{{net("10.1.0.0", 24)}, {kWide.remote}};
  EXPECT_FALSE(accept_narrowed(offered, {{kWide.local}, {kWide.remote}}, {kWide}));
  EXPECT_FALSE(accept_narrowed(offered, {{}, {kWide.remote}}, {kWide}));
  EXPECT_TRUE(accept_narrowed(offered, {{net("10.1.0.4", 30)}, {kWide.remote}}, {kWide}));
}

TEST(OfferSets, PutsThePacketFirst) {
  const SelectorPair packet{net("10.1.0.7", 32), net("10.2.0.9", 32)};
  const SelectorSets sets = offer_sets({kWide}, packet);
  EXPECT_EQ(sets.local, (model::TrafficSelectors{packet.local, kWide.local}));
  EXPECT_EQ(sets.remote, (model::TrafficSelectors{packet.remote, kWide.remote}));
}

//= RFC 7296 section 3.13.1: types that are not known are left out
TEST(SelectorsFromWire, LeavesUnknownTypesOut) {
  wire::v2::Ts ts = to_wire({kWide.local});
  wire::v2::TrafficSelector unknown;
  unknown.type = 10;
  ts.selectors.push_back(unknown);
  EXPECT_EQ(from_wire(ts), model::TrafficSelectors{kWide.local});
}

TEST(ExplainSelectors, TellsWhichSideDoesNotFit) {
  model::Connection west;
  west.name = "west";
  west.origin = {"/etc/iked.conf", 12};
  const std::vector<SelectorPair> flows{kWide};
  EXPECT_EQ(explain_selectors({{kWide.local}, {net("172.16.0.0", 12)}}, {{&west, &flows}}),
            "  the peer asks for 10.1.0.0/16 at our side and 172.16.0.0/12 at its own\n"
            "  policy \"west\" (/etc/iked.conf:12) carries (ours -> the peer's):\n"
            "    10.1.0.0/16 -> 10.2.0.0/16\n"
            "    nothing in common at the peer's side\n");
}

}  // namespace
}  // namespace ike::proto
