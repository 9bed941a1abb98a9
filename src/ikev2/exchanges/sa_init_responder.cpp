#include "ikev2/exchanges/sa_init_responder.h"

#include "base/overloaded.h"
#include "ikev2/explain.h"
#include "ikev2/extensions/extension.h"
#include "wire/contract.h"
#include "wire/v2/notify_data.h"

namespace ike::v2::sa_init_responder {
namespace {

State respond(const crypto::AnsweredKeyExchange& answered, Context& ctx) {
  IkeSa& sa = ctx.sa;
  Handshake& h = sa.handshake();
  h.nr.resize(limits::kNonceSize);
  ctx.host.random().fill_public(h.nr);
  auto keys = derive_keys(ctx.host.provider(), sa.suite,
                          {answered.shared.view(), h.ni, h.nr, sa.spi_i, sa.spi_r});
  if (!keys) {
    ctx.fail_sa("key derivation failed");
    return Done{};
  }
  sa.keys = std::move(*keys);
  Payloads p;
  p.writer.add(proto::answer_payload(h.choice, {}));
  p.writer.add(wire::v2::Ke{sa.suite.ke, answered.public_value});
  p.writer.add(wire::v2::Nonce{h.nr});
  announce_all(Where::sa_init_response, ctx, p);
  ctx.answer(ExchangeType::ike_sa_init, p);
  h.first_ours = sa.peers.answer.packets.front();
  h.first_marked = sa.peers.answer.marked;
  sa.life = Authenticating{std::move(std::get<HalfOpen>(sa.life).handshake)};
  return Done{};
}

}  // namespace

Verdict judge(Host& host, const Request& request) {
  if (!wire::check(wire::contracts::kSaInitRequest, request.message)) {
    return Drop{"IKE_SA_INIT request lacks a payload"};
  }
  const wire::v2::Sa& offered = *request.message.sa;
  const KeMethod sent = request.message.ke->method;
  ConnectionQuery query;
  query.local = request.to.address;
  query.remote = request.from.address;
  query.accepts = [&](const model::Connection& c) {
    return proto::choose(c.ike_proposals, offered, {sent, false}).has_value();
  };
  const model::ConnectionPtr connection = host.choose(query);
  if (!connection) {
    query.accepts = nullptr;
    if (!host.choose(query)) return Drop{"no policy for this peer"};
    ++host.counters().proposals_failed;
    explain_ike_refusal(host, request.header.spi_i, request.to, request.from, offered);
    return Refuse{NotifyType::no_proposal_chosen};
  }
  auto chosen = proto::choose(connection->ike_proposals, offered, {sent, false});
  if (!chosen) {
    ++host.counters().proposals_failed;
    explain_ike_refusal(host, request.header.spi_i, request.to, request.from, offered);
    return Refuse{NotifyType::no_proposal_chosen};
  }
  //= RFC 7296 section 1.2: the group of the KE payload must be the chosen one
  if (chosen->suite.ke != sent) return Refuse{NotifyType::invalid_ke_payload, chosen->suite.ke};
  return Accept{connection, std::move(*chosen)};
}

Blob stateless_answer(const wire::Header& request, const Payloads& payloads) {
  wire::Header h = request;
  h.version = wire::kVersion2;
  h.next_payload = payloads.writer.first();
  h.flags = wire::kFlagResponse;
  Blob out;
  wire::Writer w(out);
  h.write(w);
  w.bytes(payloads.octets);
  wire::patch_length(out);
  return out;
}

Blob refusal(const wire::Header& request, const Refuse& refuse) {
  Payloads p;
  if (refuse.wanted != KeMethod::none) {
    p.writer.notify(wire::v2::InvalidKePayload{refuse.wanted});
  } else {
    p.writer.notify(refuse.notify);
  }
  return stateless_answer(request, p);
}

State begin(Context& ctx, const Request& request, proto::Choice choice) {
  auto handshake = std::make_unique<Handshake>();
  handshake->ni = to_blob(request.message.nonce->data);
  handshake->first_peers = to_blob(request.octets);
  ctx.sa.suite = choice.suite;
  const KeMethod method = choice.suite.ke;
  handshake->choice = std::move(choice);
  ctx.sa.life = HalfOpen{std::move(handshake)};
  observe_all(Where::sa_init_request, ctx, request.message);
  ctx.run(crypto::AnswerKeyExchange{method, to_blob(request.message.ke->data)});
  return AwaitAnswer{};
}

State step(State&& state, const Event& event, Context& ctx) {
  return std::visit(overloaded{
                        [&](AwaitAnswer&&, const CryptoDone& e) -> State {
                          const auto* answered =
                              e.result ? std::get_if<crypto::AnsweredKeyExchange>(&*e.result)
                                       : nullptr;
                          if (answered != nullptr) return respond(*answered, ctx);
                          ctx.fail_sa("the peer's public value is not valid");
                          return Done{};
                        },
                        [](auto&& s, const auto&) -> State { return std::move(s); },
                    },
                    std::move(state), event);
}

}  // namespace ike::v2::sa_init_responder
