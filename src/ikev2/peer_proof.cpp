#include "ikev2/peer_proof.h"

#include <algorithm>

#include "ike/authenticator.h"
#include "ikev2/upkeep.h"

namespace ike::v2 {

namespace {

Bytes clear_octets(const Packet& packet, bool marked) {
  return Bytes(*packet).subspan(marked ? wire::kNonEspMarkerSize : 0);
}

}  // namespace

Result<PeerProof> read_proof(const wire::v2::Id& id, const wire::v2::Message& message) {
  PeerProof proof;
  proof.id = {id.type, to_blob(id.data)};
  if (!proof.id.well_formed()) return fail(Fault::malformed, "ID: size does not fit its type");
  proof.id_body = to_blob(id.body);
  proof.method = message.auth->method;
  proof.data = to_blob(message.auth->data);
  for (const wire::v2::Cert& cert : message.certs) {
    if (cert.encoding == CertEncoding::raw_public_key || cert.encoding == CertEncoding::raw_rsa ||
        cert.encoding == CertEncoding::openiked_ecdsa) {
      proof.certificate = to_blob(cert.data);
      break;
    }
  }
  return proof;
}

bool method_accepted(const model::Connection& connection, AuthMethod method) {
  if (connection.auth.kind == model::AuthKind::psk) return method == AuthMethod::psk;
  if (method == AuthMethod::psk) return false;
  return connection.auth.accepted.empty() ||
         std::ranges::find(connection.auth.accepted, method) != connection.auth.accepted.end();
}

Blob our_octets(Context& ctx) {
  const IkeSa& sa = ctx.sa;
  const Handshake& h = ctx.sa.handshake();
  //= RFC 7296 section 2.15: our first message, the peer's nonce, our identity
  return proto::signed_octets(
      ctx.host.provider(),
      {clear_octets(h.first_ours, h.first_marked), sa.initiator ? h.nr : h.ni, sa.suite.prf,
       sa.initiator ? sa.keys.pi() : sa.keys.pr(), id_body(sa.connection->local_id)});
}

Blob peer_octets(Context& ctx, Bytes body) {
  const IkeSa& sa = ctx.sa;
  const Handshake& h = ctx.sa.handshake();
  return proto::signed_octets(ctx.host.provider(),
                              {h.first_peers, sa.initiator ? h.ni : h.nr, sa.suite.prf,
                               sa.initiator ? sa.keys.pr() : sa.keys.pi(), body});
}

Blob id_body(const model::Identity& id) {
  Blob body;
  wire::Writer w(body);
  wire::v2::Id{id.type, id.data, {}}.write(w);
  return body;
}

std::unique_ptr<Handshake> establish(Context& ctx, proto::PeerAuthenticated peer) {
  IkeSa& sa = ctx.sa;
  auto handshake = std::move(std::get<Authenticating>(sa.life).handshake);
  sa.life = Established{std::move(peer), {}};
  ctx.host.established(sa);
  ctx.disarm(Timer::life);
  if (sa.initial_contact_seen) {
    ctx.host.remove_older(sa, false);
  } else if (ctx.host.global().enforce_single_ike_sa) {
    ctx.host.remove_older(sa, true);
  }
  begin_upkeep(sa, ctx.host);
  if (ctx.host.events().wants(events::IkeSaEstablished::kSeverity)) {
    ctx.host.events().emit(events::IkeSaEstablished{
        sa.spi_i, sa.spi_r, sa.remote, sa.local, sa.peer_id_text(), sa.connection->local_id.text(),
        sa.connection->name, sa.initiator, sa.suite.text()});
  }
  return handshake;
}

void authentication_failed(Context& ctx, const model::Identity& peer, std::string_view why) {
  ++ctx.host.counters().dropped_authentication;
  if (!ctx.host.events().wants(events::NegotiationRefused::kSeverity)) return;
  if (!ctx.sa.initiator && !ctx.host.may_tell_unproven()) return;
  std::string text = "peer " + (peer.type == IdType::none ? std::string("unknown") : peer.text());
  text += ", policy " + ctx.policy_name() + " (" + ctx.sa.connection->origin.text() + "): ";
  text += why;
  ctx.host.events().emit(
      events::NegotiationRefused{ctx.sa.spi_i, ctx.sa.remote, "AUTHENTICATION_FAILED", text});
}

}  // namespace ike::v2
