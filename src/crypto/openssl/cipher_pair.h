// An EVP cipher with one context a direction, each set up at its first use: a PacketCipher serves
// one direction of an SA, so the other context is never made.
#pragma once

#include <array>

#include "base/secret.h"
#include "crypto/openssl/handles.h"

namespace ike::crypto::openssl {

class CipherPair {
 public:
  enum class Direction : bool { encrypt, decrypt };

  // `cipher` is kept by the Library.
  CipherPair(EVP_CIPHER* cipher, size_t key_size) : cipher_(cipher), key_size_(key_size) {}
  CipherPair(const CipherPair&) = delete;
  CipherPair& operator=(const CipherPair&) = delete;
  ~CipherPair() { wipe(key_); }

  void set_key(Bytes key);
  // Calls setup(context) once for each new context, before it gets its key.
  template <typename Setup>
  EVP_CIPHER_CTX* start(Direction direction, Bytes nonce, Setup setup) {
    Half& half = direction == Direction::encrypt ? encrypt_ : decrypt_;
    if (!half.context) {
      make(half, direction);
      setup(half.context.get());
    }
    begin(half, direction, nonce);
    return half.context.get();
  }
  EVP_CIPHER_CTX* start(Direction direction, Bytes nonce) {
    return start(direction, nonce, [](EVP_CIPHER_CTX*) {});
  }

 private:
  struct Half {
    CipherContext context;
    bool keyed = false;
  };

  void make(Half& half, Direction direction) const;
  void begin(Half& half, Direction direction, Bytes nonce) const;

  EVP_CIPHER* cipher_;
  size_t key_size_;
  std::array<uint8_t, 64> key_{};
  Half encrypt_;
  Half decrypt_;
};

// EVP_CipherUpdate on octets that go nowhere but into the authentication.
void authenticate(EVP_CIPHER_CTX* context, Bytes data);
// In place, all at once.
void transform(EVP_CIPHER_CTX* context, MutableBytes text);

}  // namespace ike::crypto::openssl
