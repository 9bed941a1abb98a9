// One IKE SA with a host that writes everything down, and its peer: whatever that one sends is
// sealed with the right keys.
#pragma once

#include <gtest/gtest.h>

#include "ike/authenticator.h"
#include "ikev2/dispatch.h"
#include "ikev2/envelope.h"
#include "ikev2/exchanges/exchange.h"
#include "machine/table_host.h"
#include "wire/v2/notify_data.h"

namespace ike::v2::test {

// A host whose clock can be set and that keeps what is sent.
class BenchHost final : public TableHost {
 public:
  struct Datagram {
    Endpoint from, to;
    Packet packet;
  };
  Instant now() const override { return clock; }
  void send(const Endpoint& from, const Endpoint& to, Packet packet) override {
    sent.push_back({from, to, std::move(packet)});
  }
  Instant clock{hours(1)};
  std::vector<Datagram> sent;
};

struct PeerBench {
  PeerBench() {
    using model::Transform;
    auto c = std::make_shared<model::Connection>();
    c->name = "bench";
    c->local_id = model::Identity::from_name("us.example");
    c->remote_id = model::Identity::from_name("peer.example");
    model::Proposal ike;
    ike.protocol = ProtocolId::ike;
    ike.number = 1;
    ike.transforms = {Transform::encr(Encr::aes_gcm_16, 256), Transform::prf(PrfId::hmac_sha2_256),
                      Transform::ke(KeMethod::curve25519)};
    c->ike_proposals = {ike};
    model::ChildTemplate t;
    model::Proposal esp;
    esp.number = 1;
    esp.protocol = ProtocolId::esp;
    esp.transforms = {Transform::encr(Encr::aes_gcm_16, 256), Transform::esn(Esn::no)};
    t.proposals = {esp};
    t.selectors = {{model::TrafficSelector::of(Prefix{Address::v4(10, 1, 0, 0), 16}),
                    model::TrafficSelector::of(Prefix{Address::v4(10, 2, 0, 0), 16})}};
    c->children = {t};
    host.connection = c;
    sa.connection = c;
    sa.lineage = std::make_shared<const IkeSpi>();
    sa.local = {Address::v4(192, 0, 2, 1), 500};
    sa.remote = {Address::v4(192, 0, 2, 2), 500};
    sa.spi_i = IkeSpi(0x0100000000000001);
    sa.spi_r = IkeSpi(0x0200000000000002);
    sa.initiator = true;
    sa.suite.encr = Encr::aes_gcm_16;
    sa.suite.encr_key_bits = 256;
    sa.suite.prf = PrfId::hmac_sha2_256;
    sa.suite.ke = KeMethod::curve25519;
    const Blob nonce(32, 7), shared(32, 9);
    sa.keys = *derive_keys(host.provider(), sa.suite, {shared, nonce, nonce, sa.spi_i, sa.spi_r});
    const Blob mac(32, 3);
    sa.life = Established{*proto::Authenticator::check_mac(*c->remote_id, mac, mac), {}};
  }

  ChildSa& add_child(uint32_t spi) {
    auto c = std::make_unique<ChildSa>();
    c->state = ChildSa::State::installed;
    c->loaded = true;
    c->inbound = EspSpi(spi);
    c->outbound = EspSpi(spi + 1);
    c->reqid = ReqId(7);
    c->algorithms = {Encr::aes_gcm_16, 256, Integ::none, Esn::no};
    c->selectors = sa.connection->children[0].selectors;
    sa.established()->children.push_back(std::move(c));
    return *sa.established()->children.back();
  }

  struct Letter {
    ExchangeType exchange = ExchangeType::informational;
    bool response = false;
    MessageId id{};
    Endpoint from{Address::v4(192, 0, 2, 2), 500};
    Endpoint to{Address::v4(192, 0, 2, 1), 500};
  };
  Result<void> receive(const Letter& letter, const Payloads& payloads) {
    return receive(letter, payloads.writer.first(), payloads.octets);
  }
  Result<void> receive(const Letter& letter, PayloadType first, Bytes chain) {
    Sealing s;
    s.header.spi_i = sa.spi_i;
    s.header.spi_r = sa.spi_r;
    s.header.exchange = letter.exchange;
    s.header.message_id = letter.id;
    s.header.flags = static_cast<uint8_t>((sa.initiator ? 0 : wire::kFlagInitiator) |
                                          (letter.response ? wire::kFlagResponse : 0));
    s.first = first;
    s.chain = chain;
    const auto sealed =
        Envelope::seal(host.provider(), host.random(), {sa.suite, sa.keys, !sa.initiator}, s);
    EXPECT_TRUE(sealed);
    const Blob& octets = sealed->front();
    const auto header = *wire::Header::parse(octets);
    return on_message(sa, host, {letter.from, letter.to, header, octets});
  }
  // The next request of the peer.
  Result<void> request(ExchangeType exchange, const Payloads& payloads) {
    Letter letter;
    letter.exchange = exchange;
    letter.id = sa.peers.next;
    return receive(letter, payloads);
  }

  // What is in the last datagram that we sent.
  struct Said {
    wire::Header header;
    Blob chain;
    wire::v2::Message message;
  };
  std::unique_ptr<Said> last_said() {
    if (host.sent.empty()) return nullptr;
    const Blob octets = *host.sent.back().packet;
    auto said = std::make_unique<Said>();
    said->header = *wire::Header::parse(octets);
    const auto outer = *wire::v2::parse_message(said->header, octets);
    auto opened = Envelope::open(host.provider(), {sa.suite, sa.keys, !sa.initiator}, said->header,
                                 *outer.sk, octets);
    if (!opened) return nullptr;
    Plaintext plain = std::move(*opened).value();
    said->chain = std::move(plain.chain);
    said->message = *wire::v2::parse_payloads(plain.first, said->chain);
    return said;
  }

  BenchHost host;
  IkeSa sa;
};

}  // namespace ike::v2::test
