// An IKE SA as an operator sees it.
#pragma once

#include "ikev2/ike_sa.h"

namespace ike::v2 {

model::IkeSaReport report(const IkeSa& sa, Instant now);

}  // namespace ike::v2
