#include "ikev2/successor.h"

#include <algorithm>

#include "ikev2/upkeep.h"

namespace ike::v2 {
namespace {

// Whoever made the successor deletes the old IKE SA; should it not, we do in the end.
constexpr Duration kDeletionDue = seconds(60);

}  // namespace

IkeSa* make_successor(Context& ctx, const SuccessorPlan& plan) {
  IkeSa& old = ctx.sa;
  const IkeSpi theirs(plan.choice.peer_spi);
  const IkeSpi spi_i = plan.we_initiated ? plan.ours : theirs;
  const IkeSpi spi_r = plan.we_initiated ? theirs : plan.ours;
  auto keys = derive_rekeyed(ctx.host.provider(), plan.choice.suite, {old.suite.prf, old.keys.d()},
                             {plan.shared, plan.ni, plan.nr, spi_i, spi_r});
  if (!keys) return nullptr;
  IkeSa* const sa = ctx.host.create_successor(old, plan.we_initiated, plan.ours);
  if (sa == nullptr) return nullptr;
  sa->spi_i = spi_i;
  sa->spi_r = spi_r;
  sa->suite = plan.choice.suite;
  sa->keys = *std::move(keys);
  sa->life = Established{old.established()->peer, {}};
  ctx.host.established(*sa);
  begin_upkeep(*sa, ctx.host);
  ++ctx.host.counters().ike_sas_rekeyed;
  if (ctx.host.events().wants(events::IkeSaRekeyed::kSeverity)) {
    ctx.host.events().emit(
        events::IkeSaRekeyed{old.spi_i, sa->spi_i, ctx.policy_name(), sa->suite.text()});
  }
  return sa;
}

void hand_over(Context& ctx, IkeSa& successor) {
  IkeSa& old = ctx.sa;
  ChildSas children = std::move(old.established()->children);
  old.established()->children.clear();
  for (auto& c : children) {
    //= RFC 7296 section 2.8: the new IKE SA inherits all Child SAs
    ctx.host.own_esp_spi(successor, c->inbound);
    ctx.host.watch_outbound(successor, {old.remote.address, c->outbound, c->protocol});
    successor.established()->children.push_back(std::move(c));
  }
  for (Wish& w : old.own.wishes) {
    if (!std::holds_alternative<RekeyIke>(w)) successor.own.wishes.push_back(std::move(w));
  }
  old.own.wishes.clear();
  for (Delayed& d : old.own.delayed) {
    if (std::holds_alternative<RekeyIke>(d.wish)) continue;
    const Duration left = std::max(d.due - ctx.host.now(), Duration(0));
    Context{successor, ctx.host, Lane::own}.wish_later(std::move(d.wish), left);
  }
  old.own.delayed.clear();
  old.replaced = true;
  successor.heir_of = IkeSpi();
  for (const Timer t : {Timer::liveness, Timer::keepalive, Timer::rekey, Timer::retry}) {
    ctx.disarm(t);
  }
  ctx.arm(Timer::life, kDeletionDue);
  ctx.host.nudge(successor);
}

IkeSa* rival_successor(Context& ctx) {
  if (!ctx.sa.rival) return nullptr;
  IkeSa* const sa = ctx.host.find(ctx.sa.rival->successor);
  // The peer may have deleted it again at once.
  return sa != nullptr && !sa->retired && sa->established() != nullptr ? sa : nullptr;
}

void forget_rival(Context& ctx) { ctx.sa.rival.reset(); }

void inherit_now(IkeSa& successor, Host& host) {
  IkeSa* const old = host.find(std::exchange(successor.heir_of, IkeSpi()));
  if (old == nullptr || !old->rival || old->rival->successor != successor.our_spi()) return;
  Context ctx{*old, host, Lane::background};
  const bool both = old->established() != nullptr && successor.established() != nullptr;
  if (both && !old->replaced) hand_over(ctx, successor);
  forget_rival(ctx);
}

}  // namespace ike::v2
