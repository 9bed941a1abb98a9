#include "crypto/openssl/cipher_pair.h"

#include <algorithm>

#include "base/assert.h"

namespace ike::crypto::openssl {

namespace {

int is_encrypt(CipherPair::Direction direction) {
  return direction == CipherPair::Direction::encrypt ? 1 : 0;
}

}  // namespace

void CipherPair::set_key(Bytes key) {
  IKE_ASSERT(key.size() == key_size_ && key_size_ <= key_.size());
  std::ranges::copy(key, key_.begin());
  encrypt_.keyed = false;
  decrypt_.keyed = false;
}

void CipherPair::make(Half& half, Direction direction) const {
  half.context.reset(EVP_CIPHER_CTX_new());
  IKE_ASSERT(half.context != nullptr);
  const int done = EVP_CipherInit_ex2(half.context.get(), cipher_, nullptr, nullptr,
                                      is_encrypt(direction), nullptr);
  IKE_ASSERT(done == 1);
}

void CipherPair::begin(Half& half, Direction direction, Bytes nonce) const {
  const uint8_t* key = half.keyed ? nullptr : key_.data();
  const int done = EVP_CipherInit_ex2(half.context.get(), nullptr, key, nonce.data(),
                                      is_encrypt(direction), nullptr);
  IKE_ASSERT(done == 1);
  half.keyed = true;
}

void authenticate(EVP_CIPHER_CTX* context, Bytes data) {
  int written = 0;
  const int done =
      EVP_CipherUpdate(context, nullptr, &written, data.data(), static_cast<int>(data.size()));
  IKE_ASSERT(done == 1);
}

void transform(EVP_CIPHER_CTX* context, MutableBytes text) {
  if (text.empty()) return;
  int written = 0;
  const int done =
      EVP_CipherUpdate(context, text.data(), &written, text.data(), static_cast<int>(text.size()));
  IKE_ASSERT(done == 1 && written == static_cast<int>(text.size()));
}

}  // namespace ike::crypto::openssl
