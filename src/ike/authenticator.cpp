#include "ike/authenticator.h"

#include <algorithm>

#include "base/secret.h"
#include "crypto/algorithms.h"

namespace ike::proto {

Blob signed_octets(crypto::Provider& provider, const SignedOctets& parts) {
  const auto prf = crypto::info_of(parts.prf);
  const size_t mac_size = prf ? prf->size : 0;
  Blob out;
  out.reserve(parts.first_message.size() + parts.peer_nonce.size() + mac_size);
  append(out, parts.first_message);
  append(out, parts.peer_nonce);
  const size_t at = out.size();
  out.resize(at + mac_size);
  const std::array<Bytes, 1> data{parts.id_body};
  if (mac_size > 0) provider.prf(parts.prf, parts.sk_p, data, MutableBytes(out).subspan(at));
  return out;
}

std::vector<SignatureHash> common_hashes(std::span<const SignatureHash> peer) {
  std::vector<SignatureHash> common;
  for (const SignatureHash hash : kSignatureHashes) {
    if (std::ranges::find(peer, hash) != peer.end()) common.push_back(hash);
  }
  return common;
}

std::optional<PeerAuthenticated> Authenticator::check_mac(const model::Identity& peer,
                                                          Bytes expected, Bytes received) {
  // An empty MAC would be equal to an empty one.
  if (expected.empty() || !equal_constant_time(expected, received)) return std::nullopt;
  return PeerAuthenticated(peer);
}

PeerAuthenticated Authenticator::verified(const model::Identity& peer,
                                          const crypto::SignatureVerified&) {
  return PeerAuthenticated(peer);
}

}  // namespace ike::proto
