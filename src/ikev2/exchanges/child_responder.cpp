#include "ikev2/exchanges/child_responder.h"

#include "base/overloaded.h"
#include "ikev2/child_rivals.h"
#include "ikev2/collisions.h"
#include "ikev2/explain.h"
#include "ikev2/under_way.h"
#include "wire/contract.h"
#include "wire/v2/notify_data.h"

namespace ike::v2::child_responder {
namespace {

constexpr ExchangeType kCreate = ExchangeType::create_child_sa;

State refuse(Context& ctx, NotifyType why) {
  ctx.answer_error(kCreate, why);
  //= RFC 7296 section 2.21.3: fatal for both ends, without a Delete payload
  if (why == NotifyType::invalid_syntax) ctx.close("the peer's request is malformed");
  return Done{};
}

State refuse_unknown(Context& ctx, const wire::v2::Notify& rekey) {
  Payloads p;
  //= RFC 7296 section 2.25: names the SPI that the request named
  p.writer.add(wire::v2::Notify{rekey.protocol, NotifyType::child_sa_not_found, rekey.spi, {}});
  ctx.answer(kCreate, p);
  return Done{};
}

State refuse_method(Context& ctx, KeMethod wanted) {
  Payloads p;
  p.writer.notify(wire::v2::InvalidKePayload{wanted});
  ctx.answer(kCreate, p);
  return Done{};
}

void respond(Context& ctx, const Plan& plan, EspSpi inbound) {
  Payloads p;
  add_agreed_sa(p, plan.agreed, inbound);
  p.writer.add(wire::v2::Nonce{plan.nr});
  if (!plan.public_value.empty()) {
    p.writer.add(wire::v2::Ke{plan.agreed.choice.suite.ke, plan.public_value});
  }
  add_agreed_selectors(p, plan.agreed);
  ctx.answer(kCreate, p);
}

Parts parts_of(const Plan& plan) {
  //= RFC 7296 section 2.8: who answers a rekeying receives by the new SA, and sends by the old one
  //= until the other end is known to be ready
  return plan.replaces ? Parts::inbound_only : Parts::both;
}

State finish(Context& ctx, Plan plan, std::unique_ptr<ChildSa> child) {
  const EspSpi inbound = child->inbound;
  adopt_child(ctx, std::move(child), parts_of(plan), static_cast<bool>(plan.replaces));
  respond(ctx, plan, inbound);
  if (plan.replaces) settle_rivals(ctx, plan.replaces);
  // Nothing to send by until then, so there is nothing to wait for.
  ChildSa& made = *ctx.sa.child_by_inbound(inbound);
  if (!another_sends(ctx.sa, made)) install_pending_outbound(ctx, made);
  return Done{};
}

State install(Context& ctx, Plan plan, Bytes shared) {
  // Our rekeying of the IKE SA has ended meanwhile: whatever is made here would go with the old
  // one.
  if (ctx.sa.replaced) return refuse(ctx, NotifyType::temporary_failure);
  const EspSpi inbound = ctx.reserve_spi();
  auto keyed = key_child(ctx, plan.agreed, inbound, {plan.ni, plan.nr, shared, false, plan.reqid});
  if (!keyed) {
    abandon_child(ctx, inbound);
    return refuse(ctx, NotifyType::no_proposal_chosen);
  }
  if (plan.replaces) {
    keyed->child->replaces = plan.replaces;
    keyed->child->lowest_nonce = to_blob(lowest_nonce(plan.ni, plan.nr));
  }
  if (install_child(ctx, *keyed, parts_of(plan))) {
    return AwaitInstall{std::move(plan), std::move(keyed->child)};
  }
  return finish(ctx, std::move(plan), std::move(keyed->child));
}

}  // namespace

State begin(Context& ctx, const wire::v2::Message& request) {
  if (!wire::check(wire::contracts::kCreateChildRequest, request)) {
    return refuse(ctx, NotifyType::invalid_syntax);
  }
  const wire::v2::Notify* const rekey = request.notify(NotifyType::rekey_sa);
  ChildSa* old = nullptr;
  if (rekey != nullptr) {
    const auto named = wire::v2::RekeySa::from(*rekey);
    if (!named) return refuse(ctx, NotifyType::invalid_syntax);
    old = ctx.sa.child_by_outbound(named->spi);
    if (old == nullptr && may_be_making(ctx.sa)) {
      return refuse(ctx, NotifyType::temporary_failure);
    }
  }
  const PeerRequest what = rekey ? PeerRequest::rekey_child : PeerRequest::create_child;
  switch (answer_to(what, under_way(ctx.sa, old))) {
    case CollisionAnswer::temporary_failure: return refuse(ctx, NotifyType::temporary_failure);
    case CollisionAnswer::child_sa_not_found: return refuse_unknown(ctx, *rekey);
    default: break;
  }
  if (ctx.sa.established()->children.size() >= limits::kChildrenPerIkeSaMax) {
    return refuse(ctx, NotifyType::no_additional_sas);
  }
  Agreed agreed = negotiate_child(ctx, request, false, old);
  if (!agreed) return refuse(ctx, agreed.error());
  const KeMethod method = agreed->choice.suite.ke;
  if (method != KeMethod::none && (!request.ke || request.ke->method != method)) {
    return refuse_method(ctx, method);
  }
  Plan plan{*std::move(agreed),           old ? old->inbound : EspSpi(), old ? old->reqid : ReqId(),
            to_blob(request.nonce->data), Blob(limits::kNonceSize),      {}};
  ctx.host.random().fill_public(plan.nr);
  if (method == KeMethod::none) return install(ctx, std::move(plan), {});
  ctx.run(crypto::AnswerKeyExchange{method, to_blob(request.ke->data)});
  return AwaitAnswer{std::move(plan)};
}

State step(State&& state, const Event& event, Context& ctx) {
  return std::visit(overloaded{
                        [&](AwaitAnswer&& s, const CryptoDone& e) -> State {
                          const auto* answered =
                              e.result ? std::get_if<crypto::AnsweredKeyExchange>(&*e.result)
                                       : nullptr;
                          if (answered == nullptr) return refuse(ctx, notify_of(e));
                          s.plan.public_value = answered->public_value;
                          return install(ctx, std::move(s.plan), answered->shared.view());
                        },
                        [&](AwaitInstall&& s, const KernelDone& e) -> State {
                          if (e.result && ctx.sa.replaced) {
                            uninstall_child(ctx, s.child->inbound);
                            return refuse(ctx, NotifyType::temporary_failure);
                          }
                          if (e.result) return finish(ctx, std::move(s.plan), std::move(s.child));
                          report_kernel(ctx, e.result.error());
                          abandon_child(ctx, s.child->inbound);
                          return refuse(ctx, NotifyType::temporary_failure);
                        },
                        [](auto&& s, const auto&) -> State { return std::move(s); },
                    },
                    std::move(state), event);
}

}  // namespace ike::v2::child_responder
