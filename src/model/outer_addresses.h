// Which outer addresses the SAs of a connection may have.
#pragma once

#include "model/connection.h"

namespace ike::model {

// Ours and the peer's; an unspecified one is not known yet.  A fallback takes whoever comes.
bool admits(const Connection& connection, const Address& ours, const Address& peers);

}  // namespace ike::model
