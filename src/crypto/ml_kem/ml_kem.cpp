#include "crypto/ml_kem/ml_kem.h"

#include <algorithm>

#include "base/assert.h"
#include "crypto/constant_time.h"
#include "crypto/ml_kem/encoding.h"
#include "crypto/ml_kem/ring.h"
#include "crypto/ml_kem/sampling.h"

namespace ike::crypto::ml_kem {

namespace {

constexpr size_t kRankMax = 4;
constexpr unsigned kEtaOfErrors = 2;
constexpr unsigned kFullBits = 12;
constexpr size_t kFullSize = encoded_size(kFullBits);
constexpr size_t kHashSize = 32;

using Vector = std::array<Polynomial, kRankMax>;
using Factors = std::array<Factor, kRankMax>;

// A decapsulation key is its secret vector, the encapsulation key, the hash of this, and z.
struct KeyView {
  Bytes vector;
  Bytes encapsulation_key;
  Bytes hash;
  Bytes rejection;
};
KeyView view_of(const Parameters& parameters, Bytes key) {
  const size_t vector = kFullSize * parameters.rank;
  const size_t encapsulation = parameters.encapsulation_key_size();
  return {key.first(vector), key.subspan(vector, encapsulation),
          key.subspan(vector + encapsulation, kHashSize), key.last(kHashSize)};
}

// What both sides hash a message to: the shared secret, and the seed of the encryption.
struct Derived : Wiped<std::array<uint8_t, 64>> {
  MutableBytes shared() { return MutableBytes(*this).first(kSharedSize); }
  Bytes seed() { return Bytes(*this).last(32); }
};
void derive(Derived& derived, Keccak& keccak, Bytes message, Bytes key_hash) {
  const std::array<Bytes, 2> parts{message, key_hash};
  keccak.sha3_512(parts, derived);
}

void sample_factors(Factors& factors, const Parameters& parameters, Keccak& keccak, Bytes seed,
                    uint8_t& number) {
  Wiped<Polynomial> sampled;
  for (size_t i = 0; i < parameters.rank; ++i) {
    sample_small(sampled, keccak, seed, number++, parameters.eta);
    to_ntt(sampled);
    prepare(factors[i], sampled);
  }
}

void encode_compressed(MutableBytes out, Polynomial& p, unsigned bits) {
  canonicalise(p);
  compress(p, bits);
  encode(out, p, bits);
}

// The encryption of `message` under the key whose vector is `t` and whose matrix grows from the
// seed at its end.  Everything that is random comes from `seed`.
//= FIPS 203 section 5.2: algorithm 14
void encrypt(const Parameters& parameters, Keccak& keccak, const Vector& t, Bytes matrix_seed,
             Bytes message, Bytes seed, MutableBytes out) {
  uint8_t number = 0;
  Wiped<Factors> y;
  sample_factors(y, parameters, keccak, seed, number);

  Polynomial entry;
  Wiped<Polynomial> result;
  Wiped<Polynomial> extra;
  const size_t size_u = encoded_size(parameters.bits_u);
  for (size_t i = 0; i < parameters.rank; ++i) {
    Wiped<Sum> sum;
    for (size_t j = 0; j < parameters.rank; ++j) {
      // The matrix is transposed here.
      sample_uniform(entry, keccak, matrix_seed, static_cast<uint8_t>(i), static_cast<uint8_t>(j));
      add_product(sum, entry, y[j]);
    }
    finish(result, sum);
    from_ntt(result);
    sample_small(extra, keccak, seed, number++, kEtaOfErrors);
    add(result, extra);
    encode_compressed(out.subspan(i * size_u, size_u), result, parameters.bits_u);
  }

  Wiped<Sum> sum;
  for (size_t j = 0; j < parameters.rank; ++j) add_product(sum, t[j], y[j]);
  finish(result, sum);
  from_ntt(result);
  sample_small(extra, keccak, seed, number, kEtaOfErrors);
  add(result, extra);
  decode(extra, message, 1);
  decompress(extra, 1);
  add(result, extra);
  encode_compressed(out.subspan(parameters.rank * size_u), result, parameters.bits_v);
}

//= FIPS 203 section 5.3: algorithm 15
void decrypt(const Parameters& parameters, Bytes secret_vector, Bytes ciphertext,
             MutableBytes message) {
  const size_t size_u = encoded_size(parameters.bits_u);
  Polynomial u;
  Wiped<Factor> factor;
  Wiped<Polynomial> s;
  Wiped<Sum> sum;
  for (size_t i = 0; i < parameters.rank; ++i) {
    decode(u, ciphertext.subspan(i * size_u, size_u), parameters.bits_u);
    decompress(u, parameters.bits_u);
    to_ntt(u);
    prepare(factor, u);
    decode(s, secret_vector.subspan(i * kFullSize, kFullSize), kFullBits);
    add_product(sum, s, factor);
  }
  Wiped<Polynomial> product;
  finish(product, sum);
  from_ntt(product);
  Wiped<Polynomial> v;
  decode(v, ciphertext.subspan(parameters.rank * size_u), parameters.bits_v);
  decompress(v, parameters.bits_v);
  subtract(v, product);
  encode_compressed(message, v, 1);
}

// False if a number is not below 3329: then it was not encoded from a polynomial.
bool decode_vector(const Parameters& parameters, Bytes octets, Vector& t) {
  bool valid = true;
  for (size_t i = 0; i < parameters.rank; ++i) {
    decode(t[i], octets.subspan(i * kFullSize, kFullSize), kFullBits);
    valid = valid && std::ranges::all_of(t[i], [](int16_t c) { return c < kQ; });
  }
  return valid;
}

void hash_key(Keccak& keccak, Bytes encapsulation_key, MutableBytes out) {
  keccak.sha3_256(Parts(&encapsulation_key, 1), out);
}

}  // namespace

//= FIPS 203 section 6.1: algorithm 16, and 5.1: algorithm 13
KeyPair generate(const Parameters& parameters, Keccak& keccak, Bytes seed) {
  IKE_ASSERT(seed.size() == kSeedSize);
  const size_t rank = parameters.rank;
  KeyPair pair{Blob(parameters.encapsulation_key_size()),
               Secret(parameters.decapsulation_key_size())};

  Wiped<std::array<uint8_t, 64>> seeds;
  const std::array<uint8_t, 1> domain{parameters.rank};
  const std::array<Bytes, 2> parts{seed.first(32), domain};
  keccak.sha3_512(parts, seeds);
  const Bytes matrix_seed = Bytes(seeds).first(32);
  const Bytes noise_seed = Bytes(seeds).last(32);

  uint8_t number = 0;
  Wiped<Factors> s;
  Wiped<Polynomial> sampled;
  for (size_t i = 0; i < rank; ++i) {
    sample_small(sampled, keccak, noise_seed, number++, parameters.eta);
    to_ntt(sampled);
    prepare(s[i], sampled);
    canonicalise(sampled);
    encode(pair.decapsulation_key.writable().subspan(i * kFullSize, kFullSize), sampled, kFullBits);
  }
  Polynomial entry;
  for (size_t i = 0; i < rank; ++i) {
    Wiped<Sum> sum;
    for (size_t j = 0; j < rank; ++j) {
      sample_uniform(entry, keccak, matrix_seed, static_cast<uint8_t>(j), static_cast<uint8_t>(i));
      add_product(sum, entry, s[j]);
    }
    Wiped<Polynomial> t;
    finish(t, sum);
    sample_small(sampled, keccak, noise_seed, number++, parameters.eta);
    to_ntt(sampled);
    add(t, sampled);
    canonicalise(t);
    encode(MutableBytes(pair.encapsulation_key).subspan(i * kFullSize, kFullSize), t, kFullBits);
  }
  std::ranges::copy(matrix_seed, pair.encapsulation_key.end() - 32);

  const auto rest = pair.decapsulation_key.writable().subspan(rank * kFullSize);
  const size_t size = pair.encapsulation_key.size();
  std::ranges::copy(pair.encapsulation_key, rest.begin());
  hash_key(keccak, pair.encapsulation_key, rest.subspan(size, kHashSize));
  std::ranges::copy(seed.last(32), rest.subspan(size + kHashSize).begin());
  return pair;
}

//= FIPS 203 section 7.2: algorithm 20, and 6.2: algorithm 17
Result<Encapsulated> encapsulate(const Parameters& parameters, Keccak& keccak,
                                 Bytes encapsulation_key, Bytes message) {
  IKE_ASSERT(message.size() == kMessageSize);
  //= FIPS 203 section 7.2: the type check, then the modulus check
  if (encapsulation_key.size() != parameters.encapsulation_key_size()) {
    return fail(Fault::malformed, "KE: wrong length");
  }
  Vector t;
  if (!decode_vector(parameters, encapsulation_key, t)) {
    return fail(Fault::malformed, "KE: encapsulation key out of range");
  }
  std::array<uint8_t, kHashSize> hash{};
  hash_key(keccak, encapsulation_key, hash);
  Derived derived;
  derive(derived, keccak, message, hash);
  Encapsulated done{Blob(parameters.ciphertext_size()), Secret(derived.shared())};
  encrypt(parameters, keccak, t, encapsulation_key.last(32), message, derived.seed(),
          done.ciphertext);
  return done;
}

//= FIPS 203 section 7.3: algorithm 21, and 6.3: algorithm 18
Result<Secret> decapsulate(const Parameters& parameters, Keccak& keccak, Bytes decapsulation_key,
                           Bytes ciphertext) {
  if (ciphertext.size() != parameters.ciphertext_size()) {
    return fail(Fault::malformed, "KE: wrong length");
  }
  if (decapsulation_key.size() != parameters.decapsulation_key_size()) {
    return fail(Fault::malformed, "KE: decapsulation key of the wrong length");
  }
  const KeyView key = view_of(parameters, decapsulation_key);
  //= FIPS 203 section 7.3: the hash check
  std::array<uint8_t, kHashSize> hash{};
  hash_key(keccak, key.encapsulation_key, hash);
  Vector t;
  if (!equal_constant_time(hash, key.hash) ||
      !decode_vector(parameters, key.encapsulation_key, t)) {
    return fail(Fault::malformed, "KE: decapsulation key is damaged");
  }

  Wiped<std::array<uint8_t, kMessageSize>> message;
  decrypt(parameters, key.vector, ciphertext, message);
  Derived derived;
  derive(derived, keccak, message, key.hash);
  Secret again(ciphertext.size());
  encrypt(parameters, keccak, t, key.encapsulation_key.last(32), message, derived.seed(),
          again.writable());

  //= FIPS 203 section 6.3: the secret of a wrong ciphertext comes from z, and nobody sees it happen
  Secret shared(derived.shared());
  Secret rejected(kSharedSize);
  const std::array<Bytes, 2> parts{key.rejection, ciphertext};
  keccak.shake256(parts, rejected.writable());
  const bool wrong = !equal_constant_time(again.view(), ciphertext);
  copy_if(wrong, shared.writable(), rejected.view());
  return shared;
}

}  // namespace ike::crypto::ml_kem
