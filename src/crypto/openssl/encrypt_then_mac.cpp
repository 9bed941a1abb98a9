// CBC and CTR ciphers, or none, with a separate integrity algorithm over header, IV and ciphertext
// (RFC 7296 section 3.14, RFC 4303 section 2).
#include <algorithm>
#include <optional>

#include "base/assert.h"
#include "crypto/openssl/cipher_pair.h"
#include "crypto/openssl/ciphers.h"
#include "crypto/openssl/mac.h"

namespace ike::crypto::openssl {

namespace {

using Direction = CipherPair::Direction;

class EncryptThenMac final : public KeyablePacketCipher {
 public:
  EncryptThenMac(const EncrInfo& encr, EVP_CIPHER* cipher, const IntegInfo& integ,
                 std::shared_ptr<Library> library)
      : library_(std::move(library)),
        encr_(encr),
        icv_size_(integ.icv_size),
        mac_(integ.id, *library_) {
    if (cipher != nullptr) pair_.emplace(cipher, encr.key_size);
  }
  ~EncryptThenMac() override { wipe(nonce_); }

  void set_keys(Bytes key, Bytes integ_key) override {
    if (pair_) pair_->set_key(key.first(encr_.key_size));
    std::ranges::copy(key.last(encr_.salt_size), nonce_.begin());
    mac_.key(integ_key);
  }

  void seal(Bytes header, Bytes iv, MutableBytes text, Bytes suffix, MutableBytes icv) override {
    IKE_ASSERT(fits(iv, text, icv));
    run(Direction::encrypt, iv, text);
    const std::array<Bytes, 4> covered{header, iv, text, suffix};
    mac_.mac(covered, icv);
  }

  bool open(Bytes header, Bytes iv, MutableBytes text, Bytes suffix, Bytes icv) override {
    if (!fits(iv, text, icv)) return false;
    std::array<uint8_t, kDigestMax> expected{};
    const auto wanted = MutableBytes(expected).first(icv_size_);
    const std::array<Bytes, 4> covered{header, iv, text, suffix};
    mac_.mac(covered, wanted);
    if (!equal_constant_time(wanted, icv)) return false;
    run(Direction::decrypt, iv, text);
    return true;
  }

 private:
  bool fits(Bytes iv, Bytes text, Bytes icv) const {
    return iv.size() == encr_.iv_size && icv.size() == icv_size_ &&
           text.size() % encr_.block_size == 0;
  }

  void run(Direction direction, Bytes iv, MutableBytes text) {
    if (!pair_) return;
    Bytes start = iv;
    if (encr_.salt_size != 0) {
      //= RFC 3686 section 4: the counter block is nonce, IV and a counter from 1
      std::ranges::copy(iv, nonce_.begin() + encr_.salt_size);
      nonce_.back() = 1;
      start = nonce_;
    }
    const auto set_up = [this](EVP_CIPHER_CTX* fresh) {
      EVP_CIPHER_CTX_set_padding(fresh, 0);
      if (encr_.id == Encr::blowfish) EVP_CIPHER_CTX_set_key_length(fresh, encr_.key_size);
    };
    transform(pair_->start(direction, start, set_up), text);
  }

  std::shared_ptr<Library> library_;
  EncrInfo encr_;
  size_t icv_size_;
  Mac mac_;
  std::optional<CipherPair> pair_;
  std::array<uint8_t, 16> nonce_{};
};

}  // namespace

std::unique_ptr<KeyablePacketCipher> make_encrypt_then_mac(
    const EncrInfo& encr, Integ integ, const std::shared_ptr<Library>& library) {
  const auto info = info_of(integ);
  if (!info) return nullptr;
  EVP_CIPHER* cipher = nullptr;
  if (encr.openssl != nullptr) {
    cipher = library->cipher(encr.openssl);
    if (cipher == nullptr) return nullptr;
  }
  return std::make_unique<EncryptThenMac>(encr, cipher, *info, library);
}

std::unique_ptr<KeyablePacketCipher> make_packet_cipher(const Protection& protection,
                                                        const std::shared_ptr<Library>& library) {
  const auto encr = info_of(protection.encr, protection.encr_key_bits);
  if (!encr || !sizes_of(protection)) return nullptr;
  switch (protection.encr) {
    case Encr::aes_ccm_8:
    case Encr::aes_ccm_12:
    case Encr::aes_ccm_16: return make_ccm(*encr, library);
    default: break;
  }
  if (encr->aead) return make_aead(*encr, library);
  return make_encrypt_then_mac(*encr, protection.integ, library);
}

}  // namespace ike::crypto::openssl
