// What a peer claims in IKE_AUTH, kept while its proof is looked into.
#pragma once

#include "ikev2/child_setup.h"
#include "model/identity.h"

namespace ike::v2 {

struct PeerProof {
  model::Identity id;
  Blob id_body;  // as on the wire
  AuthMethod method{};
  Blob data;
  Blob certificate;             // a raw public key, if one came
  uint16_t template_index = 0;  // initiator: of the Child SA that was offered
  Agreed child = std::unexpected(NotifyType::no_proposal_chosen);
  bool child_at_peer = false;  // initiator: the peer has made it, whatever we think of it
};

// Both identities must be there as the role demands: IDi from an initiator, IDr from a responder.
Result<PeerProof> read_proof(const wire::v2::Id& id, const wire::v2::Message& message);
// The AUTH method is one that the connection takes.
bool method_accepted(const model::Connection& connection, AuthMethod method);

// What the AUTH payload of each side covers.  RFC 7296 section 2.15.
Blob our_octets(Context& ctx);
Blob peer_octets(Context& ctx, Bytes id_body);
Blob id_body(const model::Identity& id);

// The peer has proven its identity: the IKE SA is established.  What the handshake needed is handed
// out for the first Child SA and freed then.
std::unique_ptr<Handshake> establish(Context& ctx, proto::PeerAuthenticated peer);
// Explains to the operator, once for all the ways to fail.
void authentication_failed(Context& ctx, const model::Identity& peer, std::string_view why);

}  // namespace ike::v2
