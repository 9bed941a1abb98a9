// What can happen to an exchange.  A step takes a state and one of these and yields the next state.
#pragma once

#include <string>
#include <variant>

#include "base/strong.h"
#include "crypto/job.h"
#include "model/ports.h"
#include "wire/v2/message.h"

namespace ike::v2 {

// The message that the exchange is about: its request for a responder, its response for an
// initiator.  Views alias the datagram, or what came out of its SK payload.
struct MessageIn {
  const wire::Header& header;
  const wire::v2::Message& message;
  Bytes octets;  // of the whole message, for IKE_SA_INIT, which AUTH covers
};
struct CryptoDone {
  Ticket ticket;
  const Result<crypto::JobResult>& result;
};
struct KeysDone {
  Ticket ticket;
  const Result<model::KeysAnswer>& result;
  const std::string& detail;
};
struct KernelDone {
  Ticket ticket;
  const Result<model::KernelAnswer>& result;
};
// A request of ours was sent as often as we do, and stayed unanswered.
struct TimedOut {};

// What every exchange ends in.
struct Done {};

using Event = std::variant<MessageIn, CryptoDone, KeysDone, KernelDone, TimedOut>;

}  // namespace ike::v2
