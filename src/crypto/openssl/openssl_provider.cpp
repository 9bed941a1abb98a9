#include "crypto/openssl/openssl_provider.h"

#include <algorithm>

#include "base/limits.h"
#include "crypto/algorithms.h"
#include "crypto/openssl/ciphers.h"
#include "crypto/openssl/key_exchange.h"
#include "crypto/openssl/prf.h"
#include "crypto/openssl/verifier.h"

namespace ike::crypto::openssl {

namespace {

bool is_legacy(Encr encr) {
  return encr == Encr::des || encr == Encr::cast || encr == Encr::blowfish;
}

class OpensslProvider final : public Provider {
 public:
  explicit OpensslProvider(bool legacy)
      : library_(std::make_shared<Library>(legacy)),
        prfs_(library_->cipher("AES-128-CBC")),
        groups_(library_),
        verifier_(library_) {}

  bool supports(const Protection& protection) const override {
    return sizes_of(protection) && (!is_legacy(protection.encr) || library_->has_legacy());
  }
  bool supports(PrfId prf) const override { return Prfs::supports(prf); }
  bool supports(KeMethod method) const override { return info_of(method).has_value(); }

  void hash(Hash hash, Parts data, MutableBytes out) override { openssl::hash(hash, data, out); }
  void prf(PrfId prf, Bytes key, Parts data, MutableBytes out) override {
    prfs_.prf(prf, key, data, out);
  }
  void prf_plus(PrfId prf, Bytes key, Parts seed, MutableBytes out) override {
    prfs_.prf_plus(prf, key, seed, out);
  }

  Result<std::unique_ptr<PacketCipher>> packet_cipher(const Protection& protection, Bytes key,
                                                      Bytes integ_key) override {
    IKE_TRY(CachedCipher made, make(protection));
    IKE_CHECK(set_keys(made, key, integ_key));
    return std::move(made.cipher);
  }

  Result<void> seal_once(const Protection& protection, Bytes key, Bytes integ_key, Bytes header,
                         Bytes iv, MutableBytes text, MutableBytes icv) override {
    IKE_TRY(CachedCipher * used, cached(protection));
    IKE_CHECK(set_keys(*used, key, integ_key));
    used->cipher->seal(header, iv, text, {}, icv);
    return {};
  }

  Result<void> open_once(const Protection& protection, Bytes key, Bytes integ_key, Bytes header,
                         Bytes iv, MutableBytes text, Bytes icv) override {
    IKE_TRY(CachedCipher * used, cached(protection));
    IKE_CHECK(set_keys(*used, key, integ_key));
    if (!used->cipher->open(header, iv, text, {}, icv)) {
      return fail(Fault::unauthenticated, "integrity check value is wrong");
    }
    return {};
  }

  Result<std::unique_ptr<KeyExchange>> generate(KeMethod method, Random& random) override {
    IKE_TRY(const auto group, groups_.find(method));
    IKE_TRY(auto private_value, group->draw(random));
    return group->key_pair(std::move(private_value));
  }

  Result<AnsweredKeyExchange> answer(KeMethod method, Bytes peer_public, Random& random) override {
    IKE_TRY(const auto group, groups_.find(method));
    return group->answer(peer_public, random);
  }

  Result<void> verify(Bytes spki, AuthMethod method, Bytes octets, Bytes auth_data) override {
    return verifier_.verify(spki, method, octets, auth_data);
  }

 private:
  struct CachedCipher {
    Protection protection;
    ProtectionSizes sizes;
    std::unique_ptr<KeyablePacketCipher> cipher;
  };

  Result<CachedCipher> make(const Protection& protection) const {
    const auto sizes = sizes_of(protection);
    if (!sizes || !supports(protection)) {
      return fail(Fault::unsupported, "protection not supported");
    }
    auto cipher = make_packet_cipher(protection, library_);
    if (!cipher) return fail(Fault::unsupported, "protection not supported by OpenSSL");
    return CachedCipher{protection, *sizes, std::move(cipher)};
  }

  static Result<void> set_keys(CachedCipher& used, Bytes key, Bytes integ_key) {
    if (key.size() != used.sizes.key || integ_key.size() != used.sizes.integ_key) {
      return fail(Fault::internal, "key of the wrong size");
    }
    used.cipher->set_keys(key, integ_key);
    return {};
  }

  // The last used one first.
  Result<CachedCipher*> cached(const Protection& protection) {
    const auto known = std::ranges::find(ciphers_, protection, &CachedCipher::protection);
    if (known != ciphers_.end()) {
      std::rotate(ciphers_.begin(), known, known + 1);
      return &ciphers_.front();
    }
    IKE_TRY(auto made, make(protection));
    if (ciphers_.size() >= limits::kPacketCiphersCached) ciphers_.pop_back();
    ciphers_.insert(ciphers_.begin(), std::move(made));
    return &ciphers_.front();
  }

  std::shared_ptr<Library> library_;
  Prfs prfs_;
  Groups groups_;
  Verifier verifier_;
  std::vector<CachedCipher> ciphers_;
};

}  // namespace

std::unique_ptr<Provider> make_provider(LegacyCiphers legacy) {
  return std::make_unique<OpensslProvider>(legacy == LegacyCiphers::yes);
}

}  // namespace ike::crypto::openssl
