// The functions of FIPS 202, which a crypto library has for us.
#pragma once

#include "crypto/provider.h"

namespace ike::crypto {

class Keccak {
 public:
  virtual ~Keccak() = default;
  virtual void sha3_256(Parts data, MutableBytes out) = 0;  // 32 octets
  virtual void sha3_512(Parts data, MutableBytes out) = 0;  // 64 octets
  // As many octets as `out` takes; a shorter output is the beginning of a longer one.
  virtual void shake128(Parts data, MutableBytes out) = 0;
  virtual void shake256(Parts data, MutableBytes out) = 0;
};

}  // namespace ike::crypto
