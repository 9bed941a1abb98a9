// AES-XCBC (RFC 3566, RFC 4434) and AES-CMAC (RFC 4493, RFC 4615): CBC-MAC with masks for the last
// block.
#pragma once

#include <array>

#include "base/secret.h"
#include "crypto/openssl/handles.h"
#include "crypto/provider.h"

namespace ike::crypto::openssl {

class CbcMac {
 public:
  enum class Kind : uint8_t { xcbc, cmac };
  static constexpr size_t kSize = 16;

  // `aes_128_cbc` is kept by reference count.
  CbcMac(Kind kind, EVP_CIPHER* aes_128_cbc);
  ~CbcMac();

  void key(Bytes key);      // 16 octets
  void prf_key(Bytes key);  // any length, as the PRFs of RFC 4434 and RFC 4615 take it
  // `out` takes 16 octets or fewer (cut).
  void mac(Parts data, MutableBytes out);

 private:
  using Block = std::array<uint8_t, kSize>;

  void set_cipher_key(Bytes key);
  void restart();
  void encrypt(Bytes blocks, uint8_t* out);
  void absorb_all_but_last(Bytes data);

  Kind kind_;
  CipherContext context_;
  EVP_CIPHER* cipher_;
  Block full_mask_{};     // for a last block that is full
  Block partial_mask_{};  // for one that was padded
  Block last_{};          // what is not yet known not to be the last block
  size_t filled_ = 0;
};

}  // namespace ike::crypto::openssl
