#include "crypto/ml_kem/ring.h"

namespace ike::crypto::ml_kem {

namespace {

constexpr int32_t kRadix = 65536 % kQ;  // 2^16, by which Montgomery's product divides
constexpr int16_t kInverse = -3327;     // of 3329 modulo 2^16
static_assert(static_cast<int16_t>(kInverse * kQ) == 1);

constexpr int16_t high(int16_t a, int16_t b) {
  return static_cast<int16_t>((int32_t{a} * b) >> 16);
}

// a * b / 2^16, between -3328 and 3328, where |a * b| < 3329 * 2^15.
constexpr int16_t multiply(int16_t a, int16_t b) {
  const auto low = static_cast<int16_t>(int32_t{a} * b);
  const auto multiple = static_cast<int16_t>(int32_t{low} * kInverse);
  return static_cast<int16_t>(high(a, b) - high(multiple, kQ));
}

// Any number, to a reduced one.
constexpr int16_t reduce(int16_t a) {
  constexpr int16_t kReciprocal = 20159;  // 2^26 / 3329
  const auto quotient = static_cast<int16_t>((high(a, kReciprocal) + (1 << 9)) >> 10);
  return static_cast<int16_t>(a - quotient * kQ);
}

// What multiply() takes as its constant operand: a * 2^16, reduced.
constexpr int16_t constant(int32_t a) {
  const auto scaled = static_cast<int16_t>(int64_t{a} * kRadix % kQ);
  return static_cast<int16_t>(scaled > kQ / 2 ? scaled - kQ : scaled);
}

constexpr size_t reverse_7_bits(size_t i) {
  size_t reversed = 0;
  for (size_t bit = 0; bit < 7; ++bit) reversed |= ((i >> bit) & 1) << (6 - bit);
  return reversed;
}

// The powers of 17, a primitive 256th root of unity, in the order in which the transform takes
// them.
constexpr std::array<int16_t, 128> kZetas = [] {
  std::array<int16_t, 128> zetas{};
  int32_t power = 1;
  for (size_t i = 0; i < zetas.size(); ++i, power = power * 17 % kQ) {
    zetas[reverse_7_bits(i)] = constant(power);
  }
  return zetas;
}();

constexpr int16_t kOne = constant(kRadix);  // times 2^16
constexpr int16_t kOneOf128 = constant(3303);
static_assert(3303 * 128 % kQ == 1);

}  // namespace

//= FIPS 203 section 4.3: algorithm 9
void to_ntt(Polynomial& p) {
  size_t next = 1;
  for (size_t length = kN / 2; length >= 2; length /= 2) {
    for (size_t start = 0; start < kN; start += 2 * length) {
      const int16_t zeta = kZetas[next++];
      int16_t* const low = &p[start];
      int16_t* const up = &p[start + length];
      for (size_t j = 0; j < length; ++j) {
        const int16_t t = multiply(zeta, up[j]);
        up[j] = static_cast<int16_t>(low[j] - t);
        low[j] = static_cast<int16_t>(low[j] + t);
      }
    }
  }
  reduce(p);  // seven layers added at most 3328 each
}

//= FIPS 203 section 4.3: algorithm 10
void from_ntt(Polynomial& p) {
  size_t next = kZetas.size();
  for (size_t length = 2; length <= kN / 2; length *= 2) {
    for (size_t start = 0; start < kN; start += 2 * length) {
      const int16_t zeta = kZetas[--next];
      int16_t* const low = &p[start];
      int16_t* const up = &p[start + length];
      for (size_t j = 0; j < length; ++j) {
        const auto difference = static_cast<int16_t>(up[j] - low[j]);
        low[j] = reduce(static_cast<int16_t>(low[j] + up[j]));
        up[j] = multiply(zeta, difference);
      }
    }
  }
  for (int16_t& c : p) c = reduce(multiply(kOneOf128, c));
}

// Algorithm 12 multiplies pairs: (a0 + a1 X)(b0 + b1 X) modulo X^2 - gamma has the coefficients
// a0 b0 + a1 (b1 gamma) and a0 b1 + a1 b0.  A Factor holds the b's as they stand there, times 2^16.
void prepare(Factor& factor, const Polynomial& p) {
  for (size_t i = 0; i < kN; i += 2) {
    const int16_t b0 = multiply(kOne, p[i]);
    const int16_t b1 = multiply(kOne, p[i + 1]);
    const int16_t zeta = kZetas[kN / 4 + i / 4];
    const int16_t b1_gamma = multiply(zeta, b1);
    factor.straight[i] = b0;
    factor.straight[i + 1] = i % 4 == 0 ? b1_gamma : static_cast<int16_t>(-b1_gamma);
    factor.crossed[i] = b1;
    factor.crossed[i + 1] = b0;
  }
}

//= FIPS 203 section 4.3.1: algorithm 11
void add_product(Sum& sum, const Polynomial& p, const Factor& factor) {
  for (size_t i = 0; i < kN; i += 2) {
    sum[i] += p[i] * factor.straight[i] + p[i + 1] * factor.straight[i + 1];
    sum[i + 1] += p[i] * factor.crossed[i] + p[i + 1] * factor.crossed[i + 1];
  }
}

void finish(Polynomial& p, const Sum& sum) {
  for (size_t i = 0; i < kN; ++i) {
    const auto multiple = static_cast<int16_t>(static_cast<int16_t>(sum[i]) * kInverse);
    p[i] = reduce(static_cast<int16_t>((sum[i] - multiple * kQ) >> 16));
  }
}

void add(Polynomial& to, const Polynomial& more) {
  for (size_t i = 0; i < kN; ++i) to[i] = static_cast<int16_t>(to[i] + more[i]);
}

void subtract(Polynomial& from, const Polynomial& less) {
  for (size_t i = 0; i < kN; ++i) from[i] = static_cast<int16_t>(from[i] - less[i]);
}

void reduce(Polynomial& p) {
  for (int16_t& c : p) c = reduce(c);
}

void canonicalise(Polynomial& p) {
  for (int16_t& c : p) {
    const int16_t reduced = reduce(c);
    c = static_cast<int16_t>(reduced + (kQ & (reduced >> 15)));
  }
}

}  // namespace ike::crypto::ml_kem
