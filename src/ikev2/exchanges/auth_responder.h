// Responder side of IKE_AUTH.  RFC 7296 section 1.2.
#pragma once

#include "ikev2/child_setup.h"
#include "ikev2/peer_proof.h"

namespace ike::v2::auth_responder {

struct AwaitMacs {  // shared key: our proof and what the peer's must be
  PeerProof proof;
};
struct AwaitKeys {  // signatures: the peer's public key, and ours over our octets
  PeerProof proof;
  std::optional<model::AuthSigned> ours;
};
struct AwaitVerified {
  PeerProof proof;
  std::optional<model::AuthSigned> ours;
  std::optional<proto::PeerAuthenticated> peer;
};
struct AwaitInstall {
  ChildAgreement agreed;
  std::unique_ptr<ChildSa> child;
  model::AuthSigned ours;
};
using State = std::variant<AwaitMacs, AwaitKeys, AwaitVerified, AwaitInstall, Done>;

State begin(Context& ctx, const wire::v2::Message& request);
State step(State&& state, const Event& event, Context& ctx);

}  // namespace ike::v2::auth_responder
