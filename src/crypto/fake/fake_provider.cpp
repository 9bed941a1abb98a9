#include "crypto/fake/fake_provider.h"

#include <array>

#include "base/assert.h"
#include "crypto/algorithms.h"
#include "crypto/fake/key_exchange.h"
#include "crypto/fake/mixer.h"

namespace ike::crypto {

namespace {

using fake::Mixer;

enum Domain : uint64_t { kHash = 1, kPrf, kPrfPlus, kCipher, kIcv, kSignature };
constexpr size_t kSignatureSize = 64;

class FakeCipher final : public PacketCipher {
 public:
  FakeCipher(const Protection& protection, Bytes key, Bytes integ_key)
      : sizes_(*sizes_of(protection)),
        encrypts_(protection.encr != Encr::null && protection.encr != Encr::null_aes_gmac),
        cipher_(Mixer(kCipher).number(raw(protection.encr)).field(key)),
        icv_(Mixer(kIcv)
                 .number(raw(protection.encr))
                 .number(raw(protection.integ))
                 .field(key)
                 .field(integ_key)) {}

  void seal(Bytes header, Bytes iv, MutableBytes text, Bytes suffix, MutableBytes icv) override {
    IKE_ASSERT(fits(iv, text, icv));
    apply_keystream(iv, text);
    authenticate(header, iv, text, suffix).write(icv);
  }

  bool open(Bytes header, Bytes iv, MutableBytes text, Bytes suffix, Bytes icv) override {
    std::array<uint8_t, 64> expected{};
    if (!fits(iv, text, icv)) return false;
    const auto wanted = MutableBytes(expected).first(icv.size());
    authenticate(header, iv, text, suffix).write(wanted);
    if (!equal(wanted, icv)) return false;
    apply_keystream(iv, text);
    return true;
  }

 private:
  bool fits(Bytes iv, Bytes text, Bytes icv) const {
    return iv.size() == sizes_.iv && icv.size() == sizes_.icv && text.size() % sizes_.block == 0;
  }
  void apply_keystream(Bytes iv, MutableBytes text) const {
    if (encrypts_) Mixer(cipher_).field(iv).xor_into(text);
  }
  Mixer authenticate(Bytes header, Bytes iv, Bytes text, Bytes suffix) const {
    return Mixer(icv_).field(header).field(iv).field(text).field(suffix);
  }

  ProtectionSizes sizes_;
  bool encrypts_;
  Mixer cipher_;
  Mixer icv_;
};

class FakeProvider final : public Provider {
 public:
  bool supports(const Protection& protection) const override {
    return sizes_of(protection).has_value();
  }
  bool supports(PrfId prf) const override { return info_of(prf).has_value(); }
  bool supports(KeMethod method) const override { return info_of(method).has_value(); }

  void hash(Hash hash, Parts data, MutableBytes out) override {
    Mixer(kHash).number(static_cast<uint64_t>(hash)).parts(data).write(out);
  }
  void prf(PrfId prf, Bytes key, Parts data, MutableBytes out) override {
    Mixer(kPrf).number(raw(prf)).field(key).parts(data).write(out);
  }
  void prf_plus(PrfId prf, Bytes key, Parts seed, MutableBytes out) override {
    Mixer(kPrfPlus).number(raw(prf)).field(key).parts(seed).write(out);
  }

  Result<std::unique_ptr<PacketCipher>> packet_cipher(const Protection& protection, Bytes key,
                                                      Bytes integ_key) override {
    IKE_CHECK(check(protection, key, integ_key));
    return std::make_unique<FakeCipher>(protection, key, integ_key);
  }
  Result<void> seal_once(const Protection& protection, Bytes key, Bytes integ_key, Bytes header,
                         Bytes iv, MutableBytes text, MutableBytes icv) override {
    IKE_CHECK(check(protection, key, integ_key));
    FakeCipher(protection, key, integ_key).seal(header, iv, text, {}, icv);
    return {};
  }
  Result<void> open_once(const Protection& protection, Bytes key, Bytes integ_key, Bytes header,
                         Bytes iv, MutableBytes text, Bytes icv) override {
    IKE_CHECK(check(protection, key, integ_key));
    if (!FakeCipher(protection, key, integ_key).open(header, iv, text, {}, icv)) {
      return fail(Fault::unauthenticated, "integrity check value is wrong");
    }
    return {};
  }

  Result<std::unique_ptr<KeyExchange>> generate(KeMethod method, Random& random) override {
    const auto info = info_of(method);
    if (!info) return fail(Fault::unsupported, "key exchange method not supported");
    return fake::generate(*info, random);
  }
  Result<AnsweredKeyExchange> answer(KeMethod method, Bytes peer, Random& random) override {
    const auto info = info_of(method);
    if (!info) return fail(Fault::unsupported, "key exchange method not supported");
    return fake::answer(*info, peer, random);
  }

  Result<void> verify(Bytes spki, AuthMethod method, Bytes octets, Bytes auth_data) override {
    switch (method) {
      case AuthMethod::rsa:
      case AuthMethod::ecdsa256:
      case AuthMethod::ecdsa384:
      case AuthMethod::ecdsa521:
      case AuthMethod::signature: break;
      default: return fail(Fault::unsupported, "AUTH: not a signature method");
    }
    if (!equal(fake_sign(spki, method, octets), auth_data)) {
      return fail(Fault::unauthenticated, "AUTH: signature is wrong");
    }
    return {};
  }

 private:
  // The same refusals as of the real ones, so that simulations find wrong sizes.
  static Result<void> check(const Protection& protection, Bytes key, Bytes integ_key) {
    const auto sizes = sizes_of(protection);
    if (!sizes) return fail(Fault::unsupported, "protection not supported");
    if (key.size() != sizes->key || integ_key.size() != sizes->integ_key) {
      return fail(Fault::internal, "key of the wrong size");
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Provider> make_fake_provider() { return std::make_unique<FakeProvider>(); }

Blob fake_sign(Bytes key, AuthMethod method, Bytes octets) {
  Blob signature(kSignatureSize);
  Mixer(kSignature).number(raw(method)).field(key).field(octets).write(signature);
  return signature;
}

}  // namespace ike::crypto
