// Initiator side of CREATE_CHILD_SA: new and rekeyed Child SAs.  RFC 7296 sections 1.3.1, 1.3.3.
#pragma once

#include "ikev2/child_setup.h"

namespace ike::v2::child_initiator {

struct Plan {
  ChildOffer offer;
  EspSpi replaces;  // our inbound SPI of the Child SA that is rekeyed; 0: a new one
  ReqId reqid;      // of that one
  Blob ni;
  uint8_t tries = 0;
};
struct AwaitKeyPair {
  Plan plan;
};
struct AwaitResponse {
  Plan plan;
  std::shared_ptr<const crypto::KeyExchange> key_pair;  // null without PFS
};
struct AwaitShared {
  Plan plan;
  ChildAgreement agreed;
  Blob nr;
};
struct AwaitInstall {
  Plan plan;
  std::unique_ptr<ChildSa> child;
};
using State = std::variant<AwaitKeyPair, AwaitResponse, AwaitShared, AwaitInstall, Done>;

State begin(Context& ctx, NewChild&& wish);
State begin(Context& ctx, RekeyChild&& wish);
State step(State&& state, const Event& event, Context& ctx);

}  // namespace ike::v2::child_initiator
