// Numbers modulo 4591 and modulo 3, without branches.
#pragma once

#include "crypto/sntrup761/ring.h"

namespace ike::crypto::sntrup761 {

// Of any 16 bit number the one between -2300 and 2300 that is congruent to it.
constexpr int16_t nearly_freeze(int16_t a) {
  constexpr int32_t kReciprocal = 14618;  // 2^26 / 4591
  const int32_t quotient = (((a * kReciprocal) >> 16) + (1 << 9)) >> 10;
  return static_cast<int16_t>(a - quotient * kQ);
}

// The one between -2295 and 2295.
constexpr int16_t freeze(int16_t a) {
  int16_t b = nearly_freeze(a);
  b = static_cast<int16_t>(b - (kQ & ((kHalf - b) >> 15)));
  return static_cast<int16_t>(b + (kQ & ((b + kHalf) >> 15)));
}

// The one between -1 and 1, of numbers between -8000 and 8000.
constexpr int16_t freeze_3(int16_t a) {
  const int32_t quotient = (a * 10923 + (1 << 14)) >> 15;
  return static_cast<int16_t>(a - 3 * quotient);
}

// a * b / 2^16, where |a * b| < 4591 * 2^15: below |a * b| / 2^16 + 2296 either side of zero.
constexpr int16_t multiply_scaled(int16_t a, int16_t b) {
  constexpr int16_t kInverse = 15631;  // of 4591 modulo 2^16
  static_assert(static_cast<int16_t>(kInverse * kQ) == 1);
  const auto low = static_cast<int16_t>(int32_t{a} * b);
  const auto multiple = static_cast<int16_t>(int32_t{low} * kInverse);
  const auto high = static_cast<int16_t>((int32_t{a} * b) >> 16);
  return static_cast<int16_t>(high - static_cast<int16_t>((int32_t{multiple} * kQ) >> 16));
}

}  // namespace ike::crypto::sntrup761
