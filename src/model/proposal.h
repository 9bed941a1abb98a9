// What one side offers or accepts: ordered alternatives of algorithms.  RFC 7296 section 3.3.
#pragma once

#include <string>
#include <vector>

#include "base/numbers.h"

namespace ike::model {

struct Transform {
  TransformType type{};
  uint16_t id = 0;        // an Encr, PrfId, Integ, KeMethod or Esn by `type`
  uint16_t key_bits = 0;  // the Key Length attribute; 0 = absent

  static Transform encr(Encr id, uint16_t key_bits = 0);
  static Transform prf(PrfId id);
  static Transform integ(Integ id);
  static Transform ke(KeMethod id);
  static Transform esn(Esn id);
  std::string text() const;  // "aes-256-gcm", "hmac-sha2-256", "curve25519", "esn"

  friend auto operator<=>(const Transform&, const Transform&) = default;
};

struct Proposal {
  uint8_t number = 0;
  ProtocolId protocol = ProtocolId::ike;
  std::vector<Transform> transforms;  // in order of preference within a type

  std::vector<Transform> of_type(TransformType type) const;
  bool offers(TransformType type) const;
  // Only AEAD ciphers (so no INTEG is needed).
  bool is_aead() const;
  std::string text() const;  // "enc aes-256-gcm,aes-128-gcm prf hmac-sha2-256 group curve25519"

  friend bool operator==(const Proposal&, const Proposal&) = default;
};

// Exactly one algorithm a type: the outcome of a negotiation.
struct Suite {
  Encr encr = Encr::none;
  uint16_t encr_key_bits = 0;
  Integ integ = Integ::none;
  PrfId prf = PrfId::none;       // IKE SAs only
  KeMethod ke = KeMethod::none;  // none: no key exchange (a Child SA without PFS)
  Esn esn = Esn::no;             // Child SAs only

  std::string text() const;  // "enc aes-256-gcm group curve25519 prf hmac-sha2-256"

  friend bool operator==(const Suite&, const Suite&) = default;
};

// A combined-mode cipher, which needs no separate integrity algorithm.  RFC 5282 section 8.
bool is_aead(Encr encr);

}  // namespace ike::model
