// Tells the operator why there was no agreement; the peer gets the standard's notify only.
#pragma once

#include "ikev2/context.h"

namespace ike::v2 {

// No IKE proposal fits: the offer beside what each candidate policy takes.
void explain_ike_refusal(Host& host, IkeSpi spi_i, const Endpoint& local, const Endpoint& remote,
                         const wire::v2::Sa& offered);
// As responder of a Child SA.
void explain_child_refusal(Context& ctx, const wire::v2::Message& request, NotifyType why,
                           bool in_auth);
// As initiator: the peer refused, or its answer was not what we offered.
void explain_child_failure(Context& ctx, NotifyType why);
// Tunnel and transport mode do not go together.
void explain_mode_refusal(Context& ctx, const model::ChildTemplate& t);
void explain_auth_refusal(Context& ctx, const std::string& why);
// The kernel refused.
void report_kernel(Context& ctx, const Error& error);

}  // namespace ike::v2
