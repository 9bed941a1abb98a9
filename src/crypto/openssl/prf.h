// The pseudorandom functions, and prf+ (RFC 7296 section 2.13).
#pragma once

#include "crypto/openssl/cbc_mac.h"
#include "crypto/openssl/library.h"
#include "crypto/provider.h"

namespace ike::crypto::openssl {

class Prfs {
 public:
  // The cipher is owned by the Library.
  explicit Prfs(EVP_CIPHER* aes_128_cbc)
      : xcbc_(CbcMac::Kind::xcbc, aes_128_cbc), cmac_(CbcMac::Kind::cmac, aes_128_cbc) {}

  static bool supports(PrfId prf);
  // For supported ones only.
  void prf(PrfId prf, Bytes key, Parts data, MutableBytes out);
  void prf_plus(PrfId prf, Bytes key, Parts seed, MutableBytes out);

 private:
  template <typename Use>
  void with_keyed(PrfId prf, Bytes key, Use use);

  CbcMac xcbc_;
  CbcMac cmac_;
};

void hash(Hash hash, Parts data, MutableBytes out);

}  // namespace ike::crypto::openssl
