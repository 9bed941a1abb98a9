// Answers the engine's requests for proofs.  Secrets never leave; what leaves is one MAC pair or
// one signature an IKE SA.
#pragma once

#include "base/events.h"
#include "crypto/provider.h"
#include "keys/keyring.h"
#include "keys/peer_keys.h"
#include "keys/use_register.h"
#include "model/ports.h"

namespace ike::keys {

inline constexpr uint32_t kRequestsPerSecondMax = 20'000;  // more than any engine can authenticate
inline constexpr uint32_t kAuditLinesPerSecond = 5;

class Service {
 public:
  // Keeps references to `provider` and `audit`.
  Service(Keyring keyring, PeerKeys peer_keys, crypto::Provider& provider, events::Sink& audit);

  // After a reload.  Which SAs have used their proof stays known.
  void replace(Keyring keyring) { keyring_ = std::move(keyring); }
  const Keyring& keyring() const { return keyring_; }

  model::KeysReply handle(Instant now, const model::KeysRequest& request);

 private:
  Result<model::KeysAnswer> answer(const model::PskMacs& request, std::string& detail);
  Result<model::KeysAnswer> answer(const model::SignAuth& request, std::string& detail);
  Result<model::KeysAnswer> answer(const model::FindPeerKey& request, std::string& detail);
  Result<void> permit(IkeSpi spi_i, IkeSpi spi_r, Purpose purpose, std::string& detail);
  void report_refusal(Instant now, const Error& error, const std::string& detail);

  Keyring keyring_;
  PeerKeys peer_keys_;
  crypto::Provider& provider_;
  events::Sink& audit_;
  UseRegister uses_;
  RateLimit requests_{kRequestsPerSecondMax};
  RateLimit refusals_{kAuditLinesPerSecond};
};

}  // namespace ike::keys
