// Responder side of CREATE_CHILD_SA: new and rekeyed Child SAs.  RFC 7296 sections 1.3.1, 1.3.3.
#pragma once

#include "ikev2/child_setup.h"

namespace ike::v2::child_responder {

struct Plan {
  ChildAgreement agreed;
  EspSpi replaces;  // our inbound SPI of the Child SA that is rekeyed; 0: a new one
  ReqId reqid;      // of that one
  Blob ni;
  Blob nr;
  Blob public_value;  // ours; empty without PFS
};
struct AwaitAnswer {
  Plan plan;
};
struct AwaitInstall {
  Plan plan;
  std::unique_ptr<ChildSa> child;
};
using State = std::variant<AwaitAnswer, AwaitInstall, Done>;

State begin(Context& ctx, const wire::v2::Message& request);
State step(State&& state, const Event& event, Context& ctx);

}  // namespace ike::v2::child_responder
