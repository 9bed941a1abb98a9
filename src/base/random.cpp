#include "base/random.h"

#include <array>

#include "base/assert.h"

namespace ike {

namespace {

template <typename T>
T draw(Random& random) {
  std::array<uint8_t, sizeof(T)> octets{};
  random.fill_public(octets);
  T value = 0;
  for (const uint8_t octet : octets) value = static_cast<T>((value << 8) | octet);
  return value;
}

}  // namespace

uint32_t Random::u32() { return draw<uint32_t>(*this); }
uint64_t Random::u64() { return draw<uint64_t>(*this); }

uint64_t Random::below(uint64_t bound) {
  IKE_ASSERT(bound != 0);
  const uint64_t unfair = (0 - bound) % bound;  // values below this would favour small results
  uint64_t value = u64();
  while (value < unfair) value = u64();
  return value % bound;
}

}  // namespace ike
