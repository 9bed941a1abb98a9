// Responder side of an IKE SA's rekeying.  RFC 7296 section 1.3.2.
#pragma once

#include "ikev2/context.h"

namespace ike::v2::rekey_ike_responder {

struct AwaitAnswer {
  proto::Choice choice;
  Blob ni;
};
using State = std::variant<AwaitAnswer, Done>;

State begin(Context& ctx, const wire::v2::Message& request);
State step(State&& state, const Event& event, Context& ctx);

}  // namespace ike::v2::rekey_ike_responder
