// Which octets an AUTH payload covers, and who may say that a peer has proven itself.
// RFC 7296 section 2.15, RFC 7427.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "crypto/job.h"
#include "ike/proof.h"

namespace ike::proto {

struct SignedOctets {
  Bytes first_message;  // IKE_SA_INIT as the signer sent it, from the header on
  Bytes peer_nonce;     // the other side's, without payload header
  PrfId prf = PrfId::none;
  Bytes sk_p;     // SK_pi for the original initiator's proof, SK_pr for the responder's
  Bytes id_body;  // the signer's ID payload without its generic header
};
//= RFC 7296 section 2.15: message | nonce | prf(SK_p, ID body)
Blob signed_octets(crypto::Provider& provider, const SignedOctets& parts);

// The hashes we verify signatures with, strongest last; what SIGNATURE_HASH_ALGORITHMS announces.
inline constexpr std::array kSignatureHashes{SignatureHash::sha2_256, SignatureHash::sha2_384,
                                             SignatureHash::sha2_512, SignatureHash::identity};
//= RFC 7427 section 4: both sides know the hash; unknown numbers are skipped
std::vector<SignatureHash> common_hashes(std::span<const SignatureHash> peer);

// The only maker of PeerAuthenticated.
class Authenticator {
 public:
  // For shared keys: `expected` is what the peer must have sent.  Constant time.
  static std::optional<PeerAuthenticated> check_mac(const model::Identity& peer, Bytes expected,
                                                    Bytes received);
  // For signatures: the outcome of the job that verified the peer's over its octets.
  static PeerAuthenticated verified(const model::Identity& peer, const crypto::SignatureVerified&);
};

}  // namespace ike::proto
