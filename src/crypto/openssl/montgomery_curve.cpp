// X25519 and X448 (RFC 8031).
#include <openssl/err.h>

#include <algorithm>

#include "crypto/openssl/key_exchange.h"

namespace ike::crypto::openssl {

namespace {

const char* name_of_curve(KeMethod method) {
  return method == KeMethod::curve25519 ? "X25519" : "X448";
}

class MontgomeryCurve final : public Group {
 public:
  MontgomeryCurve(const KeInfo& info, std::shared_ptr<Library> library)
      : Group(info), library_(std::move(library)) {}

  Result<Secret> draw(Random& random) const override {
    Secret drawn(info().shared_size);
    random.fill_secret(drawn.writable());
    return drawn;
  }
  Result<std::unique_ptr<KeyExchange>> key_pair(Secret private_value) const override;

  KeyHandle private_key(Bytes octets) const {
    return KeyHandle(EVP_PKEY_new_raw_private_key_ex(library_->context(), name_of_curve(info().id),
                                                     nullptr, octets.data(), octets.size()));
  }
  KeyHandle public_key(Bytes octets) const {
    return KeyHandle(EVP_PKEY_new_raw_public_key_ex(library_->context(), name_of_curve(info().id),
                                                    nullptr, octets.data(), octets.size()));
  }
  KeyContext operation(EVP_PKEY* key) const {
    return KeyContext(EVP_PKEY_CTX_new_from_pkey(library_->context(), key, nullptr));
  }

 private:
  std::shared_ptr<Library> library_;
};

class MontgomeryKeyPair final : public KeyExchange {
 public:
  MontgomeryKeyPair(std::shared_ptr<const MontgomeryCurve> group, KeyHandle key, Blob public_value)
      : group_(std::move(group)), key_(std::move(key)), public_(std::move(public_value)) {}

  KeMethod method() const override { return group_->info().id; }
  Bytes public_value() const override { return public_; }

  Result<Secret> derive(Bytes peer_public) const override {
    if (peer_public.size() != public_.size()) return fail(Fault::malformed, "KE: wrong length");
    const KeyHandle peer = group_->public_key(peer_public);
    const KeyContext operation = group_->operation(key_.get());
    Secret shared(group_->info().shared_size);
    size_t size = shared.size();
    if (!peer || !operation || EVP_PKEY_derive_init(operation.get()) != 1 ||
        EVP_PKEY_derive_set_peer_ex(operation.get(), peer.get(), 0) != 1) {
      ERR_clear_error();
      return fail(Fault::internal, "key derivation could not start");
    }
    const int done = EVP_PKEY_derive(operation.get(), shared.writable().data(), &size);
    uint8_t any = 0;
    for (const uint8_t octet : shared.view()) any |= octet;
    //= RFC 8031 section 3.2: an all-zero shared secret must not be used
    if (done != 1 || size != shared.size() || any == 0) {
      ERR_clear_error();
      return fail(Fault::malformed, "KE: public value of low order");
    }
    return shared;
  }

 private:
  std::shared_ptr<const MontgomeryCurve> group_;
  KeyHandle key_;
  Blob public_;
};

Result<std::unique_ptr<KeyExchange>> MontgomeryCurve::key_pair(Secret private_value) const {
  KeyHandle key = private_key(private_value.view());
  Blob public_value(info().public_initiator);
  size_t size = public_value.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), public_value.data(), &size) != 1) {
    ERR_clear_error();
    return fail(Fault::internal, "key pair could not be made");
  }
  return std::make_unique<MontgomeryKeyPair>(
      std::static_pointer_cast<const MontgomeryCurve>(shared_from_this()), std::move(key),
      std::move(public_value));
}

}  // namespace

std::shared_ptr<const Group> make_montgomery_curve(const KeInfo& info,
                                                   std::shared_ptr<Library> library) {
  return std::make_shared<MontgomeryCurve>(info, std::move(library));
}

}  // namespace ike::crypto::openssl
