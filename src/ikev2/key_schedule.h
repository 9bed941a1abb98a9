// From shared secrets to keys.  RFC 7296 sections 2.14, 2.17, 2.18.
#pragma once

#include "base/strong.h"
#include "crypto/provider.h"
#include "model/proposal.h"

namespace ike::v2 {

crypto::Protection protection_of(const model::Suite& suite);

// SK_d, SK_ai, SK_ar, SK_ei, SK_er, SK_pi, SK_pr in one block.
class SkKeys {
 public:
  SkKeys() = default;

  Bytes d() const { return part(0, prf_); }
  Bytes ai() const { return part(prf_, integ_); }
  Bytes ar() const { return part(prf_ + integ_, integ_); }
  Bytes ei() const { return part(prf_ + 2 * integ_, encr_); }
  Bytes er() const { return part(prf_ + 2 * integ_ + encr_, encr_); }
  Bytes pi() const { return part(prf_ + 2 * integ_ + 2 * encr_, prf_); }
  Bytes pr() const { return part(2 * prf_ + 2 * integ_ + 2 * encr_, prf_); }
  bool empty() const { return block_.empty(); }

  struct Sizes {
    size_t prf = 0;
    size_t integ = 0;
    size_t encr = 0;  // with salt
    size_t total() const { return 3 * prf + 2 * integ + 2 * encr; }
  };
  // `block` has sizes.total() octets in the order of RFC 7296 section 2.14.
  SkKeys(Secret&& block, const Sizes& sizes);

  // The next explicit IV of messages that we encrypt under these keys: each is used once.
  uint64_t next_iv() { return sent_++; }

 private:
  Bytes part(size_t at, size_t size) const { return block_.view().subspan(at, size); }

  Secret block_;
  uint16_t prf_ = 0;
  uint16_t integ_ = 0;
  uint16_t encr_ = 0;
  uint64_t sent_ = 0;
};

// What the keys of an IKE SA come from.
struct KeyInputs {
  Bytes shared;  // g^ir
  Bytes ni;
  Bytes nr;
  IkeSpi spi_i;  // of the new IKE SA
  IkeSpi spi_r;
};
//= RFC 7296 section 2.14: SKEYSEED = prf(Ni | Nr, g^ir)
Result<SkKeys> derive_keys(crypto::Provider& provider, const model::Suite& suite,
                           const KeyInputs& inputs);

//= RFC 7296 section 2.18: SKEYSEED = prf(SK_d (old), g^ir (new) | Ni | Nr), by the old SA's prf
struct RekeyFrom {
  PrfId prf = PrfId::none;
  Bytes sk_d;
};
Result<SkKeys> derive_rekeyed(crypto::Provider& provider, const model::Suite& suite,
                              const RekeyFrom& old, const KeyInputs& inputs);

struct ChildKeyPair {
  Secret encryption;  // with salt; empty for null
  Secret integrity;   // empty for AEAD
};
struct ChildKeys {
  ChildKeyPair from_initiator;  // of the exchange that made the Child SA
  ChildKeyPair from_responder;
};
struct ChildKeyInputs {
  Bytes shared;  // empty without a key exchange of its own
  Bytes ni;
  Bytes nr;
};
//= RFC 7296 section 2.17: KEYMAT = prf+(SK_d, [g^ir |] Ni | Nr)
Result<ChildKeys> derive_child_keys(crypto::Provider& provider, PrfId prf, Bytes sk_d,
                                    const model::Suite& suite, const ChildKeyInputs& inputs);

}  // namespace ike::v2
