// What a kernel (or our own ESP) is told about SAs and flows.
#pragma once

#include <optional>
#include <vector>

#include "base/secret.h"
#include "base/strong.h"
#include "model/connection.h"

namespace ike::model {

// RFC 4301 section 4.1: an SA is named by its destination, protocol and SPI.
struct SaId {
  Address destination;
  EspSpi spi;
  ProtocolId protocol = ProtocolId::esp;

  std::string text() const;  // "esp 0x12345678 to 192.0.2.1"
  friend auto operator<=>(const SaId&, const SaId&) = default;
};

enum class Direction : uint8_t { inbound, outbound };

struct SaAlgorithms {
  Encr encr = Encr::none;
  uint16_t encr_key_bits = 0;
  Integ integ = Integ::none;
  Esn esn = Esn::no;

  friend bool operator==(const SaAlgorithms&, const SaAlgorithms&) = default;
};

// 0 = without limit, throughout.
struct SaLimits {
  seconds soft_time{0};
  seconds hard_time{0};
  uint64_t soft_bytes = 0;
  uint64_t hard_bytes = 0;

  friend bool operator==(const SaLimits&, const SaLimits&) = default;
};

// UDP encapsulation of ESP, RFC 3948.
struct Encapsulation {
  uint16_t source_port = 0;
  uint16_t destination_port = 0;

  friend bool operator==(const Encapsulation&, const Encapsulation&) = default;
};

struct SaSpec {
  SaId id;
  Address source;
  Direction direction = Direction::inbound;
  ReqId reqid;  // the same for all SAs that serve the same flows
  Mode mode = Mode::tunnel;
  SaAlgorithms algorithms;
  Secret encryption_key;  // with the salt of AEAD and CTR at its end; empty for null
  Secret integrity_key;   // empty for AEAD
  std::optional<Encapsulation> encapsulation;
  std::vector<SelectorPair> selectors;  // from us to the peer, for either direction
  SaLimits limits;
  uint32_t replay_window = 128;  // packets; inbound only
};

enum class FlowAction : uint8_t { protect, bypass, discard };

// A rule of the security policy database; covers the outbound and the inbound side.
struct FlowSpec {
  ReqId reqid;
  SelectorPair selectors;
  FlowAction action = FlowAction::protect;
  ProtocolId protocol = ProtocolId::esp;
  Mode mode = Mode::tunnel;
  Address tunnel_local;  // the SA's outer addresses; unspecified while nobody is known
  Address tunnel_remote;
  uint32_t priority = 0;  // the smaller one is asked first

  friend bool operator==(const FlowSpec&, const FlowSpec&) = default;
};

struct SaCounters {
  SaId id;
  uint64_t bytes = 0;
  uint64_t packets = 0;
  uint64_t replayed = 0;       // inbound: dropped by the replay window
  uint64_t failed = 0;         // inbound: dropped by authentication
  seconds since_last_use{-1};  // -1 = never used
};

}  // namespace ike::model
