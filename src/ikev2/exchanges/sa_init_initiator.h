// Initiator side of IKE_SA_INIT.  RFC 7296 section 1.2.
#pragma once

#include "ikev2/context.h"

namespace ike::v2::sa_init_initiator {

struct AwaitSource {};  // the kernel tells which address of ours the peer will see
struct AwaitKeyPair {
  Blob cookie;
  KeMethod method = KeMethod::none;
  int restarts = 0;
};
struct AwaitResponse {
  Blob cookie;
  std::shared_ptr<const crypto::KeyExchange> key_pair;
  int restarts = 0;
};
struct AwaitShared {
  AwaitResponse was;
};
struct Keyed {};  // IKE_AUTH may begin
using State = std::variant<AwaitSource, AwaitKeyPair, AwaitResponse, AwaitShared, Keyed, Done>;

State begin(Context& ctx);
State step(State&& state, const Event& event, Context& ctx);

}  // namespace ike::v2::sa_init_initiator
