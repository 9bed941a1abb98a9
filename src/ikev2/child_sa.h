// A pair of ESP SAs.  RFC 7296 section 1.3.
#pragma once

#include <memory>
#include <vector>

#include "base/strong.h"
#include "model/ports.h"

namespace ike::v2 {

// The peer has rekeyed a Child SA that we are rekeying too.
struct Rival {
  Blob lowest_nonce;  // of its exchange
};

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
  // The one that this replaces, until its successor sends.
  EspSpi replaces;
  std::unique_ptr<Rival> rival;
  // The packets of both directions when liveness was last looked at.
  uint64_t packets_in = 0;
  uint64_t packets_out = 0;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;

  bool established() const { return state != State::negotiated; }
};

using ChildSas = std::vector<std::unique_ptr<ChildSa>>;

}  // namespace ike::v2
