// AES-CCM (RFC 4309): the lengths are part of the first block, so they are told beforehand.
#include <algorithm>

#include "base/assert.h"
#include "crypto/openssl/cipher_pair.h"
#include "crypto/openssl/ciphers.h"

namespace ike::crypto::openssl {

namespace {

using Direction = CipherPair::Direction;

class Ccm final : public KeyablePacketCipher {
 public:
  Ccm(const EncrInfo& encr, EVP_CIPHER* cipher, std::shared_ptr<Library> library)
      : library_(std::move(library)), pair_(cipher, encr.key_size), icv_size_(encr.icv_size) {}
  ~Ccm() override { wipe(nonce_); }

  void set_keys(Bytes key, Bytes) override {
    pair_.set_key(key.first(key.size() - kSalt));
    std::ranges::copy(key.last(kSalt), nonce_.begin());
  }

  void seal(Bytes header, Bytes iv, MutableBytes text, Bytes, MutableBytes icv) override {
    IKE_ASSERT(iv.size() == kIv && icv.size() == icv_size_);
    EVP_CIPHER_CTX* context = start(Direction::encrypt, iv);
    tell_lengths(context, header, text.size());
    IKE_ASSERT(run(context, text));
    const int done = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG,
                                         static_cast<int>(icv.size()), icv.data());
    IKE_ASSERT(done == 1);
  }

  bool open(Bytes header, Bytes iv, MutableBytes text, Bytes, Bytes icv) override {
    if (iv.size() != kIv || icv.size() != icv_size_) return false;
    EVP_CIPHER_CTX* context = start(Direction::decrypt, iv);
    std::array<uint8_t, 16> tag{};
    std::ranges::copy(icv, tag.begin());
    const int set = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG,
                                        static_cast<int>(icv.size()), tag.data());
    IKE_ASSERT(set == 1);
    tell_lengths(context, header, text.size());
    return run(context, text);
  }

 private:
  static constexpr size_t kSalt = 3;
  static constexpr size_t kIv = 8;

  EVP_CIPHER_CTX* start(Direction direction, Bytes iv) {
    std::ranges::copy(iv, nonce_.begin() + kSalt);
    return pair_.start(direction, nonce_, [this](EVP_CIPHER_CTX* fresh) {
      const int size = static_cast<int>(nonce_.size());
      IKE_ASSERT(EVP_CIPHER_CTX_ctrl(fresh, EVP_CTRL_AEAD_SET_IVLEN, size, nullptr) == 1);
      const int icv = static_cast<int>(icv_size_);
      IKE_ASSERT(EVP_CIPHER_CTX_ctrl(fresh, EVP_CTRL_AEAD_SET_TAG, icv, nullptr) == 1);
    });
  }

  static void tell_lengths(EVP_CIPHER_CTX* context, Bytes header, size_t text_size) {
    int written = 0;
    const int size = static_cast<int>(text_size);
    IKE_ASSERT(EVP_CipherUpdate(context, nullptr, &written, nullptr, size) == 1);
    if (!header.empty()) authenticate(context, header);
  }

  // Even an empty text goes through: for CCM this call makes or compares the tag.
  static bool run(EVP_CIPHER_CTX* context, MutableBytes text) {
    uint8_t nothing = 0;
    uint8_t* at = text.empty() ? &nothing : text.data();
    int written = 0;
    return EVP_CipherUpdate(context, at, &written, at, static_cast<int>(text.size())) == 1;
  }

  std::shared_ptr<Library> library_;
  CipherPair pair_;
  size_t icv_size_;
  std::array<uint8_t, kSalt + kIv> nonce_{};
};

}  // namespace

std::unique_ptr<KeyablePacketCipher> make_ccm(const EncrInfo& encr,
                                              const std::shared_ptr<Library>& library) {
  EVP_CIPHER* cipher = library->cipher(encr.openssl);
  if (cipher == nullptr) return nullptr;
  return std::make_unique<Ccm>(encr, cipher, library);
}

}  // namespace ike::crypto::openssl
