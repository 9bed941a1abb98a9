#include "base/events.h"

#include <gtest/gtest.h>

namespace ike::events {
namespace {

const IkeSpi kSpi{0x0123456789abcdef};
Endpoint endpoint(const char* address, uint16_t port) { return {*Address::parse(address), port}; }

TEST(Events, SendLineHasTheShapeAdministratorsSearchFor) {
  MessageSent e{kSpi,
                ExchangeType::ike_sa_init,
                false,
                MessageId{0},
                endpoint("192.0.2.1", 500),
                endpoint("0.0.0.0", 500),
                518,
                false};
  EXPECT_EQ(to_text(e),
            "spi=0x0123456789abcdef: send IKE_SA_INIT req 0 peer 192.0.2.1:500 local 0.0.0.0:500, "
            "518 bytes");
  e.natt = true;
  EXPECT_TRUE(to_text(e).ends_with("518 bytes, NAT-T"));
}

TEST(Events, ReceiveLineNamesThePolicyOnceOneIsChosen) {
  MessageReceived e{kSpi,
                    ExchangeType::ike_sa_init,
                    true,
                    MessageId{0},
                    endpoint("192.0.2.1", 500),
                    endpoint("198.51.100.7", 500),
                    266,
                    "NAME"};
  EXPECT_EQ(to_text(e),
            "spi=0x0123456789abcdef: recv IKE_SA_INIT res 0 peer 192.0.2.1:500 local "
            "198.51.100.7:500, 266 bytes, policy 'NAME'");
  e.policy.clear();
  EXPECT_TRUE(to_text(e).ends_with(", 266 bytes"));
}

TEST(Events, EstablishedLineNamesBothEndsRoleAndSuite) {
  const IkeSaEstablished e{kSpi,
                           IkeSpi{2},
                           endpoint("2001:db8::1", 4500),
                           endpoint("198.51.100.7", 4500),
                           "FQDN/peer.id",
                           "FQDN/my.id",
                           "NAME",
                           false,
                           "enc aes-256-gcm group curve25519 prf hmac-sha2-256"};
  EXPECT_EQ(to_text(e),
            "spi=0x0123456789abcdef: established peer [2001:db8::1]:4500[FQDN/peer.id] local "
            "198.51.100.7:4500[FQDN/my.id] policy 'NAME' as responder (enc aes-256-gcm group "
            "curve25519 prf hmac-sha2-256)");
}

TEST(Events, EndsAreToldWithTheirReason) {
  EXPECT_EQ(to_text(IkeSaGone{kSpi, {}, "p", "retransmit limit reached"}),
            "spi=0x0123456789abcdef: sa_free: retransmit limit reached");
  EXPECT_EQ(to_text(IkeSaRekeyed{kSpi, IkeSpi{1}, "p", "enc aes-256"}),
            "spi=0x0123456789abcdef: rekeyed as new IKESA 0x0000000000000001 (enc aes-256)");
  EXPECT_EQ(to_text(ChildSaGone{kSpi, EspSpi{0xaabbccdd}, EspSpi{1}, "p", ""}),
            "spi=0x0123456789abcdef: deleted 1 SPI: 0xaabbccdd");
}

TEST(Events, RefusalPutsItsExplanationOnLinesOfItsOwn) {
  const NegotiationRefused e{kSpi, endpoint("192.0.2.1", 500), "NO_PROPOSAL_CHOSEN",
                             "peer offers: a\npolicy 'x' takes: b"};
  EXPECT_EQ(to_text(e),
            "spi=0x0123456789abcdef: NO_PROPOSAL_CHOSEN with peer 192.0.2.1:500\n"
            "peer offers: a\npolicy 'x' takes: b");
}

TEST(Events, InformationalExchangesAreDebugTheOthersInfo) {
  MessageSent e;
  e.exchange = ExchangeType::informational;
  EXPECT_EQ(severity_of(e), Severity::debug);
  e.exchange = ExchangeType::create_child_sa;
  EXPECT_EQ(severity_of(e), Severity::info);
  EXPECT_EQ(severity_of(NegotiationRefused{}), Severity::warning);
  EXPECT_EQ(severity_of(Notice{Severity::critical, "x"}), Severity::critical);
}

TEST(Events, FieldsCarryEveryValueUnderAStableName) {
  const Event e = ChildSaEstablished{kSpi,          EspSpi{0x100}, EspSpi{0x200}, "p",
                                     "enc aes-256", "10.0.1.0/24", "10.0.2.0/24", true};
  EXPECT_EQ(name_of(e), "child_sa_established");
  const std::vector<std::pair<std::string_view, std::string>> wanted{
      {"spi_i", "0x0123456789abcdef"}, {"inbound", "0x00000100"},
      {"outbound", "0x00000200"},      {"policy", "p"},
      {"suite", "enc aes-256"},        {"local_ts", "10.0.1.0/24"},
      {"remote_ts", "10.0.2.0/24"},    {"rekeyed", "true"}};
  EXPECT_EQ(fields_of(e), wanted);
}

TEST(Events, MisdeedsTellHowManyWereNotLogged) {
  EXPECT_EQ(to_text(PeerMisbehaved{endpoint("192.0.2.1", 500), "bad length", 24, 17}),
            "peer 192.0.2.1:500: bad length at octet 24 (17 more not logged)");
}

TEST(Events, EveryKindHasANameAndALine) {
  const std::vector<Event> all{MessageSent{},  MessageReceived{},    IkeSaEstablished{},
                               IkeSaRekeyed{}, IkeSaGone{},          ChildSaEstablished{},
                               ChildSaGone{},  NegotiationRefused{}, PeerMisbehaved{},
                               PortFailed{},   PolicyLoaded{},       Notice{{}, "x"}};
  ASSERT_EQ(all.size(), std::variant_size_v<Event>);
  for (const Event& e : all) {
    EXPECT_FALSE(name_of(e).empty());
    EXPECT_FALSE(to_text(e).empty()) << name_of(e);
    EXPECT_FALSE(fields_of(e).empty()) << name_of(e);
  }
}

}  // namespace
}  // namespace ike::events
