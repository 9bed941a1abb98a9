#include "ikev2/exchanges/child_initiator.h"

#include <algorithm>

#include "base/overloaded.h"
#include "ikev2/child_rivals.h"
#include "ikev2/collisions.h"
#include "ikev2/explain.h"
#include "wire/contract.h"
#include "wire/v2/notify_data.h"

namespace ike::v2::child_initiator {
namespace {

constexpr ExchangeType kCreate = ExchangeType::create_child_sa;
constexpr uint8_t kTriesMax = 30;    // with a busy peer
constexpr uint8_t kKeRoundsMax = 3;  // with one that names another group each time

ChildSa* replaced(Context& ctx, const Plan& plan) {
  return plan.replaces ? ctx.sa.child_by_inbound(plan.replaces) : nullptr;
}

Wish wish_of(const Plan& plan, KeMethod ke) {
  const auto tries = static_cast<uint8_t>(plan.tries + 1);
  if (plan.replaces) return RekeyChild{plan.replaces, ke, tries};
  return NewChild{plan.offer.template_index, plan.offer.packet, ke, tries};
}

State give_up(Context& ctx, const Plan& plan) {
  abandon_child(ctx, plan.offer.inbound);
  if (ChildSa* old = replaced(ctx, plan); old && old->state == ChildSa::State::rekeying) {
    old->state = ChildSa::State::installed;
  }
  return Done{};
}

// Something was in the way that may be gone in a moment.
State try_later(Context& ctx, const Plan& plan) {
  if (plan.tries < kTriesMax) {
    ctx.wish_later(wish_of(plan, KeMethod::none),
                   seconds(1) + milliseconds(ctx.host.random().below(1000)));
  }
  return give_up(ctx, plan);
}

State transmit(Context& ctx, Plan plan, std::shared_ptr<const crypto::KeyExchange> pair) {
  if (plan.offer.template_index >= ctx.sa.connection->children.size()) return give_up(ctx, plan);
  ChildSa* const old = replaced(ctx, plan);
  // The peer may have deleted or rekeyed it while our key pair was made.
  if (plan.replaces && (old == nullptr || peers_result(ctx.sa, plan.replaces) != nullptr)) {
    return give_up(ctx, plan);
  }
  plan.ni.resize(limits::kNonceSize);
  ctx.host.random().fill_public(plan.ni);
  Payloads p;
  add_child_sa(ctx, p, plan.offer);
  p.writer.add(wire::v2::Nonce{plan.ni});
  if (pair) p.writer.add(wire::v2::Ke{pair->method(), pair->public_value()});
  add_child_selectors(ctx, p, plan.offer);
  if (plan.replaces) {
    Blob spi;
    wire::Writer(spi).u32(plan.replaces.raw());
    //= RFC 7296 section 1.3.3: names the SA by the SPI of what its sender receives
    p.writer.add(wire::v2::Notify{old->protocol, NotifyType::rekey_sa, spi, {}});
  }
  ctx.request(kCreate, p);
  return AwaitResponse{std::move(plan), std::move(pair)};
}

State start(Context& ctx, Plan plan, KeMethod ke) {
  const auto& proposals = ctx.sa.connection->children[plan.offer.template_index].proposals;
  plan.offer.ke = ke == KeMethod::none ? proto::first_ke(proposals) : ke;
  plan.offer.inbound = ctx.reserve_spi();
  if (plan.offer.ke == KeMethod::none) return transmit(ctx, std::move(plan), nullptr);
  ctx.run(crypto::GenerateKeyPair{plan.offer.ke});
  return AwaitKeyPair{std::move(plan)};
}

// A reload may have taken the template away.
bool offers(Context& ctx, const Plan& plan, KeMethod method) {
  const auto& children = ctx.sa.connection->children;
  return plan.offer.template_index < children.size() &&
         proto::offers_ke(children[plan.offer.template_index].proposals, method);
}

State on_refusal(AwaitResponse&& s, const wire::v2::Notify& error, Context& ctx) {
  Plan& plan = s.plan;
  switch (error.type) {
    case NotifyType::invalid_ke_payload: {
      const auto wanted = wire::v2::parse_data<wire::v2::InvalidKePayload>(error);
      if (wanted && plan.tries < kKeRoundsMax && offers(ctx, plan, wanted->method)) {
        ctx.wish(wish_of(plan, wanted->method));
      } else {
        explain_child_failure(ctx, error.type);
      }
      break;
    }
    case NotifyType::temporary_failure:
      //= RFC 7296 section 2.25: the peer is busy with something that excludes this
      return try_later(ctx, plan);
    case NotifyType::no_additional_sas:
      if (ChildSa* old = replaced(ctx, plan)) old->no_rekey = true;
      explain_child_failure(ctx, error.type);
      break;
    case NotifyType::child_sa_not_found:
      // Nobody can have lost what is only being made; asking again would go on for ever.
      if (!plan.replaces) {
        explain_child_failure(ctx, error.type);
        break;
      }
      //= RFC 7296 section 2.25: the peer has lost it, so we have no use for it either
      remove_child(ctx, plan.replaces, "unknown to the peer");
      ctx.wish(NewChild{plan.offer.template_index, plan.offer.packet, KeMethod::none, 0});
      break;
    case NotifyType::invalid_syntax:
      //= RFC 7296 section 2.21.3: who says this has deleted the IKE SA
      give_up(ctx, plan);
      ctx.close("peer sent INVALID_SYNTAX");
      return Done{};
    default: explain_child_failure(ctx, error.type); break;
  }
  return give_up(ctx, plan);
}

State finish(Context& ctx, AwaitInstall s);

State install(Context& ctx, Plan plan, const ChildAgreement& agreed, Bytes nr, Bytes shared) {
  auto keyed = key_child(ctx, agreed, plan.offer.inbound, {plan.ni, nr, shared, true, plan.reqid});
  if (!keyed) {
    ctx.wish(DeleteChild{plan.offer.inbound});
    return give_up(ctx, plan);
  }
  ChildSa& made = *keyed->child;
  Parts parts = Parts::both;
  if (plan.replaces) {
    made.replaces = plan.replaces;
    made.made_by_us = true;
    made.lowest_nonce = to_blob(lowest_nonce(plan.ni, nr));
    // One that will be deleted at once must not become the one that we send by.
    if (ours_would_be_redundant(ctx.sa, plan.replaces, made.lowest_nonce)) {
      parts = Parts::inbound_only;
    }
  }
  if (install_child(ctx, *keyed, parts)) {
    return AwaitInstall{std::move(plan), std::move(keyed->child)};
  }
  return finish(ctx, {std::move(plan), std::move(keyed->child)});
}

// The peer has made it already.  What it sent is wrong, or something of ours did not work.
State no_secret(Context& ctx, const Plan& plan, const CryptoDone& failed) {
  ctx.wish(DeleteChild{plan.offer.inbound});
  if (notify_of(failed) == NotifyType::temporary_failure) return try_later(ctx, plan);
  explain_child_failure(ctx, notify_of(failed));
  return give_up(ctx, plan);
}

State on_response(AwaitResponse&& s, const wire::v2::Message& m, Context& ctx) {
  if (const wire::v2::Notify* error = m.first_error()) return on_refusal(std::move(s), *error, ctx);
  Agreed agreed = accept_child(ctx, m, s.plan.offer);
  if (agreed && (!m.nonce || (s.key_pair && (!m.ke || m.ke->method != s.key_pair->method() ||
                                             agreed->choice.suite.ke != m.ke->method)))) {
    agreed = std::unexpected(NotifyType::invalid_syntax);
  }
  if (!agreed) {
    explain_child_failure(ctx, agreed.error());
    // The peer has it, as far as it knows.
    ctx.wish(DeleteChild{s.plan.offer.inbound});
    return give_up(ctx, s.plan);
  }
  Blob nr = to_blob(m.nonce->data);
  if (!s.key_pair) return install(ctx, std::move(s.plan), *agreed, nr, {});
  ctx.run(crypto::DeriveShared{s.key_pair, to_blob(m.ke->data)});
  return AwaitShared{std::move(s.plan), *std::move(agreed), std::move(nr)};
}

State finish(Context& ctx, AwaitInstall s) {
  const EspSpi replaces = s.plan.replaces;
  const Parts parts = s.child->pending_outbound ? Parts::inbound_only : Parts::both;
  adopt_child(ctx, std::move(s.child), parts, static_cast<bool>(replaces));
  if (replaces) settle_rivals(ctx, replaces);
  return Done{};
}

}  // namespace

State begin(Context& ctx, NewChild&& wish) {
  const IkeSa& sa = ctx.sa;
  if (sa.replaced || wish.template_index >= sa.connection->children.size()) return Done{};
  const auto& children = sa.established()->children;
  if (children.size() >= limits::kChildrenPerIkeSaMax) return Done{};
  // One pair for each template, unless a packet shows that it does not cover all.
  const bool there = std::ranges::any_of(children, [&](const auto& c) {
    return c->template_index == wish.template_index && c->state != ChildSa::State::replaced &&
           (!wish.packet || std::ranges::any_of(c->selectors, [&](const auto& pair) {
             return pair.contains(*wish.packet);
           }));
  });
  if (there) return Done{};
  Plan plan;
  plan.offer.template_index = wish.template_index;
  plan.offer.packet = wish.packet;
  plan.tries = wish.tries;
  return start(ctx, std::move(plan), wish.ke);
}

State begin(Context& ctx, RekeyChild&& wish) {
  ChildSa* const old = ctx.sa.child_by_inbound(wish.inbound);
  if (ctx.sa.replaced || old == nullptr || old->no_rekey ||
      peers_result(ctx.sa, wish.inbound) != nullptr ||
      old->template_index >= ctx.sa.connection->children.size() ||
      (old->state != ChildSa::State::installed &&
       old->state != ChildSa::State::inbound_installed)) {
    return Done{};
  }
  old->state = ChildSa::State::rekeying;
  Plan plan;
  plan.offer.template_index = old->template_index;
  plan.replaces = wish.inbound;
  plan.reqid = old->reqid;
  plan.tries = wish.tries;
  return start(ctx, std::move(plan), wish.ke);
}

State step(State&& state, const Event& event, Context& ctx) {
  return std::visit(
      overloaded{
          [&](AwaitKeyPair&& s, const CryptoDone& e) -> State {
            const auto* made = e.result ? std::get_if<crypto::KeyPairReady>(&*e.result) : nullptr;
            if (made == nullptr) return try_later(ctx, s.plan);
            return transmit(ctx, std::move(s.plan), made->key_pair);
          },
          [&](AwaitResponse&& s, const MessageIn& m) -> State {
            ctx.request_answered();
            return on_response(std::move(s), m.message, ctx);
          },
          [&](AwaitResponse&&, const TimedOut&) -> State {
            ctx.close("retransmit limit reached");
            return Done{};
          },
          [&](AwaitShared&& s, const CryptoDone& e) -> State {
            const auto* made = e.result ? std::get_if<crypto::SharedReady>(&*e.result) : nullptr;
            if (made == nullptr) return no_secret(ctx, s.plan, e);
            return install(ctx, std::move(s.plan), s.agreed, s.nr, made->shared.view());
          },
          [&](AwaitInstall&& s, const KernelDone& e) -> State {
            if (e.result) return finish(ctx, std::move(s));
            report_kernel(ctx, e.result.error());
            ctx.wish(DeleteChild{s.child->inbound});
            return try_later(ctx, s.plan);
          },
          [](auto&& s, const auto&) -> State { return std::move(s); },
      },
      std::move(state), event);
}

}  // namespace ike::v2::child_initiator
