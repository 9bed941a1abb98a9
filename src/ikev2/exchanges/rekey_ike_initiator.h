// Initiator side of an IKE SA's rekeying.  RFC 7296 section 1.3.2.
#pragma once

#include "ikev2/context.h"

namespace ike::v2::rekey_ike_initiator {

struct AwaitKeyPair {
  uint8_t tries = 0;
};
struct AwaitResponse {
  std::shared_ptr<const crypto::KeyExchange> key_pair;
  IkeSpi ours;
  Blob ni;
  uint8_t tries = 0;
};
struct AwaitShared {
  proto::Choice choice;
  IkeSpi ours;
  Blob ni;
  Blob nr;
};
using State = std::variant<AwaitKeyPair, AwaitResponse, AwaitShared, Done>;

State begin(Context& ctx, const RekeyIke& wish);
State step(State&& state, const Event& event, Context& ctx);

}  // namespace ike::v2::rekey_ike_initiator
