// Initiator side of IKE_AUTH.  RFC 7296 section 1.2.
#pragma once

#include "ikev2/child_setup.h"
#include "ikev2/peer_proof.h"

namespace ike::v2::auth_initiator {

struct AwaitOurProof {};  // MAC or signature over our octets
struct AwaitResponse {
  ChildOffer offer;
  Blob expected;  // the peer's MAC for the identity that is configured; empty when none is
};
struct AwaitPeerMac {
  PeerProof proof;
  EspSpi inbound;
};
struct AwaitPeerKey {
  PeerProof proof;
  EspSpi inbound;
};
struct AwaitVerified {
  PeerProof proof;
  EspSpi inbound;
};
struct AwaitInstall {
  std::unique_ptr<ChildSa> child;
};
using State = std::variant<AwaitOurProof, AwaitResponse, AwaitPeerMac, AwaitPeerKey, AwaitVerified,
                           AwaitInstall, Done>;

State begin(Context& ctx);
State step(State&& state, const Event& event, Context& ctx);

}  // namespace ike::v2::auth_initiator
