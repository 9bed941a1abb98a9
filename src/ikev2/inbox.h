// Protected messages on their way in: opened, put together from fragments, and what their outer
// header tells about the peer's address.
#pragma once

#include "ikev2/dispatch.h"

namespace ike::v2 {

// What was in the SK payload: it is the peer's, but may still be nonsense.
struct Opened {
  PayloadType first = PayloadType::none;
  Blob chain;
};

// Nothing: a fragment, and others are still missing.
Result<std::optional<Opened>> open_message(IkeSa& sa, Host& host, const Incoming& in);
// The peer asked again what was answered already.
Result<void> repeat_answer(IkeSa& sa, Host& host, const Incoming& in);
// The peer's address follows what it proved to have sent.
void follow_peer(IkeSa& sa, Host& host, const Incoming& in);

}  // namespace ike::v2
