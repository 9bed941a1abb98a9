#include "crypto/fake/key_exchange.h"

#include <array>

#include "crypto/fake/mixer.h"

namespace ike::crypto::fake {

namespace {

constexpr uint64_t kPrime = (uint64_t{1} << 61) - 1;
constexpr uint64_t kGenerator = 37;
enum Domain : uint64_t { kPadding = 0x70616464, kShared = 0x73686172 };

__extension__ using Wide = unsigned __int128;

uint64_t power(uint64_t base, uint64_t exponent) {
  uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = static_cast<uint64_t>(Wide{result} * base % kPrime);
    base = static_cast<uint64_t>(Wide{base} * base % kPrime);
  }
  return result;
}

uint64_t load(Bytes octets) {
  uint64_t value = 0;
  for (const uint8_t octet : octets.first(8)) value = value << 8 | octet;
  return value;
}

// The number, then octets that follow from it, so that no change stays unnoticed.
Blob stretch(uint64_t value, size_t width) {
  Blob out(width);
  for (size_t i = 0; i < 8; ++i) out[i] = static_cast<uint8_t>(value >> (56 - 8 * i));
  Mixer(kPadding).number(value).write(MutableBytes(out).subspan(8));
  return out;
}

uint64_t draw_exponent(Random& random) {
  std::array<uint8_t, 8> octets{};
  random.fill_secret(octets);
  return 2 + load(octets) % (kPrime - 4);
}

Result<Secret> shared_secret(const KeInfo& info, uint64_t exponent, Bytes peer, size_t size) {
  if (peer.size() != size) return fail(Fault::malformed, "KE: wrong length");
  const uint64_t y = load(peer);
  if (y <= 1 || y >= kPrime - 1 || !equal(stretch(y, peer.size()), peer)) {
    return fail(Fault::malformed, "KE: public value out of range");
  }
  Secret shared(info.shared_size);
  Mixer(kShared).number(power(y, exponent)).write(shared.writable());
  return shared;
}

class Exchange final : public KeyExchange {
 public:
  Exchange(const KeInfo& info, uint64_t exponent)
      : info_(info),
        exponent_(exponent),
        public_(stretch(power(kGenerator, exponent), info.public_initiator)) {}

  KeMethod method() const override { return info_.id; }
  Bytes public_value() const override { return public_; }
  Result<Secret> derive(Bytes peer) const override {
    return shared_secret(info_, exponent_, peer, info_.public_responder);
  }

 private:
  KeInfo info_;
  uint64_t exponent_;
  Blob public_;
};

}  // namespace

std::unique_ptr<KeyExchange> generate(const KeInfo& info, Random& random) {
  return std::make_unique<Exchange>(info, draw_exponent(random));
}

Result<AnsweredKeyExchange> answer(const KeInfo& info, Bytes peer, Random& random) {
  const uint64_t exponent = draw_exponent(random);
  IKE_TRY(auto shared, shared_secret(info, exponent, peer, info.public_initiator));
  return AnsweredKeyExchange{stretch(power(kGenerator, exponent), info.public_responder),
                             std::move(shared)};
}

}  // namespace ike::crypto::fake
