#include "ikev2/exchanges/sa_init_initiator.h"

#include "base/overloaded.h"
#include "ike/negotiate.h"
#include "ikev2/extensions/extension.h"
#include "wire/contract.h"
#include "wire/v2/notify_data.h"

namespace ike::v2::sa_init_initiator {
namespace {

// A refusal that nobody has proven: the true answer may still come, after one more transmission.
constexpr Duration kDoubtedRefusalWait = seconds(6);

State generate(Context& ctx, Blob cookie, KeMethod method, int restarts) {
  ctx.run(crypto::GenerateKeyPair{method});
  return AwaitKeyPair{std::move(cookie), method, restarts};
}

State transmit(AwaitResponse s, Context& ctx) {
  Payloads p;
  //= RFC 7296 section 2.6: the cookie goes first, the rest of the request stays as it was
  if (!s.cookie.empty()) p.writer.notify(wire::v2::Cookie{s.cookie});
  p.writer.add(proto::offer_payload(ctx.sa.connection->ike_proposals, {}, {}));
  p.writer.add(wire::v2::Ke{s.key_pair->method(), s.key_pair->public_value()});
  p.writer.add(wire::v2::Nonce{ctx.sa.handshake().ni});
  announce_all(Where::sa_init_request, ctx, p);
  ctx.request(ExchangeType::ike_sa_init, p);
  ctx.sa.handshake().first_ours = ctx.sa.own.sent.packets.front();
  ctx.sa.handshake().first_marked = ctx.sa.own.sent.marked;
  return s;
}

// The responder may say only these before there are keys.
State on_notify(AwaitResponse&& s, const MessageIn& m, Context& ctx) {
  const auto& message = m.message;
  Handshake& h = ctx.sa.handshake();
  if (s.restarts >= limits::kSaInitRestartsMax) return std::move(s);
  if (const auto* n = message.notify(NotifyType::cookie)) {
    const auto cookie = wire::v2::parse_data<wire::v2::Cookie>(*n);
    if (!cookie) return std::move(s);
    s.cookie = to_blob(cookie->data);
    ++s.restarts;
    return transmit(std::move(s), ctx);
  }
  if (const auto* n = message.notify(NotifyType::invalid_ke_payload)) {
    const auto wanted = wire::v2::parse_data<wire::v2::InvalidKePayload>(*n);
    //= RFC 7296 section 1.2: try again with the group that the responder named, if we offered it
    if (!wanted || wanted->method == s.key_pair->method() ||
        !proto::offers_ke(ctx.sa.connection->ike_proposals, wanted->method)) {
      return std::move(s);
    }
    return generate(ctx, std::move(s.cookie), wanted->method, s.restarts + 1);
  }
  if (const auto* error = message.first_error()) {
    //= RFC 7296 section 2.21.1: nobody has proven this notify, so it does not end the exchange
    if (h.remembered_error == NotifyType{}) {
      h.remembered_error = error->type;
      if (error->type == NotifyType::no_proposal_chosen) ctx.arm(Timer::life, kDoubtedRefusalWait);
    }
  }
  return std::move(s);
}

State on_response(AwaitResponse&& s, const MessageIn& m, Context& ctx) {
  if (!m.message.sa) return on_notify(std::move(s), m, ctx);
  Handshake& h = ctx.sa.handshake();
  if (!wire::check(wire::contracts::kSaInitResponse, m.message) || !m.header.spi_r) {
    return std::move(s);
  }
  const auto chosen = proto::accept_answer(ctx.sa.connection->ike_proposals, *m.message.sa, {});
  if (!chosen || chosen->suite.ke != m.message.ke->method ||
      m.message.ke->method != s.key_pair->method()) {
    return std::move(s);
  }
  ctx.sa.suite = chosen->suite;
  ctx.sa.spi_r = m.header.spi_r;
  h.nr = to_blob(m.message.nonce->data);
  h.first_peers = to_blob(m.octets);
  observe_all(Where::sa_init_response, ctx, m.message);
  ctx.run(crypto::DeriveShared{s.key_pair, to_blob(m.message.ke->data)});
  return AwaitShared{std::move(s)};
}

State on_shared(AwaitShared&& s, const crypto::SharedReady& ready, Context& ctx) {
  Handshake& h = ctx.sa.handshake();
  auto keys = derive_keys(ctx.host.provider(), ctx.sa.suite,
                          {ready.shared.view(), h.ni, h.nr, ctx.sa.spi_i, ctx.sa.spi_r});
  if (!keys) {
    ctx.close("key derivation failed");
    return Done{};
  }
  ctx.sa.keys = std::move(*keys);
  ctx.request_answered();
  ctx.disarm(Timer::life);
  ctx.sa.life = Authenticating{std::move(std::get<HalfOpen>(ctx.sa.life).handshake)};
  static_cast<void>(s);
  return Keyed{};
}

State time_out(Context& ctx) {
  const NotifyType remembered = ctx.sa.handshake().remembered_error;
  ctx.fail_sa(remembered == NotifyType{} ? std::string("IKE_SA_INIT unanswered")
                                         : "peer sent " + to_text(remembered));
  return Done{};
}

}  // namespace

State begin(Context& ctx) {
  Handshake& h = ctx.sa.handshake();
  h.ni.resize(limits::kNonceSize);
  ctx.host.random().fill_public(h.ni);
  if (ctx.sa.local.address.family() == Family::unspecified || ctx.sa.local.address.is_any()) {
    ctx.ask(model::FindSource{{}, ctx.sa.remote.address});
    return AwaitSource{};
  }
  return generate(ctx, {}, proto::first_ke(ctx.sa.connection->ike_proposals), 0);
}

State step(State&& state, const Event& event, Context& ctx) {
  return std::visit(
      overloaded{
          [&](AwaitSource&&, const KernelDone& e) -> State {
            if (!e.result) {
              ctx.fail_sa("no address of ours reaches the peer");
              return Done{};
            }
            ctx.sa.local.address = e.result->source;
            return generate(ctx, {}, proto::first_ke(ctx.sa.connection->ike_proposals), 0);
          },
          [&](AwaitKeyPair&& s, const CryptoDone& e) -> State {
            const auto* made = e.result ? std::get_if<crypto::KeyPairReady>(&*e.result) : nullptr;
            if (made == nullptr) {
              ctx.fail_sa("no key pair could be made");
              return Done{};
            }
            return transmit({std::move(s.cookie), made->key_pair, s.restarts}, ctx);
          },
          [&](AwaitResponse&& s, const MessageIn& m) -> State {
            return on_response(std::move(s), m, ctx);
          },
          [&](AwaitShared&& s, const CryptoDone& e) -> State {
            const auto* made = e.result ? std::get_if<crypto::SharedReady>(&*e.result) : nullptr;
            // A wrong public value may have been a forger's: the true answer may still come.
            if (made == nullptr) {
              ctx.sa.spi_r = IkeSpi();
              return std::move(s.was);
            }
            return on_shared(std::move(s), *made, ctx);
          },
          [&](AwaitKeyPair&&, const TimedOut&) -> State { return time_out(ctx); },
          [&](AwaitResponse&&, const TimedOut&) -> State { return time_out(ctx); },
          [&](AwaitShared&&, const TimedOut&) -> State { return time_out(ctx); },
          [](auto&& s, const auto&) -> State { return std::move(s); },  // late, duplicate, forged
      },
      std::move(state), event);
}

}  // namespace ike::v2::sa_init_initiator
