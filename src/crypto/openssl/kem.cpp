// Key encapsulation as a key exchange: the initiator sends a public key, the responder encapsulates
// a secret for it and sends the ciphertext.  ML-KEM alone; sntrup761 together with X25519.
#include "base/assert.h"
#include "crypto/ml_kem/ml_kem.h"
#include "crypto/openssl/keccak.h"
#include "crypto/openssl/key_exchange.h"
#include "crypto/openssl/prf.h"
#include "crypto/sntrup761/sntrup761.h"

namespace ike::crypto::openssl {

namespace {

const ml_kem::Parameters& parameters_of(KeMethod method) {
  switch (method) {
    case KeMethod::ml_kem_512: return ml_kem::kMlKem512;
    case KeMethod::ml_kem_768: return ml_kem::kMlKem768;
    default: break;
  }
  IKE_ASSERT(method == KeMethod::ml_kem_1024);
  return ml_kem::kMlKem1024;
}

// The encapsulation key goes one way, the ciphertext comes back.
// Source: draft-ietf-ipsecme-ikev2-mlkem.
class MlKem final : public Group {
 public:
  MlKem(const KeInfo& info, const Library& library)
      : Group(info), parameters_(parameters_of(info.id)), digests_(library) {}

  Result<Secret> draw(Random& random) const override {
    Secret seed(ml_kem::kSeedSize);
    random.fill_secret(seed.writable());
    return seed;
  }
  Result<std::unique_ptr<KeyExchange>> key_pair(Secret private_value) const override;

  Result<AnsweredKeyExchange> answer(Bytes peer_public, Random& random) const override {
    Secret message(ml_kem::kMessageSize);
    random.fill_secret(message.writable());
    OpensslKeccak keccak(digests_);
    IKE_TRY(auto made, ml_kem::encapsulate(parameters_, keccak, peer_public, message.view()));
    return AnsweredKeyExchange{std::move(made.ciphertext), std::move(made.shared)};
  }

  Result<Secret> decapsulate(Bytes key, Bytes ciphertext) const {
    OpensslKeccak keccak(digests_);
    return ml_kem::decapsulate(parameters_, keccak, key, ciphertext);
  }

 private:
  ml_kem::Parameters parameters_;
  KeccakDigests digests_;
};

class MlKemKeyPair final : public KeyExchange {
 public:
  MlKemKeyPair(std::shared_ptr<const MlKem> group, ml_kem::KeyPair pair)
      : group_(std::move(group)), pair_(std::move(pair)) {}

  KeMethod method() const override { return group_->info().id; }
  Bytes public_value() const override { return pair_.encapsulation_key; }
  Result<Secret> derive(Bytes peer_public) const override {
    return group_->decapsulate(pair_.decapsulation_key.view(), peer_public);
  }

 private:
  std::shared_ptr<const MlKem> group_;
  ml_kem::KeyPair pair_;
};

Result<std::unique_ptr<KeyExchange>> MlKem::key_pair(Secret private_value) const {
  if (private_value.size() != ml_kem::kSeedSize) {
    return fail(Fault::internal, "seed of the wrong length");
  }
  OpensslKeccak keccak(digests_);
  return std::make_unique<MlKemKeyPair>(
      std::static_pointer_cast<const MlKem>(shared_from_this()),
      ml_kem::generate(parameters_, keccak, private_value.view()));
}

void sha512(Parts data, MutableBytes out) { hash(Hash::sha2_512, data, out); }

// In each KE payload the part of sntrup761 comes first, then that of X25519.  The shared secret is
// the hash of both.
// Source: OpenIKED (the code point is a private one), after draft-josefsson-ntruprime-ssh.
class SntrupX25519 final : public Group {
 public:
  SntrupX25519(const KeInfo& info, std::shared_ptr<const Group> curve)
      : Group(info), curve_(std::move(curve)) {}

  // The private key of sntrup761, then that of X25519.
  Result<Secret> draw(Random& random) const override {
    IKE_TRY(const Secret of_curve, curve_->draw(random));
    IKE_TRY(const Secret key, sntrup761::generate(sha512, random));
    return Secret::concat({key.view(), of_curve.view()});
  }
  Result<std::unique_ptr<KeyExchange>> key_pair(Secret private_value) const override;

  Result<AnsweredKeyExchange> answer(Bytes peer_public, Random& random) const override {
    if (peer_public.size() != info().public_initiator) {
      return fail(Fault::malformed, "KE: wrong length");
    }
    IKE_TRY(auto curve, curve_->answer(peer_public.subspan(sntrup761::kPublicKeySize), random));
    IKE_TRY(auto made,
            sntrup761::encapsulate(sha512, peer_public.first(sntrup761::kPublicKeySize), random));
    append(made.ciphertext, curve.public_value);
    return AnsweredKeyExchange{std::move(made.ciphertext), combine(made.shared, curve.shared)};
  }

  static Secret combine(const Secret& encapsulated, const Secret& of_curve) {
    Secret shared(64);
    const std::array<Bytes, 2> parts{encapsulated.view(), of_curve.view()};
    sha512(parts, shared.writable());
    return shared;
  }

 private:
  std::shared_ptr<const Group> curve_;
};

class SntrupX25519KeyPair final : public KeyExchange {
 public:
  SntrupX25519KeyPair(std::shared_ptr<const Group> group, Secret key,
                      std::unique_ptr<KeyExchange> curve)
      : group_(std::move(group)),
        key_(std::move(key)),
        curve_(std::move(curve)),
        public_(to_blob(sntrup761::public_key_of(key_.view()))) {
    append(public_, curve_->public_value());
  }

  KeMethod method() const override { return group_->info().id; }
  Bytes public_value() const override { return public_; }
  Result<Secret> derive(Bytes peer_public) const override {
    if (peer_public.size() != group_->info().public_responder) {
      return fail(Fault::malformed, "KE: wrong length");
    }
    IKE_TRY(const Secret of_curve, curve_->derive(peer_public.subspan(sntrup761::kCiphertextSize)));
    IKE_TRY(
        const Secret encapsulated,
        sntrup761::decapsulate(sha512, key_.view(), peer_public.first(sntrup761::kCiphertextSize)));
    return SntrupX25519::combine(encapsulated, of_curve);
  }

 private:
  std::shared_ptr<const Group> group_;
  Secret key_;
  std::unique_ptr<KeyExchange> curve_;
  Blob public_;
};

Result<std::unique_ptr<KeyExchange>> SntrupX25519::key_pair(Secret private_value) const {
  const Bytes octets = private_value.view();
  if (octets.size() != sntrup761::kPrivateKeySize + curve_->info().shared_size) {
    return fail(Fault::internal, "private key of the wrong length");
  }
  IKE_TRY(auto curve, curve_->key_pair(Secret(octets.subspan(sntrup761::kPrivateKeySize))));
  return std::make_unique<SntrupX25519KeyPair>(
      shared_from_this(), Secret(octets.first(sntrup761::kPrivateKeySize)), std::move(curve));
}

}  // namespace

std::shared_ptr<const Group> make_ml_kem(const KeInfo& info, const Library& library) {
  return std::make_shared<MlKem>(info, library);
}

std::shared_ptr<const Group> make_sntrup761_x25519(const KeInfo& info,
                                                   std::shared_ptr<Library> library) {
  const auto curve = info_of(KeMethod::curve25519);
  return std::make_shared<SntrupX25519>(info, make_montgomery_curve(*curve, std::move(library)));
}

}  // namespace ike::crypto::openssl
