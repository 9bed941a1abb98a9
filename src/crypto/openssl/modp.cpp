// Diffie-Hellman modulo the safe primes of RFC 7296 and RFC 3526.
#include <openssl/err.h>

#include "crypto/openssl/key_exchange.h"

namespace ike::crypto::openssl {

namespace {

Number prime_of(KeMethod method) {
  switch (method) {
    case KeMethod::modp768: return Number(BN_get_rfc2409_prime_768(nullptr));
    case KeMethod::modp1024: return Number(BN_get_rfc2409_prime_1024(nullptr));
    case KeMethod::modp1536: return Number(BN_get_rfc3526_prime_1536(nullptr));
    case KeMethod::modp2048: return Number(BN_get_rfc3526_prime_2048(nullptr));
    case KeMethod::modp3072: return Number(BN_get_rfc3526_prime_3072(nullptr));
    case KeMethod::modp4096: return Number(BN_get_rfc3526_prime_4096(nullptr));
    case KeMethod::modp6144: return Number(BN_get_rfc3526_prime_6144(nullptr));
    case KeMethod::modp8192: return Number(BN_get_rfc3526_prime_8192(nullptr));
    default: return nullptr;
  }
}

// Twice the strength of the group, in whole 64 bit words: the exponentiation takes its time by
// words, so bits beyond the need cost nothing.
size_t exponent_size(const KeInfo& info) {
  const size_t words = (size_t{2} * info.strength_bits + 63) / 64;
  return 8 * std::max<size_t>(words, 4);
}

class Modp final : public Group {
 public:
  explicit Modp(const KeInfo& info)
      : Group(info),
        prime_(prime_of(info.id)),
        last_(BN_dup(prime_.get())),
        generator_(BN_new()),
        montgomery_(BN_MONT_CTX_new()) {
    const NumberContext scratch(BN_CTX_new());
    usable_ = prime_ && last_ && generator_ && montgomery_ && scratch &&
              BN_sub_word(last_.get(), 1) == 1 && BN_set_word(generator_.get(), 2) == 1 &&
              BN_MONT_CTX_set(montgomery_.get(), prime_.get(), scratch.get()) == 1;
  }

  bool usable() const { return usable_; }
  Result<Secret> draw(Random& random) const override;
  Result<std::unique_ptr<KeyExchange>> key_pair(Secret private_value) const override;

  Result<Number> power(const BIGNUM* base, const BIGNUM* exponent) const {
    const NumberContext scratch(BN_CTX_new());
    Number result(BN_secure_new());
    if (!scratch || !result ||
        BN_mod_exp_mont_consttime(result.get(), base, exponent, prime_.get(), scratch.get(),
                                  montgomery_.get()) != 1) {
      ERR_clear_error();
      return fail(Fault::internal, "modular exponentiation failed");
    }
    return result;
  }

  //= RFC 6989 section 2.1: for a safe prime, 1 < y < p - 1 is all there is to check
  Result<Number> public_number(Bytes octets) const {
    //= RFC 7296 section 3.4: as long as the prime, with zeros in front where needed
    if (octets.size() != info().public_initiator) return fail(Fault::malformed, "KE: wrong length");
    Number y(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
    if (!y) return fail(Fault::internal, "out of memory");
    if (BN_is_zero(y.get()) || BN_is_one(y.get()) || BN_cmp(y.get(), last_.get()) >= 0) {
      return fail(Fault::malformed, "KE: public value out of range");
    }
    return y;
  }

  const BIGNUM* generator() const { return generator_.get(); }

 private:
  Number prime_;
  Number last_;  // p - 1
  Number generator_;
  Montgomery montgomery_;
  bool usable_ = false;
};

class ModpKeyPair final : public KeyExchange {
 public:
  ModpKeyPair(std::shared_ptr<const Modp> group, Number exponent, Blob public_value)
      : group_(std::move(group)),
        exponent_(std::move(exponent)),
        public_(std::move(public_value)) {}

  KeMethod method() const override { return group_->info().id; }
  Bytes public_value() const override { return public_; }

  Result<Secret> derive(Bytes peer_public) const override {
    IKE_TRY(const Number y, group_->public_number(peer_public));
    IKE_TRY(const Number shared, group_->power(y.get(), exponent_.get()));
    Secret out(group_->info().shared_size);
    //= RFC 7296 section 2.14: g^ir is as long as the prime, with zeros in front where needed
    if (BN_bn2binpad(shared.get(), out.writable().data(), static_cast<int>(out.size())) < 0) {
      return fail(Fault::internal, "shared secret too long");
    }
    return out;
  }

 private:
  std::shared_ptr<const Modp> group_;
  Number exponent_;
  Blob public_;
};

Result<Secret> Modp::draw(Random& random) const {
  Secret exponent(exponent_size(info()));
  random.fill_secret(exponent.writable());
  // Never 0, whatever the Random: 0 has the public value 1, which every peer refuses.
  exponent.writable().front() |= 0x80;
  return exponent;
}

Result<std::unique_ptr<KeyExchange>> Modp::key_pair(Secret private_value) const {
  Number exponent(BN_secure_new());
  const Bytes octets = private_value.view();
  if (!exponent ||
      BN_bin2bn(octets.data(), static_cast<int>(octets.size()), exponent.get()) == nullptr) {
    return fail(Fault::internal, "out of memory");
  }
  BN_set_flags(exponent.get(), BN_FLG_CONSTTIME);
  IKE_TRY(const Number y, power(generator(), exponent.get()));
  Blob public_value(info().public_initiator);
  if (BN_bn2binpad(y.get(), public_value.data(), static_cast<int>(public_value.size())) < 0) {
    return fail(Fault::internal, "public value too long");
  }
  return std::make_unique<ModpKeyPair>(std::static_pointer_cast<const Modp>(shared_from_this()),
                                       std::move(exponent), std::move(public_value));
}

}  // namespace

std::shared_ptr<const Group> make_modp(const KeInfo& info) {
  auto group = std::make_shared<Modp>(info);
  if (!group->usable()) return nullptr;
  return group;
}

}  // namespace ike::crypto::openssl
