#include "ikev2/exchanges/auth_responder.h"

#include "base/overloaded.h"
#include "ike/authenticator.h"
#include "ikev2/explain.h"
#include "ikev2/extensions/extension.h"
#include "wire/contract.h"

namespace ike::v2::auth_responder {
namespace {

constexpr ExchangeType kAuth = ExchangeType::ike_auth;

State refuse(Context& ctx, const model::Identity& peer, std::string_view why) {
  authentication_failed(ctx, peer, why);
  //= RFC 7296 section 2.21.2: the only answer to one who could not prove its identity
  ctx.answer_error(kAuth, NotifyType::authentication_failed);
  ctx.fail_sa(std::string(why));
  return Done{};
}

// The connection may change now that the peer's identity is known.
model::ConnectionPtr connection_for(Context& ctx, const PeerProof& proof,
                                    const wire::v2::Message& request) {
  ConnectionQuery query;
  query.local = ctx.sa.local.address;
  query.remote = ctx.sa.remote.address;
  query.peer_id = &proof.id;
  model::Identity wanted;
  if (request.id_r) {
    wanted = {request.id_r->type, to_blob(request.id_r->data)};
    query.our_id = &wanted;
  }
  query.transport = request.has(NotifyType::use_transport_mode);
  query.accepts = [&](const model::Connection& c) {
    return proto::takes_suite(c.ike_proposals, ctx.sa.suite);
  };
  model::ConnectionPtr found = ctx.host.choose(query);
  if (!found && query.our_id != nullptr) {
    query.our_id = nullptr;
    found = ctx.host.choose(query);
  }
  if (!found && query.transport) {
    // Then only the Child SA is refused, and the operator learns why.
    query.transport = false;
    found = ctx.host.choose(query);
  }
  return found;
}

State begin_proof(Context& ctx, PeerProof proof) {
  const IkeSa& sa = ctx.sa;
  if (sa.connection->auth.kind == model::AuthKind::psk) {
    ctx.ask(model::PskMacs{{},
                           sa.connection->id,
                           sa.spi_i,
                           sa.spi_r,
                           sa.suite.prf,
                           our_octets(ctx),
                           peer_octets(ctx, proof.id_body)});
    return AwaitMacs{std::move(proof)};
  }
  ctx.ask(model::FindPeerKey{{}, sa.connection->id, proof.id});
  ctx.ask(model::SignAuth{
      {}, sa.connection->id, sa.spi_i, sa.spi_r, ctx.sa.handshake().peer_hashes, our_octets(ctx)});
  return AwaitKeys{std::move(proof), {}};
}

void respond(Context& ctx, const model::AuthSigned& ours, const ChildAgreement* agreed,
             EspSpi inbound, NotifyType refused) {
  Payloads p;
  const model::Identity& id = ctx.sa.connection->local_id;
  p.writer.add(PayloadType::id_r, wire::v2::Id{id.type, id.data, {}});
  if (!ours.certificate.empty()) {
    p.writer.add(wire::v2::Cert{ours.cert_encoding, ours.certificate});
  }
  p.writer.add(wire::v2::Auth{ours.method, ours.data});
  announce_all(Where::auth_response, ctx, p);
  if (agreed != nullptr) {
    add_agreed_sa(p, *agreed, inbound);
    add_agreed_selectors(p, *agreed);
  } else {
    //= RFC 7296 section 1.2: a refused Child SA leaves the IKE SA as it is
    p.writer.notify(refused);
  }
  ctx.answer(kAuth, p);
}

State install(Context& ctx, ChildAgreement agreed, model::AuthSigned ours, const Handshake& h) {
  const EspSpi inbound = ctx.reserve_spi();
  auto keyed = key_child(ctx, agreed, inbound, {h.ni, h.nr, {}, false});
  if (!keyed) {
    abandon_child(ctx, inbound);
    respond(ctx, ours, nullptr, {}, NotifyType::no_proposal_chosen);
    return Done{};
  }
  if (install_child(ctx, *keyed, Parts::both)) {
    return AwaitInstall{std::move(agreed), std::move(keyed->child), std::move(ours)};
  }
  adopt_child(ctx, std::move(keyed->child), Parts::both, false);
  respond(ctx, ours, &agreed, inbound, {});
  return Done{};
}

State proven(Context& ctx, PeerProof proof, proto::PeerAuthenticated peer, model::AuthSigned ours) {
  const auto handshake = establish(ctx, std::move(peer));
  if (!proof.child) {
    respond(ctx, ours, nullptr, {}, proof.child.error());
    return Done{};
  }
  return install(ctx, *std::move(proof.child), std::move(ours), *handshake);
}

State on_macs(AwaitMacs&& s, const KeysDone& e, Context& ctx) {
  const auto* macs = e.result ? std::get_if<model::PskMacsMade>(&*e.result) : nullptr;
  if (macs == nullptr) return refuse(ctx, s.proof.id, "no pre-shared key: " + e.detail);
  auto peer = proto::Authenticator::check_mac(s.proof.id, macs->peers, s.proof.data);
  if (!peer) return refuse(ctx, s.proof.id, "the pre-shared keys differ");
  return proven(ctx, std::move(s.proof), *std::move(peer), {AuthMethod::psk, macs->ours, {}, {}});
}

State on_keys(AwaitKeys&& s, const KeysDone& e, Context& ctx) {
  if (!e.result) return refuse(ctx, s.proof.id, "no key: " + e.detail);
  if (const auto* signed_ = std::get_if<model::AuthSigned>(&*e.result)) s.ours = *signed_;
  if (const auto* key = std::get_if<model::PeerKeyFound>(&*e.result)) {
    ctx.run(crypto::VerifySignature{key->spki, s.proof.method, peer_octets(ctx, s.proof.id_body),
                                    s.proof.data});
    return AwaitVerified{std::move(s.proof), std::move(s.ours), std::nullopt};
  }
  return std::move(s);
}

State when_both(AwaitVerified&& s, Context& ctx) {
  if (!s.peer || !s.ours) return std::move(s);
  return proven(ctx, std::move(s.proof), *std::move(s.peer), *std::move(s.ours));
}

State on_verified(AwaitVerified&& s, const CryptoDone& e, Context& ctx) {
  const auto* done = e.result ? std::get_if<crypto::SignatureVerified>(&*e.result) : nullptr;
  if (done == nullptr) return refuse(ctx, s.proof.id, "the signature does not fit the peer's key");
  s.peer = proto::Authenticator::verified(s.proof.id, *done);
  return when_both(std::move(s), ctx);
}

State on_installed(AwaitInstall&& s, const KernelDone& e, Context& ctx) {
  const EspSpi inbound = s.child->inbound;
  if (!e.result) {
    report_kernel(ctx, e.result.error());
    abandon_child(ctx, inbound);
    respond(ctx, s.ours, nullptr, {}, NotifyType::no_proposal_chosen);
    return Done{};
  }
  adopt_child(ctx, std::move(s.child), Parts::both, false);
  respond(ctx, s.ours, &s.agreed, inbound, {});
  return Done{};
}

}  // namespace

State begin(Context& ctx, const wire::v2::Message& request) {
  if (!wire::check(wire::contracts::kAuthRequest, request)) {
    ctx.answer_error(kAuth,
                     request.auth ? NotifyType::invalid_syntax : NotifyType::authentication_failed);
    ctx.fail_sa("IKE_AUTH request lacks a payload");
    return Done{};
  }
  auto proof = read_proof(*request.id_i, request);
  if (!proof) {
    ctx.answer_error(kAuth, NotifyType::invalid_syntax);
    ctx.fail_sa("IKE_AUTH request has a broken identity");
    return Done{};
  }
  const model::ConnectionPtr connection = connection_for(ctx, *proof, request);
  if (!connection) return refuse(ctx, proof->id, "no policy for this identity");
  ctx.host.attach(ctx.sa, connection);
  if (!method_accepted(*connection, proof->method)) {
    return refuse(ctx, proof->id, "the policy takes other authentication methods");
  }
  observe_all(Where::auth_request, ctx, request);
  proof->child = negotiate_child(ctx, request, true, nullptr);
  return begin_proof(ctx, *std::move(proof));
}

State step(State&& state, const Event& event, Context& ctx) {
  return std::visit(
      overloaded{
          [&](AwaitMacs&& s, const KeysDone& e) -> State { return on_macs(std::move(s), e, ctx); },
          [&](AwaitKeys&& s, const KeysDone& e) -> State { return on_keys(std::move(s), e, ctx); },
          [&](AwaitVerified&& s, const KeysDone& e) -> State {
            const auto* ours = e.result ? std::get_if<model::AuthSigned>(&*e.result) : nullptr;
            if (ours == nullptr) return refuse(ctx, s.proof.id, "no key of ours: " + e.detail);
            s.ours = *ours;
            return when_both(std::move(s), ctx);
          },
          [&](AwaitVerified&& s, const CryptoDone& e) -> State {
            return on_verified(std::move(s), e, ctx);
          },
          [&](AwaitInstall&& s, const KernelDone& e) -> State {
            return on_installed(std::move(s), e, ctx);
          },
          [](auto&& s, const auto&) -> State { return std::move(s); },
      },
      std::move(state), event);
}

}  // namespace ike::v2::auth_responder
