// INFORMATIONAL exchanges that we begin: liveness, deletes, a report.  RFC 7296 section 1.4.
#pragma once

#include "ikev2/context.h"

namespace ike::v2::informational_initiator {

struct AwaitLiveness {};
struct AwaitChildDeleted {
  EspSpi inbound;
};
struct AwaitIkeDeleted {};
struct AwaitReported {};
using State = std::variant<AwaitLiveness, AwaitChildDeleted, AwaitIkeDeleted, AwaitReported, Done>;

State begin(Context& ctx, const Liveness& wish);
State begin(Context& ctx, const DeleteChild& wish);
State begin(Context& ctx, const DeleteIke& wish);
State begin(Context& ctx, const ReportAuthFailure& wish);
State step(State&& state, const Event& event, Context& ctx);

}  // namespace ike::v2::informational_initiator
