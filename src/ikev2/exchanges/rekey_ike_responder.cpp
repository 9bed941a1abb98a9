#include "ikev2/exchanges/rekey_ike_responder.h"

#include "base/overloaded.h"
#include "ikev2/child_setup.h"
#include "ikev2/collisions.h"
#include "ikev2/successor.h"
#include "ikev2/under_way.h"
#include "wire/contract.h"
#include "wire/v2/notify_data.h"

namespace ike::v2::rekey_ike_responder {
namespace {

constexpr ExchangeType kCreate = ExchangeType::create_child_sa;

State refuse(Context& ctx, NotifyType why) {
  ctx.answer_error(kCreate, why);
  //= RFC 7296 section 2.21.3: fatal for both ends, without a Delete payload
  if (why == NotifyType::invalid_syntax) ctx.close("the peer's request is malformed");
  return Done{};
}

State respond(AwaitAnswer&& s, const crypto::AnsweredKeyExchange& answered, Context& ctx) {
  // Ours has ended meanwhile, so the Child SAs have a new home already.
  if (ctx.sa.replaced) return refuse(ctx, NotifyType::temporary_failure);
  Blob nr(limits::kNonceSize);
  ctx.host.random().fill_public(nr);
  const IkeSpi ours = ctx.host.draw_ike_spi();
  IkeSa* const successor =
      make_successor(ctx, {s.choice, ours, false, s.ni, nr, answered.shared.view()});
  if (successor == nullptr) return refuse(ctx, NotifyType::no_additional_sas);
  Blob spi;
  wire::Writer(spi).u64(ours.raw());
  Payloads p;
  p.writer.add(proto::answer_payload(s.choice, spi));
  p.writer.add(wire::v2::Nonce{nr});
  p.writer.add(wire::v2::Ke{s.choice.suite.ke, answered.public_value});
  ctx.answer(kCreate, p);
  if (under_way(ctx.sa, nullptr).ike == IkeState::rekeying) {
    //= RFC 7296 section 2.8.2: which one stays is known when our exchange has ended too
    successor->heir_of = ctx.sa.our_spi();
    ctx.sa.rival =
        std::make_unique<IkeRival>(IkeRival{successor->our_spi(), to_blob(lowest_nonce(s.ni, nr))});
    return Done{};
  }
  hand_over(ctx, *successor);
  return Done{};
}

}  // namespace

State begin(Context& ctx, const wire::v2::Message& request) {
  if (!wire::check(wire::contracts::kRekeyIkeRequest, request)) {
    return refuse(ctx, NotifyType::invalid_syntax);
  }
  // Nor may a peer fill the tables with successors of successors.
  if (ctx.sa.lineage.use_count() >= static_cast<long>(limits::kIkeSasPerLineageMax)) {
    return refuse(ctx, NotifyType::temporary_failure);
  }
  // One result of the peer beside ours is enough; more would be IKE SAs that nobody looks after.
  if (ctx.sa.rival) return refuse(ctx, NotifyType::temporary_failure);
  if (answer_to(PeerRequest::rekey_ike, under_way(ctx.sa, nullptr)) ==
      CollisionAnswer::temporary_failure) {
    return refuse(ctx, NotifyType::temporary_failure);
  }
  auto choice =
      proto::choose(ctx.sa.connection->ike_proposals, *request.sa, {request.ke->method, false});
  if (!choice || choice->peer_spi == 0) return refuse(ctx, NotifyType::no_proposal_chosen);
  if (choice->suite.ke != request.ke->method) {
    Payloads p;
    p.writer.notify(wire::v2::InvalidKePayload{choice->suite.ke});
    ctx.answer(kCreate, p);
    return Done{};
  }
  ctx.run(crypto::AnswerKeyExchange{choice->suite.ke, to_blob(request.ke->data)});
  return AwaitAnswer{*std::move(choice), to_blob(request.nonce->data)};
}

State step(State&& state, const Event& event, Context& ctx) {
  return std::visit(overloaded{
                        [&](AwaitAnswer&& s, const CryptoDone& e) -> State {
                          const auto* answered =
                              e.result ? std::get_if<crypto::AnsweredKeyExchange>(&*e.result)
                                       : nullptr;
                          if (answered == nullptr) return refuse(ctx, notify_of(e));
                          return respond(std::move(s), *answered, ctx);
                        },
                        [](auto&& s, const auto&) -> State { return std::move(s); },
                    },
                    std::move(state), event);
}

}  // namespace ike::v2::rekey_ike_responder
