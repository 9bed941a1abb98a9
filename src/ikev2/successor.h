// What becomes of an IKE SA that is rekeyed.  RFC 7296 sections 1.3.2, 2.8, 2.18.
#pragma once

#include "ike/negotiate.h"
#include "ikev2/context.h"

namespace ike::v2 {

struct SuccessorPlan {
  proto::Choice choice;  // with the peer's SPI
  IkeSpi ours;
  bool we_initiated = false;
  Bytes ni, nr, shared;
};
// An established IKE SA without Child SAs, beside the old one.  Null when it can't be made.
IkeSa* make_successor(Context& ctx, const SuccessorPlan& plan);
// The Child SAs and plans go over; the old IKE SA only waits for its deletion.
void hand_over(Context& ctx, IkeSa& successor);
// The result of the peer's exchange, if it has one beside ours and it is still established.
IkeSa* rival_successor(Context& ctx);
void forget_rival(Context& ctx);
// The peer uses a successor of its making while we still wait for the outcome of our own exchange:
// it has decided.
void inherit_now(IkeSa& successor, Host& host);

}  // namespace ike::v2
