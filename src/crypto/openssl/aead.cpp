// AES-GCM (RFC 4106), its form without encryption (RFC 4543) and ChaCha20-Poly1305 (RFC 7634).
#include <algorithm>

#include "base/assert.h"
#include "crypto/openssl/cipher_pair.h"
#include "crypto/openssl/ciphers.h"

namespace ike::crypto::openssl {

namespace {

using Direction = CipherPair::Direction;

class Aead final : public KeyablePacketCipher {
 public:
  Aead(const EncrInfo& encr, EVP_CIPHER* cipher, std::shared_ptr<Library> library)
      : library_(std::move(library)),
        pair_(cipher, encr.key_size),
        icv_size_(encr.icv_size),
        encrypts_(encr.id != Encr::null_aes_gmac) {}
  ~Aead() override { wipe(nonce_); }

  void set_keys(Bytes key, Bytes) override {
    pair_.set_key(key.first(key.size() - kSalt));
    std::ranges::copy(key.last(kSalt), nonce_.begin());
  }

  void seal(Bytes header, Bytes iv, MutableBytes text, Bytes, MutableBytes icv) override {
    IKE_ASSERT(iv.size() == kIv && icv.size() == icv_size_);
    EVP_CIPHER_CTX* context = start(Direction::encrypt, header, iv, text);
    int written = 0;
    IKE_ASSERT(EVP_EncryptFinal_ex(context, nothing_.data(), &written) == 1);
    const int done = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG,
                                         static_cast<int>(icv.size()), icv.data());
    IKE_ASSERT(done == 1);
  }

  bool open(Bytes header, Bytes iv, MutableBytes text, Bytes, Bytes icv) override {
    if (iv.size() != kIv || icv.size() != icv_size_) return false;
    EVP_CIPHER_CTX* context = start(Direction::decrypt, header, iv, text);
    // EVP wants the tag writable, though it only reads it.
    std::array<uint8_t, 16> tag{};
    std::ranges::copy(icv, tag.begin());
    const int set = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG,
                                        static_cast<int>(icv.size()), tag.data());
    int written = 0;
    return set == 1 && EVP_DecryptFinal_ex(context, nothing_.data(), &written) == 1;
  }

 private:
  static constexpr size_t kSalt = 4;
  static constexpr size_t kIv = 8;

  EVP_CIPHER_CTX* start(Direction direction, Bytes header, Bytes iv, MutableBytes text) {
    std::ranges::copy(iv, nonce_.begin() + kSalt);
    EVP_CIPHER_CTX* context = pair_.start(direction, nonce_);
    if (!header.empty()) authenticate(context, header);
    if (encrypts_) {
      transform(context, text);
    } else {
      //= RFC 4543 section 3.3: the IV and the text are authenticated like the header
      authenticate(context, iv);
      if (!text.empty()) authenticate(context, text);
    }
    return context;
  }

  std::shared_ptr<Library> library_;
  CipherPair pair_;
  size_t icv_size_;
  bool encrypts_;
  std::array<uint8_t, kSalt + kIv> nonce_{};
  std::array<uint8_t, 16> nothing_{};  // EVP's final step wants a place, and writes nothing
};

}  // namespace

std::unique_ptr<KeyablePacketCipher> make_aead(const EncrInfo& encr,
                                               const std::shared_ptr<Library>& library) {
  EVP_CIPHER* cipher = library->cipher(encr.openssl);
  if (cipher == nullptr) return nullptr;
  return std::make_unique<Aead>(encr, cipher, library);
}

}  // namespace ike::crypto::openssl
