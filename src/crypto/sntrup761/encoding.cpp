#include "crypto/sntrup761/encoding.h"

#include <vector>

#include "base/assert.h"
#include "base/secret.h"

namespace ike::crypto::sntrup761 {

namespace {

// Numbers r0 below m0 and r1 below m1 are the number r0 + m0 r1 below m0 m1.  A level puts pairs
// together like this until one number is left; what would grow beyond 2^14 gives its low octets
// away.
constexpr uint32_t kLimit = 1 << 14;
constexpr unsigned kFewBits = 8;

constexpr uint32_t without_octet(uint32_t modulus) { return (modulus + 255) >> kFewBits; }

using Numbers = std::array<uint32_t, kP>;

// Only the moduli, which everybody knows, decide about the way that this takes.
void pack(MutableBytes out, Numbers& numbers, uint32_t modulus) {
  Numbers moduli;
  moduli.fill(modulus);
  auto to = out.begin();
  size_t count = kP;
  while (count > 1) {
    for (size_t i = 0; i + 1 < count; i += 2) {
      uint32_t number = numbers[i] + moduli[i] * numbers[i + 1];
      uint32_t below = moduli[i] * moduli[i + 1];
      for (; below >= kLimit; below = without_octet(below), number >>= kFewBits) {
        *to++ = static_cast<uint8_t>(number);
      }
      numbers[i / 2] = number;
      moduli[i / 2] = below;
    }
    if (count % 2 == 1) {
      numbers[count / 2] = numbers[count - 1];
      moduli[count / 2] = moduli[count - 1];
    }
    count = (count + 1) / 2;
  }
  for (uint32_t below = moduli[0]; below > 1; below = without_octet(below)) {
    *to++ = static_cast<uint8_t>(numbers[0]);
    numbers[0] >>= kFewBits;
  }
  IKE_ASSERT(to == out.end());
}

// What a level of pack() put together, and the octets that it gave away.
struct Level {
  std::vector<uint32_t> moduli;
  std::vector<uint32_t> low;    // of each pair
  std::vector<uint32_t> scale;  // 256 to the number of those octets
};

// Takes octets; leaves the moduli of the next level in `moduli`.
Level take_level(std::vector<uint32_t>& moduli, Bytes& octets) {
  Level level{moduli, {}, {}};
  std::vector<uint32_t> next;
  for (size_t i = 0; i + 1 < moduli.size(); i += 2) {
    uint32_t below = moduli[i] * moduli[i + 1];
    uint32_t low = 0;
    uint32_t scale = 1;
    for (; below >= kLimit; below = without_octet(below), scale <<= kFewBits) {
      low += scale * octets.front();
      octets = octets.subspan(1);
    }
    level.low.push_back(low);
    level.scale.push_back(scale);
    next.push_back(below);
  }
  if (moduli.size() % 2 == 1) next.push_back(moduli.back());
  moduli = std::move(next);
  return level;
}

std::vector<uint32_t> unpack(Bytes octets, uint32_t modulus) {
  std::vector<uint32_t> moduli(kP, modulus);
  std::vector<Level> levels;
  while (moduli.size() > 1) levels.push_back(take_level(moduli, octets));
  uint32_t top = 0;
  uint32_t scale = 1;
  for (uint32_t below = moduli[0]; below > 1; below = without_octet(below), scale <<= kFewBits) {
    top += scale * octets.front();
    octets = octets.subspan(1);
  }
  IKE_ASSERT(octets.empty());

  std::vector<uint32_t> numbers{top % moduli[0]};
  for (; !levels.empty(); levels.pop_back()) {
    const Level& level = levels.back();
    std::vector<uint32_t> taken_apart;
    for (size_t i = 0; i < level.low.size(); ++i) {
      const uint32_t number = level.low[i] + level.scale[i] * numbers[i];
      const uint32_t first = level.moduli[2 * i];
      taken_apart.push_back(number % first);
      taken_apart.push_back(number / first % level.moduli[2 * i + 1]);
    }
    if (level.moduli.size() % 2 == 1) taken_apart.push_back(numbers.back());
    numbers = std::move(taken_apart);
  }
  return numbers;
}

constexpr uint32_t kThirds = (kQ + 2) / 3;

}  // namespace

void encode(MutableBytes out, const Small& p) {
  IKE_ASSERT(out.size() == kSmallSize);
  for (size_t i = 0; i < kSmallSize; ++i) {
    int octet = 0;
    for (size_t j = 0; j < 4 && 4 * i + j < kP; ++j) octet |= (p[4 * i + j] + 1) << (2 * j);
    out[i] = static_cast<uint8_t>(octet);
  }
}

void decode(Small& p, Bytes octets) {
  IKE_ASSERT(octets.size() == kSmallSize);
  p.fill(0);
  for (size_t i = 0; i < kP; ++i) {
    p[i] = static_cast<int8_t>((octets[i / 4] >> (2 * (i % 4)) & 3) - 1);
  }
}

void encode(MutableBytes out, const Polynomial& p) {
  IKE_ASSERT(out.size() == kPolynomialSize);
  Numbers numbers;
  for (size_t i = 0; i < kP; ++i) numbers[i] = static_cast<uint32_t>(p[i] + kHalf);
  pack(out, numbers, kQ);
}

void decode(Polynomial& p, Bytes octets) {
  IKE_ASSERT(octets.size() == kPolynomialSize);
  const auto numbers = unpack(octets, kQ);
  p.fill(0);
  for (size_t i = 0; i < kP; ++i) p[i] = static_cast<int16_t>(numbers[i] - uint32_t{kHalf});
}

void encode_rounded(MutableBytes out, const Polynomial& p) {
  IKE_ASSERT(out.size() == kRoundedSize);
  Wiped<Numbers> numbers;
  // A third by a product, whose time does not tell the dividend.
  for (size_t i = 0; i < kP; ++i) {
    numbers[i] = (static_cast<uint32_t>(p[i] + kHalf) * 10923) >> 15;
  }
  pack(out, numbers, kThirds);
}

void decode_rounded(Polynomial& p, Bytes octets) {
  IKE_ASSERT(octets.size() == kRoundedSize);
  const auto numbers = unpack(octets, kThirds);
  p.fill(0);
  for (size_t i = 0; i < kP; ++i) p[i] = static_cast<int16_t>(3 * numbers[i] - uint32_t{kHalf});
}

}  // namespace ike::crypto::sntrup761
