// Public values of a peer.  Input: which method (1 octet), the value.
#include <array>

#include "base/assert.h"
#include "crypto/openssl/openssl_provider.h"

using namespace ike;

namespace {

// The large MODP groups are left out: the same code, many times slower.
constexpr std::array kMethods{KeMethod::modp768,      KeMethod::modp1024,   KeMethod::modp2048,
                              KeMethod::ecp192,       KeMethod::ecp224,     KeMethod::ecp256,
                              KeMethod::ecp384,       KeMethod::ecp521,     KeMethod::brainpool256,
                              KeMethod::brainpool512, KeMethod::curve25519, KeMethod::curve448};

class Sequence : public Random {
 public:
  void fill_public(MutableBytes out) override { fill_secret(out); }
  void fill_secret(MutableBytes out) override {
    for (uint8_t& octet : out) octet = next_++;
  }

 private:
  uint8_t next_ = 1;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto provider = crypto::openssl::make_provider();
  if (size < 1) return 0;
  Sequence random;
  const auto ours = provider->generate(kMethods[data[0] % kMethods.size()], random);
  IKE_ASSERT(ours);
  const auto shared = (*ours)->derive(Bytes(data + 1, size - 1));
  if (!shared) return 0;
  uint8_t any = 0;
  for (const uint8_t octet : shared->view()) any |= octet;
  IKE_ASSERT(any != 0);
  return 0;
}
