// What our secrets may be used for: octets that begin with the first message of the IKE SA that the
// request is about.  Whoever has taken over the engine gets no other signature.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/strong.h"

namespace ike::keys {

enum class Sender : uint8_t { initiator, responder };

// `octets`: RFC 7296 section 2.15: the sender's IKE_SA_INIT message, the other side's nonce, a prf
// output.  Gives who sent the message; Fault::refused when it is not a complete one of this IKE SA.
Result<Sender> sender_of(Bytes octets, IkeSpi spi_i, IkeSpi spi_r);

}  // namespace ike::keys
