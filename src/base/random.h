// Where randomness comes from.  The core draws through this interface only, so a simulation can
// repeat a run by its seed.
#pragma once

#include "base/bytes.h"

namespace ike {

class Random {
 public:
  virtual ~Random() = default;
  // For what everybody may see: SPIs, nonces, IVs, jitter.
  virtual void fill_public(MutableBytes out) = 0;
  // For what nobody may see: keys, the cookie secret.
  virtual void fill_secret(MutableBytes out) = 0;

  uint32_t u32();
  uint64_t u64();
  // Uniform in [0, bound); bound must not be 0.  Without modulo bias.
  uint64_t below(uint64_t bound);
};

}  // namespace ike
