// The engine's contract with the world: what comes in, what goes out.  No I/O happens here.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "base/net.h"
#include "base/result.h"
#include "base/strong.h"
#include "crypto/job.h"
#include "model/ports.h"

namespace ike::engine {

// A received UDP datagram.  `to` is the address it was sent to; its port tells the socket.  On the
// NAT-T port the non-ESP marker is still in front.
struct Datagram {
  Endpoint from;
  Endpoint to;
  Bytes data;  // valid during handle() only
};
struct CryptoDone {
  Ticket ticket;
  Result<crypto::JobResult> result;
};
// A new snapshot; the first one starts the engine.  `ticket` is repeated in an Answer.
struct PolicyUpdate {
  Ticket ticket;
  model::PolicyPtr policy;
};
struct Tick {};      // a deadline has passed (or not: harmless)
struct Shutdown {};  // send DELETEs; Action Finished follows when they are answered or after 1 s

using Input = std::variant<Datagram, model::KernelEvent, CryptoDone, model::KeysReply,
                           model::ControlRequest, PolicyUpdate, Tick, Shutdown>;

using Packet = std::shared_ptr<const Blob>;  // shared with the cache that may send it again

// `data` goes out as it is: on the NAT-T port the non-ESP marker is already in front.
struct Send {
  Endpoint from;
  Endpoint to;
  Packet data;
};
struct RunCrypto {
  Ticket ticket;
  crypto::Job job;
};
struct Finished {};

using Action = std::variant<Send, model::KernelRequest, RunCrypto, model::KeysRequest,
                            model::ControlReply, Finished>;

}  // namespace ike::engine
