// Responder side of IKE_SA_INIT.  RFC 7296 section 1.2.  Nothing is kept of a request before it was
// judged worth it.
#pragma once

#include "ikev2/context.h"

namespace ike::v2::sa_init_responder {

struct AwaitAnswer {};  // our half of the key exchange and the shared secret, in one job
using State = std::variant<AwaitAnswer, Done>;

// A request as it came; all views alias the datagram.
struct Request {
  Endpoint from;
  Endpoint to;
  const wire::Header& header;
  const wire::v2::Message& message;
  Bytes octets;
};

struct Drop {
  std::string_view why;
};
struct Refuse {
  NotifyType notify{};
  KeMethod wanted = KeMethod::none;  // with INVALID_KE_PAYLOAD
};
struct Accept {
  model::ConnectionPtr connection;
  proto::Choice choice;
};
using Verdict = std::variant<Drop, Refuse, Accept>;
Verdict judge(Host& host, const Request& request);

// The answer of one who keeps no state.
Blob stateless_answer(const wire::Header& request, const Payloads& payloads);
Blob refusal(const wire::Header& request, const Refuse& refuse);

// `ctx.sa` is new: endpoints, SPIs and connection are set.
State begin(Context& ctx, const Request& request, proto::Choice choice);
State step(State&& state, const Event& event, Context& ctx);

}  // namespace ike::v2::sa_init_responder
