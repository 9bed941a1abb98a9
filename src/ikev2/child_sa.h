// A pair of ESP SAs.  RFC 7296 section 1.3.
#pragma once

#include <memory>
#include <vector>

#include "base/strong.h"
#include "model/ports.h"

namespace ike::v2 {

struct ChildSa {
  enum class State : uint8_t {
    negotiated,         // agreed upon, not in the kernel
    inbound_installed,  // the peer may send; we send on the one that this replaces
    installed,
    rekeying,  // an exchange of ours that replaces it is under way
    replaced,  // a successor is there, this one waits for its deletion
  };

  State state = State::negotiated;
  model::Mode mode = model::Mode::tunnel;
  ProtocolId protocol = ProtocolId::esp;
  bool loaded = false;    // in the kernel
  bool no_rekey = false;  // the peer wants no more of it
  uint16_t template_index = 0;
  EspSpi inbound;
  EspSpi outbound;
  ReqId reqid;
  KeMethod ke = KeMethod::none;
  model::SaAlgorithms algorithms;
  std::vector<model::SelectorPair> selectors;
  // What an inbound_installed one will send with.
  std::unique_ptr<model::SaSpec> pending_outbound;
  bool outbound_removed = false;  // its DELETE is under way: it only receives
  // Of one that was made by rekeying: our inbound SPI of what it replaces, and what decides should
  // the peer have rekeyed that one too.
  EspSpi replaces;
  bool made_by_us = false;  // by an exchange of ours
  Blob lowest_nonce;
  // The packets of both directions when liveness was last looked at.
  uint64_t packets_in = 0;
  uint64_t packets_out = 0;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;

  bool established() const { return state != State::negotiated; }
  bool sends() const { return loaded && !pending_outbound && !outbound_removed; }
};

using ChildSas = std::vector<std::unique_ptr<ChildSa>>;

}  // namespace ike::v2
