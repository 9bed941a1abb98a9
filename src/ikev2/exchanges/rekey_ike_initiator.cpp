#include "ikev2/exchanges/rekey_ike_initiator.h"

#include <algorithm>

#include "base/overloaded.h"
#include "ikev2/collisions.h"
#include "ikev2/explain.h"
#include "ikev2/successor.h"
#include "wire/contract.h"
#include "wire/v2/notify_data.h"

namespace ike::v2::rekey_ike_initiator {
namespace {

constexpr ExchangeType kCreate = ExchangeType::create_child_sa;
constexpr uint8_t kKeRoundsMax = 3;
constexpr uint8_t kTriesMax = 30;
constexpr Duration kRedundantGoesAfter = seconds(30);

// The retry of a busy peer: 1 % of the lifetime, between 4 and 60 s.
Duration retry_after(Context& ctx) {
  const Duration share = Duration(ctx.sa.connection->ike_lifetime) / 100;
  return std::clamp<Duration>(share, seconds(4), seconds(60)) +
         milliseconds(ctx.host.random().below(1000));
}

// Refused for good, it is asked for again while the IKE SA lives.
Duration ask_again_after(Context& ctx) {
  return std::max<Duration>(Duration(ctx.sa.connection->ike_lifetime) / 10, seconds(60));
}

// Ours came to nothing; the peer's may have succeeded.
State give_up(Context& ctx) {
  if (IkeSa* theirs = rival_successor(ctx)) hand_over(ctx, *theirs);
  forget_rival(ctx);
  return Done{};
}

// The peer goes on with a successor that we can't have, so nothing of the IKE SA can stay.
State fall_apart(Context& ctx) {
  if (rival_successor(ctx) != nullptr) return give_up(ctx);
  forget_rival(ctx);
  ctx.wish(DeleteIke{"rekeying failed"});
  return Done{};
}

State transmit(AwaitKeyPair&& s, std::shared_ptr<const crypto::KeyExchange> pair, Context& ctx) {
  if (ctx.sa.rival) return give_up(ctx);
  AwaitResponse next{std::move(pair), ctx.host.draw_ike_spi(), Blob(limits::kNonceSize), s.tries};
  ctx.host.random().fill_public(next.ni);
  Blob spi;
  wire::Writer(spi).u64(next.ours.raw());
  Payloads p;
  p.writer.add(proto::offer_payload(ctx.sa.connection->ike_proposals, spi, {}));
  p.writer.add(wire::v2::Nonce{next.ni});
  p.writer.add(wire::v2::Ke{next.key_pair->method(), next.key_pair->public_value()});
  ctx.request(kCreate, p);
  return next;
}

State on_refusal(const AwaitResponse& s, const wire::v2::Notify& error, Context& ctx) {
  const auto tries = static_cast<uint8_t>(s.tries + 1);
  if (error.type == NotifyType::invalid_ke_payload && s.tries < kKeRoundsMax) {
    const auto wanted = wire::v2::parse_data<wire::v2::InvalidKePayload>(error);
    if (wanted && proto::offers_ke(ctx.sa.connection->ike_proposals, wanted->method)) {
      ctx.wish(RekeyIke{wanted->method, tries});
      return give_up(ctx);
    }
  }
  if (error.type == NotifyType::temporary_failure && s.tries < kTriesMax) {
    if (!ctx.sa.rival) ctx.wish_later(RekeyIke{KeMethod::none, tries}, retry_after(ctx));
    return give_up(ctx);
  }
  if (error.type == NotifyType::invalid_syntax) {
    //= RFC 7296 section 2.21.3: who says this has deleted the IKE SA
    ctx.close("peer sent INVALID_SYNTAX");
    return Done{};
  }
  explain_child_failure(ctx, error.type);
  if (!ctx.sa.rival) ctx.arm(Timer::rekey, ask_again_after(ctx));
  return give_up(ctx);
}

// Something of ours did not work.
State no_key_pair(const AwaitKeyPair& s, Context& ctx) {
  if (!ctx.sa.rival && s.tries < kTriesMax) {
    ctx.wish_later(RekeyIke{KeMethod::none, static_cast<uint8_t>(s.tries + 1)}, retry_after(ctx));
  }
  return give_up(ctx);
}

State on_response(AwaitResponse&& s, const wire::v2::Message& m, Context& ctx) {
  if (const auto* error = m.first_error()) return on_refusal(s, *error, ctx);
  if (!wire::check(wire::contracts::kRekeyIkeResponse, m)) return fall_apart(ctx);
  auto choice = proto::accept_answer(ctx.sa.connection->ike_proposals, *m.sa, {});
  if (!choice || choice->peer_spi == 0 || choice->suite.ke != m.ke->method ||
      m.ke->method != s.key_pair->method()) {
    explain_child_failure(ctx, NotifyType::no_proposal_chosen);
    return fall_apart(ctx);
  }
  ctx.run(crypto::DeriveShared{s.key_pair, to_blob(m.ke->data)});
  return AwaitShared{*std::move(choice), s.ours, std::move(s.ni), to_blob(m.nonce->data)};
}

State on_shared(AwaitShared&& s, const crypto::SharedReady& ready, Context& ctx) {
  const bool too_late = ctx.sa.replaced;  // the peer uses its own successor already
  IkeSa* const ours =
      make_successor(ctx, {std::move(s.choice), s.ours, true, s.ni, s.nr, ready.shared.view()});
  if (ours == nullptr) return fall_apart(ctx);
  if (too_late) {
    Context{*ours, ctx.host, Lane::own}.wish(DeleteIke{"simultaneous rekeying"});
    ctx.host.nudge(*ours);
    return Done{};
  }
  IkeSa* const theirs = rival_successor(ctx);
  if (theirs != nullptr) {
    //= RFC 7296 section 2.8.2: of both new IKE SAs the one with the lowest nonce is closed by who
    //= made it; the Child SAs go to the other one
    if (nonce_less(lowest_nonce(s.ni, s.nr), ctx.sa.rival->lowest_nonce)) {
      hand_over(ctx, *theirs);
      forget_rival(ctx);
      Context{*ours, ctx.host, Lane::own}.wish(DeleteIke{"simultaneous rekeying"});
      ctx.host.nudge(*ours);
      return Done{};
    }
    forget_rival(ctx);
    // The peer closes it; should it never have learned of it, we do.
    theirs->replaced = true;
    set_timer(*theirs, ctx.host, Timer::life, ctx.host.now() + kRedundantGoesAfter);
  }
  hand_over(ctx, *ours);
  ctx.wish(DeleteIke{"rekeyed"});
  return Done{};
}

}  // namespace

State begin(Context& ctx, const RekeyIke& wish) {
  if (ctx.sa.replaced || ctx.sa.rival || ctx.sa.established() == nullptr) return Done{};
  if (ctx.sa.peers.exchange) {
    //= RFC 7296 section 2.25.2: not while the peer makes a Child SA, which would be lost
    ctx.wish_later(wish, seconds(1));
    return Done{};
  }
  const KeMethod method =
      wish.ke == KeMethod::none ? proto::first_ke(ctx.sa.connection->ike_proposals) : wish.ke;
  ctx.run(crypto::GenerateKeyPair{method});
  return AwaitKeyPair{wish.tries};
}

State step(State&& state, const Event& event, Context& ctx) {
  return std::visit(
      overloaded{
          [&](AwaitKeyPair&& s, const CryptoDone& e) -> State {
            const auto* made = e.result ? std::get_if<crypto::KeyPairReady>(&*e.result) : nullptr;
            return made ? transmit(std::move(s), made->key_pair, ctx) : no_key_pair(s, ctx);
          },
          [&](AwaitResponse&& s, const MessageIn& m) -> State {
            ctx.request_answered();
            return on_response(std::move(s), m.message, ctx);
          },
          [&](AwaitResponse&&, const TimedOut&) -> State {
            ctx.close("rekey timeout");
            return Done{};
          },
          [&](AwaitShared&& s, const CryptoDone& e) -> State {
            const auto* made = e.result ? std::get_if<crypto::SharedReady>(&*e.result) : nullptr;
            return made ? on_shared(std::move(s), *made, ctx) : fall_apart(ctx);
          },
          [](auto&& s, const auto&) -> State { return std::move(s); },
      },
      std::move(state), event);
}

}  // namespace ike::v2::rekey_ike_initiator
