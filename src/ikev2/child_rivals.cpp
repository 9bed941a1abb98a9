#include "ikev2/child_rivals.h"

#include <algorithm>

#include "ikev2/child_setup.h"
#include "ikev2/collisions.h"

namespace ike::v2 {
namespace {

// The redundant one is deleted by who made it; should it never do so, by us.
constexpr Duration kRedundantGoesAfter = seconds(30);

ChildSa* result_of(IkeSa& sa, EspSpi replaced, bool made_by_us) {
  if (!replaced || sa.established() == nullptr) return nullptr;
  ChildSa* found = nullptr;
  for (const auto& c : sa.established()->children) {
    // An earlier one of the same maker came to nothing, and its deletion is under way.
    if (c->replaces == replaced && c->made_by_us == made_by_us) found = c.get();
  }
  return found;
}

// Ours is redundant.
void give_way(Context& ctx, ChildSa& ours, ChildSa& theirs) {
  if (ours.state == ChildSa::State::replaced) return;
  ours.state = ChildSa::State::replaced;
  // Not before there is another one to send by: until the peer is known to have its own, that is
  // ours.  install_pending_outbound() goes on then.
  if (ours.sends() && !theirs.sends()) return;
  ctx.wish(DeleteChild{ours.inbound});
}

void stay(Context& ctx, ChildSa& ours, ChildSa* theirs) {
  install_pending_outbound(ctx, ours);
  if (theirs != nullptr && theirs->state != ChildSa::State::replaced) {
    theirs->state = ChildSa::State::replaced;
    ctx.wish_later(DeleteChild{theirs->inbound}, kRedundantGoesAfter);
  }
  if (ChildSa* const old = ctx.sa.child_by_inbound(ours.replaces)) {
    old->state = ChildSa::State::replaced;
    ctx.wish(DeleteChild{old->inbound});
  } else if (theirs != nullptr) {
    // The peer goes on sending by its own until a request shows that we have ours.
    ctx.wish(Liveness{});
  }
}

}  // namespace

ChildSa* peers_result(IkeSa& sa, EspSpi replaced) { return result_of(sa, replaced, false); }

bool ours_would_be_redundant(IkeSa& sa, EspSpi replaced, Bytes lowest) {
  const ChildSa* const theirs = peers_result(sa, replaced);
  //= RFC 7296 section 2.8.1: the SA made with the lowest nonce is closed by who made it
  return theirs != nullptr && nonce_less(lowest, theirs->lowest_nonce);
}

void settle_rivals(Context& ctx, EspSpi replaced) {
  ChildSa* const ours = result_of(ctx.sa, replaced, true);
  if (ours == nullptr) return;
  ChildSa* const theirs = peers_result(ctx.sa, replaced);
  if (theirs != nullptr && nonce_less(ours->lowest_nonce, theirs->lowest_nonce)) {
    // It may have been taken for the one that stays before theirs came.
    if (ChildSa* const old = ctx.sa.child_by_inbound(replaced)) {
      old->state = ChildSa::State::replaced;
    }
    give_way(ctx, *ours, *theirs);
  } else {
    stay(ctx, *ours, theirs);
  }
}

}  // namespace ike::v2
