#include "crypto/ml_kem/sampling.h"

#include "base/secret.h"

namespace ike::crypto::ml_kem {

namespace {

constexpr size_t kBlock = 168;  // octets that SHAKE128 gives at a time
// The octets of three blocks are enough for 99 % of the polynomials.
constexpr size_t kBlocksFirst = 3;

// How many coefficients `octets` gave.
//= FIPS 203 section 4.2.2: algorithm 7
size_t take_uniform(Polynomial& p, Bytes octets) {
  size_t taken = 0;
  for (size_t i = 0; i + 3 <= octets.size() && taken < kN; i += 3) {
    const int first = octets[i] | (octets[i + 1] & 15) << 8;
    const int second = octets[i + 1] >> 4 | octets[i + 2] << 4;
    p[taken] = static_cast<int16_t>(first);
    taken += first < kQ ? 1 : 0;
    if (taken == kN) break;
    p[taken] = static_cast<int16_t>(second);
    taken += second < kQ ? 1 : 0;
  }
  return taken;
}

}  // namespace

void sample_uniform(Polynomial& p, Keccak& keccak, Bytes seed, uint8_t column, uint8_t row) {
  const std::array<uint8_t, 2> place{column, row};
  const std::array<Bytes, 2> parts{seed, place};
  std::array<uint8_t, kBlocksFirst * kBlock> octets{};
  keccak.shake128(parts, octets);
  if (take_uniform(p, octets) == kN) return;
  // All of it again with more output: simpler than a sponge that goes on, and hardly ever needed.
  for (size_t blocks = kBlocksFirst + 1;; ++blocks) {
    Blob more(blocks * kBlock);
    keccak.shake128(parts, more);
    if (take_uniform(p, more) == kN) return;
  }
}

//= FIPS 203 section 4.2.2: algorithm 8
void sample_small(Polynomial& p, Keccak& keccak, Bytes seed, uint8_t number, unsigned eta) {
  const std::array<uint8_t, 1> counter{number};
  const std::array<Bytes, 2> parts{seed, counter};
  Wiped<std::array<uint8_t, 64 * 3>> room;
  const auto octets = MutableBytes(room).first(64 * eta);
  keccak.shake256(parts, octets);
  // Four coefficients at a time, of eta octets: 2 eta bits each, the first half counts up.
  for (size_t i = 0; i < kN / 4; ++i) {
    uint32_t bits = 0;
    for (unsigned j = 0; j < eta; ++j) bits |= uint32_t{octets[i * eta + j]} << (8 * j);
    for (size_t j = 0; j < 4; ++j) {
      int sum = 0;
      for (unsigned bit = 0; bit < eta; ++bit) {
        sum += static_cast<int>(bits >> bit & 1) - static_cast<int>(bits >> (bit + eta) & 1);
      }
      p[4 * i + j] = static_cast<int16_t>(sum);
      bits >>= 2 * eta;
    }
  }
}

}  // namespace ike::crypto::ml_kem
