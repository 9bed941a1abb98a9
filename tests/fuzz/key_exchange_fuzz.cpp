// Public values of a peer, to an initiator and to a responder.  Input: which method (1 octet), the
// value.
#include <array>
#include <map>

#include "base/assert.h"
#include "crypto/algorithms.h"
#include "crypto/openssl/openssl_provider.h"

using namespace ike;

namespace {

// The large MODP groups are left out: the same code, many times slower.
constexpr std::array kMethods{
    KeMethod::modp768,        KeMethod::modp1024,   KeMethod::modp2048,
    KeMethod::ecp192,         KeMethod::ecp224,     KeMethod::ecp256,
    KeMethod::ecp384,         KeMethod::ecp521,     KeMethod::brainpool256,
    KeMethod::brainpool512,   KeMethod::curve25519, KeMethod::curve448,
    KeMethod::ml_kem_512,     KeMethod::ml_kem_768, KeMethod::ml_kem_1024,
    KeMethod::sntrup761x25519};

void check(const Secret& shared) {
  uint8_t any = 0;
  for (const uint8_t octet : shared.view()) any |= octet;
  IKE_ASSERT(any != 0);
}

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
  const KeMethod method = kMethods[data[0] % kMethods.size()];
  const Bytes value(data + 1, size - 1);
  Sequence random;
  // Key pairs are the slow part, and the same each time.
  static std::map<KeMethod, std::unique_ptr<crypto::KeyExchange>> pairs;
  auto& ours = pairs[method];
  if (!ours) ours = *provider->generate(method, random);
  const auto shared = ours->derive(value);
  if (shared) check(*shared);
  const auto answered = provider->answer(method, value, random);
  if (!answered) return 0;
  check(answered->shared);
  IKE_ASSERT(answered->public_value.size() == crypto::info_of(method)->public_responder);
  return 0;
}
