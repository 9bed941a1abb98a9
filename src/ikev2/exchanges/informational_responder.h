// INFORMATIONAL requests of the peer.  RFC 7296 section 1.4.  They need nothing that takes time, so
// there is no state.
#pragma once

#include "ikev2/context.h"

namespace ike::v2::informational_responder {

void handle(Context& ctx, const wire::v2::Message& request);

}  // namespace ike::v2::informational_responder
