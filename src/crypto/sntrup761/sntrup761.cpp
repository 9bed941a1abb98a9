#include "crypto/sntrup761/sntrup761.h"

#include <algorithm>

#include "base/assert.h"
#include "crypto/constant_time.h"
#include "crypto/sntrup761/encoding.h"
#include "crypto/sntrup761/ring.h"
#include "crypto/sntrup761/sampling.h"

namespace ike::crypto::sntrup761 {

namespace {

constexpr int kDrawsMax = 32;  // nearly every draw has an inverse
constexpr size_t kHashSize = 32;
static_assert(kPolynomialSize == kPublicKeySize);
static_assert(kRoundedSize + kHashSize == kCiphertextSize);

// A private key: f, 1 / g, the public key, what stands in for the input when a ciphertext is wrong,
// and the hash of the public key.
struct KeyView {
  Bytes f;
  Bytes inverse_g;
  Bytes public_key;
  Bytes rejection;
  Bytes hash;
};
KeyView view_of(Bytes key) {
  IKE_ASSERT(key.size() == kPrivateKeySize);
  return {key.first(kSmallSize), key.subspan(kSmallSize, kSmallSize),
          key.subspan(2 * kSmallSize, kPublicKeySize),
          key.subspan(2 * kSmallSize + kPublicKeySize, kSmallSize), key.last(kHashSize)};
}

// What a hash is for stands in front of what is hashed.
enum class Domain : uint8_t { rejected = 0, shared = 1, confirmation = 2, input = 3, key = 4 };

using Hash = Wiped<std::array<uint8_t, 64>>;  // the first half counts
Bytes half(const Hash& hash) { return Bytes(hash).first(kHashSize); }

void hash(Hash& out, Sha512 sha512, Domain domain, Bytes first, Bytes second = {}) {
  const std::array<uint8_t, 1> prefix{static_cast<uint8_t>(domain)};
  const std::array<Bytes, 3> parts{prefix, first, second};
  sha512(parts, out);
}

// The ciphertext of the input r: h r, rounded, and the hash by which r is known again.
void hide(MutableBytes out, Sha512 sha512, const Polynomial& h, const Small& r, Bytes input,
          Bytes key_hash) {
  Wiped<Polynomial> product;
  multiply(product, h, r);
  round(product);
  encode_rounded(out.first(kRoundedSize), product);
  Hash of_input;
  Hash confirmation;
  hash(of_input, sha512, Domain::input, input);
  hash(confirmation, sha512, Domain::confirmation, half(of_input), key_hash);
  std::ranges::copy(half(confirmation), out.subspan(kRoundedSize).begin());
}

Secret share(Sha512 sha512, Domain domain, Bytes input, Bytes ciphertext) {
  Hash of_input;
  Hash shared;
  hash(of_input, sha512, Domain::input, input);
  hash(shared, sha512, domain, half(of_input), ciphertext);
  return Secret(half(shared));
}

// The r that is hidden in a ciphertext; some r of the right weight if there is none.
void reveal(Small& r, const KeyView& key, Bytes ciphertext) {
  Wiped<Small> f;
  decode(f, key.f);
  Polynomial c;
  decode_rounded(c, ciphertext.first(kRoundedSize));
  Wiped<Polynomial> product;
  multiply(product, c, f);
  triple(product);
  Wiped<Small> e;
  reduce_modulo_3(e, product);
  Wiped<Small> inverse_g;
  decode(inverse_g, key.inverse_g);
  multiply(r, e, inverse_g);

  int weight = 0;
  for (const int8_t c_i : r) weight += c_i & 1;
  const int difference = weight - static_cast<int>(kWeight);
  const auto wrong = opaque(static_cast<int8_t>((difference | -difference) >> 31));
  for (size_t i = 0; i < kP; ++i) {
    const int other = i < kWeight ? 1 : 0;
    r[i] = static_cast<int8_t>(r[i] ^ (wrong & (r[i] ^ other)));
  }
}

}  // namespace

Result<Secret> generate(Sha512 sha512, Random& random) {
  Wiped<Small> g;
  Wiped<Small> inverse_g;
  int draws = 0;
  do {
    if (++draws > kDrawsMax) return fail(Fault::internal, "random numbers are not random");
    sample_small(g, random);
  } while (!invert(inverse_g, g));
  Wiped<Small> f;
  sample_short(f, random);
  Wiped<Polynomial> over_3f;
  invert_three_times(over_3f, f);
  Polynomial h;
  multiply(h, over_3f, g);

  Secret key(kPrivateKeySize);
  const MutableBytes out = key.writable();
  encode(out.first(kSmallSize), f);
  encode(out.subspan(kSmallSize, kSmallSize), inverse_g);
  encode(out.subspan(2 * kSmallSize, kPublicKeySize), h);
  random.fill_secret(out.subspan(2 * kSmallSize + kPublicKeySize, kSmallSize));
  Hash of_key;
  hash(of_key, sha512, Domain::key, public_key_of(key.view()));
  std::ranges::copy(half(of_key), out.last(kHashSize).begin());
  return key;
}

Bytes public_key_of(Bytes private_key) { return view_of(private_key).public_key; }

Result<Encapsulated> encapsulate(Sha512 sha512, Bytes public_key, Random& random) {
  if (public_key.size() != kPublicKeySize) return fail(Fault::malformed, "KE: wrong length");
  Polynomial h;
  decode(h, public_key);
  Hash of_key;
  hash(of_key, sha512, Domain::key, public_key);

  Wiped<Small> r;
  sample_short(r, random);
  Secret input(kSmallSize);
  encode(input.writable(), r);
  Encapsulated done{Blob(kCiphertextSize), {}};
  hide(done.ciphertext, sha512, h, r, input.view(), half(of_key));
  done.shared = share(sha512, Domain::shared, input.view(), done.ciphertext);
  return done;
}

Result<Secret> decapsulate(Sha512 sha512, Bytes private_key, Bytes ciphertext) {
  if (ciphertext.size() != kCiphertextSize) return fail(Fault::malformed, "KE: wrong length");
  if (private_key.size() != kPrivateKeySize) {
    return fail(Fault::malformed, "KE: private key of the wrong length");
  }
  const KeyView key = view_of(private_key);
  Wiped<Small> r;
  reveal(r, key, ciphertext);
  Secret input(kSmallSize);
  encode(input.writable(), r);
  Polynomial h;
  decode(h, key.public_key);
  Secret again(kCiphertextSize);
  hide(again.writable(), sha512, h, r, input.view(), key.hash);

  // Both secrets are made, so that the time does not tell which one is given.
  Secret shared = share(sha512, Domain::shared, input.view(), ciphertext);
  const Secret rejected = share(sha512, Domain::rejected, key.rejection, ciphertext);
  const bool wrong = !equal_constant_time(again.view(), ciphertext);
  copy_if(wrong, shared.writable(), rejected.view());
  return shared;
}

}  // namespace ike::crypto::sntrup761
