#include "crypto/sntrup761/sampling.h"

#include <bit>

#include "base/secret.h"
#include "crypto/constant_time.h"

namespace ike::crypto::sntrup761 {

namespace {

using Values = std::array<uint32_t, kP>;

void draw(Values& values, Random& random) {
  Secret octets(4 * kP);
  random.fill_secret(octets.writable());
  const Bytes from = octets.view();
  for (size_t i = 0; i < kP; ++i) {
    uint32_t value = 0;
    for (size_t j = 0; j < 4; ++j) value |= uint32_t{from[4 * i + j]} << (8 * j);
    values[i] = value;
  }
}

// The smaller one to `a`.
void order(uint32_t& a, uint32_t& b) {
  const auto b_is_smaller = static_cast<uint32_t>((uint64_t{b} - a) >> 32);  // all ones, or 0
  const uint32_t exchange = b_is_smaller & (a ^ b);
  a ^= exchange;
  b ^= exchange;
}

}  // namespace

void sample_small(Small& p, Random& random) {
  Wiped<Values> values;
  draw(values, random);
  p.fill(0);
  for (size_t i = 0; i < kP; ++i) {
    p[i] = static_cast<int8_t>((((values[i] & 0x3fffffff) * 3) >> 30) - 1);
  }
}

// The two lowest bits of random numbers become the coefficients, the rest decides about their
// places by being sorted.
void sample_short(Small& p, Random& random) {
  Wiped<Values> values;
  draw(values, random);
  for (size_t i = 0; i < kWeight; ++i) values[i] &= ~uint32_t{1};                    // 0 or 2
  for (size_t i = kWeight; i < kP; ++i) values[i] = (values[i] & ~uint32_t{3}) | 1;  // 1
  sort(values);
  p.fill(0);
  for (size_t i = 0; i < kP; ++i) p[i] = static_cast<int8_t>((values[i] & 3) - 1);
}

// Batcher's merge exchange for any number of values.
// Source: Knuth, The Art of Computer Programming, volume 3, section 5.2.2, algorithm M.
void sort(Values& values) {
  constexpr size_t kTop = std::bit_ceil(kP) / 2;
  for (size_t run = kTop; run > 0; run /= 2) {
    size_t distance = run;
    size_t offset = 0;
    for (size_t next = kTop;; next /= 2) {
      // Every second run of that length is held against what lies `distance` behind it.
      for (size_t start = offset; start + distance < kP; start += 2 * run) {
        for (size_t i = start; i < start + run && i + distance < kP; ++i) {
          order(values[i], values[i + distance]);
        }
      }
      if (next == run) break;
      distance = next - run;
      offset = run;
    }
  }
}

}  // namespace ike::crypto::sntrup761
