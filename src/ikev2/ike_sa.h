// One IKE SA: who it is with, its keys, the two message windows and the Child SAs it owns.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ike/fragments.h"
#include "ike/negotiate.h"
#include "ike/proof.h"
#include "ike/retransmit.h"
#include "ikev2/child_sa.h"
#include "ikev2/host.h"
#include "ikev2/key_schedule.h"
#include "ikev2/wish.h"
#include "model/connection.h"

namespace ike::v2 {

struct OwnExchange;  // exchanges/exchange.h
struct PeerExchange;

// What only the first two exchanges need; gone once the SA is established.
struct Handshake {
  Blob ni, nr;
  Packet first_ours;          // IKE_SA_INIT as we sent it, and as it came
  bool first_marked = false;  // with a non-ESP marker
  Blob first_peers;
  std::vector<SignatureHash> peer_hashes;
  bool peer_sent_hashes = false;
  proto::Choice choice;  // responder: what is answered
  // An authenticated problem that an unauthenticated notify spoke of: named when time is out.
  NotifyType remembered_error{};
  std::optional<model::SelectorPair> packet;  // what made us initiate
  std::vector<uint16_t> templates;            // Child SAs to begin with, after the first
};

struct HalfOpen {
  std::unique_ptr<Handshake> handshake;
};
struct Authenticating {
  std::unique_ptr<Handshake> handshake;
};
struct Established {
  proto::PeerAuthenticated peer;
  ChildSas children;
};
// Its DELETE is under way, or it waits to be freed.
struct Closing {
  std::string reason;
  bool told = false;  // the operator knows
};
using Life = std::variant<HalfOpen, Authenticating, Established, Closing>;

enum class Timer : uint8_t { retransmit, life, liveness, keepalive, rekey, retry, ports, kCount };

// A message as it went out, for doing so again.
struct Sent {
  std::vector<Packet> packets;  // one, or its fragments
  bool marked = false;          // with a non-ESP marker
  ExchangeType exchange{};
};
// Where a message goes from and to.
struct Path {
  Endpoint local;
  Endpoint remote;
};

struct Delayed {
  Instant due{};
  Wish wish;
};

// Our requests: one at a time, in the order of the wishes.
struct OwnWindow {
  MessageId next;
  std::unique_ptr<OwnExchange> exchange;  // null: free
  Sent sent;                              // the request, while it is unanswered
  proto::Retransmission retransmission;
  std::vector<Wish> wishes;
  std::vector<Delayed> delayed;  // Timer::retry is the first of them
  // What the peer deleted while our exchange might still be making it: its inbound SPIs.
  std::vector<EspSpi> doomed;
};
// The peer's requests, and the one answer that may have to be repeated.
struct PeerWindow {
  MessageId next;
  std::unique_ptr<PeerExchange> exchange;  // null: nothing is being worked on
  Sent answer;                             // to the request before `next`
  Path path;                               // the way back of the request that is worked on
};

// A Child SA that the kernel was asked to take.
struct Installing {
  EspSpi inbound;
  std::vector<model::SaId> sas;
  std::vector<model::FlowSpec> flows;  // held already
};

// The peer has rekeyed the IKE SA while our own rekeying was under way.
struct IkeRival {
  IkeSpi successor;   // our SPI of its result
  Blob lowest_nonce;  // of its exchange
};

struct IkeSa {
  IkeSa();
  ~IkeSa();
  IkeSa(const IkeSa&) = delete;
  IkeSa& operator=(const IkeSa&) = delete;

  // Where the tables keep it; part of every ticket.
  uint32_t slot = 0;
  uint16_t generation = 0;
  uint32_t ticket_sequence = 0;

  IkeSpi spi_i, spi_r;
  bool initiator = false;  // we began it: flag I of our messages
  Endpoint local, remote;

  bool nat_here : 1 = false;  // we are behind one: keepalives
  bool nat_there : 1 = false;
  bool encapsulate : 1 = false;     // ESP in UDP
  bool peer_fragments : 1 = false;  // both sides sent FRAGMENTATION_SUPPORTED
  bool retired : 1 = false;
  bool replaced : 1 = false;           // rekeyed: a successor has the Child SAs
  bool half_open_counted : 1 = false;  // among those whose peer has proven nothing
  bool initiating_counted : 1 = false;
  bool initial_contact_seen : 1 = false;

  model::ConnectionPtr connection;
  model::Suite suite;
  SkKeys keys;
  Life life;
  OwnWindow own;
  PeerWindow peers;
  std::unique_ptr<proto::Reassembly> reassembly;
  std::unique_ptr<IkeRival> rival;
  IkeSpi heir_of;                     // our SPI of the IKE SA that the peer replaced by this one
  std::vector<EspSpi> reserved_spis;  // of Child SAs under negotiation
  std::vector<Installing> installing;
  // One for an IKE SA and all that came of it by rekeying: its use count tells how many there are.
  std::shared_ptr<const IkeSpi> lineage;
  Instant asked_ports{};  // when a port was asked for something last
  Instant explained_since{};
  uint8_t explained = 0;  // refusals since then
  // Keys of the engine's tables; 0 = not in them.
  Address half_open_source;
  uint64_t init_digest = 0;
  uint64_t identity_digest = 0;

  Instant created{};
  Instant last_heard{};                                              // of an authenticated message
  std::array<Instant, static_cast<size_t>(Timer::kCount)> timers{};  // Instant::max() = off

  IkeSpi our_spi() const { return initiator ? spi_i : spi_r; }
  IkeSpi peer_spi() const { return initiator ? spi_r : spi_i; }
  bool on_natt_port(uint16_t natt_port) const { return local.port == natt_port; }

  Established* established() { return std::get_if<Established>(&life); }
  const Established* established() const { return std::get_if<Established>(&life); }
  bool closing() const { return std::holds_alternative<Closing>(life); }
  // New Child SAs go to it: not to one that is replaced, nor to one whose lot is not yet known.
  bool takes_wishes() const { return !retired && !replaced && !heir_of && !closing(); }
  bool has_keys() const { return !std::holds_alternative<HalfOpen>(life); }
  Handshake& handshake();
  ChildSa* child_by_inbound(EspSpi spi);
  ChildSa* child_by_outbound(EspSpi spi);
  std::string peer_id_text() const;
};

}  // namespace ike::v2
