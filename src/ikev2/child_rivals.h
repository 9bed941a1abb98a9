// Who is rival of whom when both ends rekey one Child SA at once.  RFC 7296 section 2.8.1.  What is
// needed for that stands in the Child SAs, so it goes with them to another IKE SA.
#pragma once

#include "ikev2/context.h"

namespace ike::v2 {

// What the peer's exchange made in place of the Child SA `replaced` (our inbound SPI); null:
// nothing.
ChildSa* peers_result(IkeSa& sa, EspSpi replaced);
// Our exchange in place of `replaced`, with `lowest` as its lowest nonce, makes the redundant one.
bool ours_would_be_redundant(IkeSa& sa, EspSpi replaced, Bytes lowest);

// One more result in place of `replaced` is there: settles which one sends and which ones go.  Both
// ends come to the same end in whatever order the results arrive, and whether or not `replaced` is
// still there.
void settle_rivals(Context& ctx, EspSpi replaced);

}  // namespace ike::v2
