#include "ikev2/exchanges/auth_initiator.h"

#include <algorithm>

#include "base/overloaded.h"
#include "ike/authenticator.h"
#include "ikev2/explain.h"
#include "ikev2/extensions/extension.h"
#include "wire/contract.h"

namespace ike::v2::auth_initiator {
namespace {

State transmit(Context& ctx, const model::AuthSigned& ours, Blob expected) {
  IkeSa& sa = ctx.sa;
  const model::Connection& c = *sa.connection;
  const Handshake& h = sa.handshake();
  ChildOffer offer;
  offer.template_index = h.templates.empty() ? uint16_t{0} : h.templates.front();
  offer.inbound = ctx.reserve_spi();
  offer.packet = h.packet;
  offer.in_auth = true;
  Payloads p;
  p.writer.add(PayloadType::id_i, wire::v2::Id{c.local_id.type, c.local_id.data, {}});
  if (c.remote_id) {
    p.writer.add(PayloadType::id_r, wire::v2::Id{c.remote_id->type, c.remote_id->data, {}});
  }
  if (!ours.certificate.empty()) {
    p.writer.add(wire::v2::Cert{ours.cert_encoding, ours.certificate});
  }
  p.writer.add(wire::v2::Auth{ours.method, ours.data});
  announce_all(Where::auth_request, ctx, p);
  add_child_sa(ctx, p, offer);
  add_child_selectors(ctx, p, offer);
  ctx.request(ExchangeType::ike_auth, p);
  return AwaitResponse{std::move(offer), std::move(expected)};
}

// The responder believes that the IKE SA is there, so it has to be told.
State fail_peer(Context& ctx, EspSpi inbound, const model::Identity& peer, std::string_view why) {
  authentication_failed(ctx, peer, why);
  abandon_child(ctx, inbound);
  //= RFC 7296 section 2.21.2: in an INFORMATIONAL exchange of its own
  ctx.fail_and_report(std::string(why));
  return Done{};
}

// The remaining Child SAs of the connection, each in an exchange of its own.
void wish_for_others(Context& ctx, const Handshake& h, uint16_t done) {
  const IkeSa& sa = ctx.sa;
  for (size_t i = 0; i < sa.connection->children.size(); ++i) {
    if (i == done) continue;
    const bool asked =
        sa.connection->active || std::ranges::find(h.templates, i) != h.templates.end();
    if (asked) ctx.wish(NewChild{static_cast<uint16_t>(i), {}, KeMethod::none, 0});
  }
}

void child_refused(Context& ctx, EspSpi inbound, NotifyType why) {
  abandon_child(ctx, inbound);
  explain_child_failure(ctx, why);
}

State proven(Context& ctx, PeerProof proof, EspSpi inbound, proto::PeerAuthenticated peer) {
  const auto h = establish(ctx, std::move(peer));
  if (!proof.child) {
    //= RFC 7296 section 2.21.2: the IKE SA stays; a Child SA that only the peer has is deleted
    if (proof.child_at_peer) ctx.wish(DeleteChild{inbound});
    child_refused(ctx, inbound, proof.child.error());
    wish_for_others(ctx, *h, proof.template_index);
    return Done{};
  }
  auto keyed = key_child(ctx, *proof.child, inbound, {h->ni, h->nr, {}, true});
  wish_for_others(ctx, *h, proof.child->template_index);
  if (!keyed) {
    ctx.wish(DeleteChild{inbound});
    child_refused(ctx, inbound, NotifyType::no_proposal_chosen);
    return Done{};
  }
  if (install_child(ctx, *keyed, Parts::both)) return AwaitInstall{std::move(keyed->child)};
  adopt_child(ctx, std::move(keyed->child), Parts::both, false);
  return Done{};
}

// The notify of a refusal, which is protected but says nothing about who sent it.
State refused(Context& ctx, const AwaitResponse& s, const wire::v2::Message& m) {
  const wire::v2::Notify* error = m.first_error();
  const std::string why = error != nullptr ? "peer sent " + to_text(error->type)
                                           : std::string("IKE_AUTH response lacks a payload");
  explain_auth_refusal(ctx, why);
  abandon_child(ctx, s.offer.inbound);
  ctx.fail_sa(why);
  return Done{};
}

State on_response(AwaitResponse&& s, const wire::v2::Message& m, Context& ctx) {
  if (!m.auth || !m.id_r) return refused(ctx, s, m);
  IkeSa& sa = ctx.sa;
  auto proof = read_proof(*m.id_r, m);
  if (!proof) return fail_peer(ctx, s.offer.inbound, {}, "broken identity");
  proof->template_index = s.offer.template_index;
  //= RFC 7296 section 3.5: whoever proves an identity must be the one that was configured
  if (sa.connection->remote_id && *sa.connection->remote_id != proof->id) {
    return fail_peer(ctx, s.offer.inbound, proof->id, "the policy expects another identity");
  }
  if (!method_accepted(*sa.connection, proof->method)) {
    return fail_peer(ctx, s.offer.inbound, proof->id,
                     "the policy takes other authentication methods");
  }
  observe_all(Where::auth_response, ctx, m);
  proof->child = accept_child(ctx, m, s.offer);
  proof->child_at_peer = m.sa && m.first_error() == nullptr;
  if (sa.connection->auth.kind != model::AuthKind::psk) {
    ctx.ask(model::FindPeerKey{{}, sa.connection->id, proof->id});
    return AwaitPeerKey{*std::move(proof), s.offer.inbound};
  }
  if (!s.expected.empty()) {
    auto peer = proto::Authenticator::check_mac(proof->id, s.expected, proof->data);
    if (!peer) return fail_peer(ctx, s.offer.inbound, proof->id, "the pre-shared keys differ");
    return proven(ctx, *std::move(proof), s.offer.inbound, *std::move(peer));
  }
  ctx.ask(model::PskMacs{{},
                         sa.connection->id,
                         sa.spi_i,
                         sa.spi_r,
                         sa.suite.prf,
                         {},
                         peer_octets(ctx, proof->id_body)});
  return AwaitPeerMac{*std::move(proof), s.offer.inbound};
}

State on_our_proof(const KeysDone& e, Context& ctx) {
  if (!e.result) {
    authentication_failed(ctx, {}, "no proof of ours: " + e.detail);
    ctx.fail_sa("no key of ours");
    return Done{};
  }
  if (const auto* macs = std::get_if<model::PskMacsMade>(&*e.result)) {
    return transmit(ctx, {AuthMethod::psk, macs->ours, {}, {}},
                    ctx.sa.connection->remote_id ? macs->peers : Blob());
  }
  if (const auto* ours = std::get_if<model::AuthSigned>(&*e.result)) {
    return transmit(ctx, *ours, {});
  }
  return AwaitOurProof{};
}

State on_peer_mac(AwaitPeerMac&& s, const KeysDone& e, Context& ctx) {
  const auto* macs = e.result ? std::get_if<model::PskMacsMade>(&*e.result) : nullptr;
  if (macs == nullptr) return fail_peer(ctx, s.inbound, s.proof.id, "no pre-shared key");
  auto peer = proto::Authenticator::check_mac(s.proof.id, macs->peers, s.proof.data);
  if (!peer) return fail_peer(ctx, s.inbound, s.proof.id, "the pre-shared keys differ");
  return proven(ctx, std::move(s.proof), s.inbound, *std::move(peer));
}

State on_peer_key(AwaitPeerKey&& s, const KeysDone& e, Context& ctx) {
  const auto* key = e.result ? std::get_if<model::PeerKeyFound>(&*e.result) : nullptr;
  if (key == nullptr) return fail_peer(ctx, s.inbound, s.proof.id, "no public key of the peer");
  ctx.run(crypto::VerifySignature{key->spki, s.proof.method, peer_octets(ctx, s.proof.id_body),
                                  s.proof.data});
  return AwaitVerified{std::move(s.proof), s.inbound};
}

State on_verified(AwaitVerified&& s, const CryptoDone& e, Context& ctx) {
  const auto* done = e.result ? std::get_if<crypto::SignatureVerified>(&*e.result) : nullptr;
  if (done == nullptr) {
    return fail_peer(ctx, s.inbound, s.proof.id, "the signature does not fit the peer's key");
  }
  auto peer = proto::Authenticator::verified(s.proof.id, *done);
  return proven(ctx, std::move(s.proof), s.inbound, std::move(peer));
}

State on_installed(AwaitInstall&& s, const KernelDone& e, Context& ctx) {
  if (e.result) {
    adopt_child(ctx, std::move(s.child), Parts::both, false);
    return Done{};
  }
  report_kernel(ctx, e.result.error());
  // The peer has it already, so it must be told to forget it.
  ctx.wish(DeleteChild{s.child->inbound});
  abandon_child(ctx, s.child->inbound);
  return Done{};
}

}  // namespace

State begin(Context& ctx) {
  IkeSa& sa = ctx.sa;
  if (sa.connection->auth.kind == model::AuthKind::psk) {
    // With the peer's identity configured one request yields both MACs.
    Blob theirs;
    if (sa.connection->remote_id) theirs = peer_octets(ctx, id_body(*sa.connection->remote_id));
    ctx.ask(model::PskMacs{{},
                           sa.connection->id,
                           sa.spi_i,
                           sa.spi_r,
                           sa.suite.prf,
                           our_octets(ctx),
                           std::move(theirs)});
  } else {
    ctx.ask(model::SignAuth{
        {}, sa.connection->id, sa.spi_i, sa.spi_r, sa.handshake().peer_hashes, our_octets(ctx)});
  }
  return AwaitOurProof{};
}

State step(State&& state, const Event& event, Context& ctx) {
  const auto timed_out = [&](EspSpi inbound) -> State {
    if (inbound) abandon_child(ctx, inbound);
    ctx.fail_sa("IKE_AUTH unanswered");
    return Done{};
  };
  return std::visit(
      overloaded{
          [&](AwaitOurProof&&, const KeysDone& e) -> State { return on_our_proof(e, ctx); },
          [&](AwaitResponse&& s, const MessageIn& m) -> State {
            ctx.request_answered();
            return on_response(std::move(s), m.message, ctx);
          },
          [&](AwaitResponse&& s, const TimedOut&) -> State { return timed_out(s.offer.inbound); },
          [&](AwaitPeerMac&& s, const KeysDone& e) -> State {
            return on_peer_mac(std::move(s), e, ctx);
          },
          [&](AwaitPeerKey&& s, const KeysDone& e) -> State {
            return on_peer_key(std::move(s), e, ctx);
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

}  // namespace ike::v2::auth_initiator
