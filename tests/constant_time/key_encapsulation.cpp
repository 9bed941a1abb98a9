// Runs key encapsulation with secrets that valgrind takes for uninitialised: it reports every
// branch and every address that depends on one.  scripts/constant-time builds and runs it.
#include <sys/random.h>
#include <valgrind/memcheck.h>

#include <algorithm>

#include "base/assert.h"
#include "crypto/ml_kem/ml_kem.h"
#include "crypto/openssl/keccak.h"
#include "crypto/openssl/prf.h"
#include "crypto/sntrup761/sntrup761.h"

namespace {

using namespace ike;
using namespace ike::crypto;

void make_secret(Bytes octets) { VALGRIND_MAKE_MEM_UNDEFINED(octets.data(), octets.size()); }
void make_public(Bytes octets) { VALGRIND_MAKE_MEM_DEFINED(octets.data(), octets.size()); }

class SecretRandom : public Random {
 public:
  void fill_public(MutableBytes out) override { fill_secret(out); }
  void fill_secret(MutableBytes out) override {
    for (MutableBytes rest = out; !rest.empty();) {
      const size_t size = std::min<size_t>(rest.size(), 256);
      IKE_ASSERT(getrandom(rest.data(), size, 0) == static_cast<ssize_t>(size));
      rest = rest.subspan(size);
    }
    make_secret(out);
  }
};

// SHAKE128 makes the matrix alone, of a seed that stands in the public key.
class Functions final : public Keccak {
 public:
  explicit Functions(const openssl::KeccakDigests& digests) : keccak_(digests) {}
  void sha3_256(Parts data, MutableBytes out) override { keccak_.sha3_256(data, out); }
  void sha3_512(Parts data, MutableBytes out) override { keccak_.sha3_512(data, out); }
  void shake256(Parts data, MutableBytes out) override { keccak_.shake256(data, out); }
  void shake128(Parts data, MutableBytes out) override {
    keccak_.shake128(data, out);
    make_public(out);
  }

 private:
  openssl::OpensslKeccak keccak_;
};

void sha512(Parts data, MutableBytes out) { openssl::hash(Hash::sha2_512, data, out); }

// The secret of a good ciphertext is that of the other side, the one of a changed one is not.
template <typename Decapsulate>
void check(Blob ciphertext, const Secret& shared, Decapsulate decapsulate) {
  make_public(ciphertext);
  const Secret same = decapsulate(ciphertext);
  ciphertext[5] ^= 1;
  const Secret other = decapsulate(ciphertext);
  for (const Secret* secret : {&shared, &same, &other}) {
    // Else valgrind lost the secret on the way, and this proves nothing.
    uint8_t unknown_bits = 0;
    IKE_ASSERT(
        RUNNING_ON_VALGRIND == 0 ||
        (VALGRIND_GET_VBITS(secret->view().data(), &unknown_bits, 1) == 1 && unknown_bits == 0xff));
    make_public(secret->view());
  }
  IKE_ASSERT(same == shared && !(other == shared));
}

void run_ml_kem(const ml_kem::Parameters& parameters, Keccak& keccak, Random& random) {
  Secret seed(ml_kem::kSeedSize);
  random.fill_secret(seed.writable());
  ml_kem::KeyPair pair = ml_kem::generate(parameters, keccak, seed.view());
  make_public(pair.encapsulation_key);
  const MutableBytes key = pair.decapsulation_key.writable();
  make_public(key.subspan(size_t{384} * parameters.rank, pair.encapsulation_key.size() + 32));
  Secret message(ml_kem::kMessageSize);
  random.fill_secret(message.writable());
  const auto made =
      *ml_kem::encapsulate(parameters, keccak, pair.encapsulation_key, message.view());
  check(made.ciphertext, made.shared, [&](Bytes ciphertext) {
    return *ml_kem::decapsulate(parameters, keccak, key, ciphertext);
  });
}

void run_sntrup761(Random& random) {
  const Secret key = *sntrup761::generate(sha512, random);
  make_public(sntrup761::public_key_of(key.view()));
  const auto made = *sntrup761::encapsulate(sha512, sntrup761::public_key_of(key.view()), random);
  check(made.ciphertext, made.shared,
        [&](Bytes ciphertext) { return *sntrup761::decapsulate(sha512, key.view(), ciphertext); });
}

}  // namespace

int main() {
  const openssl::Library library(false);
  const openssl::KeccakDigests digests(library);
  Functions keccak(digests);
  SecretRandom random;
  for (const auto& parameters : {ml_kem::kMlKem512, ml_kem::kMlKem768, ml_kem::kMlKem1024}) {
    run_ml_kem(parameters, keccak, random);
  }
  run_sntrup761(random);
  return 0;
}
