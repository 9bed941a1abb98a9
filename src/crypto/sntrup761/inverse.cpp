// Inverses in the rings of sntrup761, in constant time: division steps on the reversed polynomials.
// Source: Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019),
// sections 5 to 7.
//
// f starts as the reversed modulus and g as the reversed polynomial.  A step makes g's lowest
// coefficient 0 by taking a multiple of f away, f and g changing their places before where the
// degree of g is the smaller one, and drops it.  v and u say which multiples of the polynomial f
// and g are.  After 2 p - 1 steps f is a constant, and v over it the inverse.  v and u are kept
// with their highest coefficient first, so that v times X is a move in the direction of g's.
#include <algorithm>

#include "base/secret.h"
#include "crypto/constant_time.h"
#include "crypto/sntrup761/numbers.h"
#include "crypto/sntrup761/ring.h"

namespace ike::crypto::sntrup761 {

namespace {

constexpr size_t kSteps = 2 * kP - 1;

// Number is what a coefficient is; there is room for one more than the ring's 761.
template <typename Number>
struct Fraction {
  std::array<Number, kPadded> f;
  std::array<Number, kPadded> g;
  std::array<Number, kPadded> v;
  std::array<Number, kPadded> u;
};

template <typename Number>
void start(Fraction<Number>& at, const Small& a, Number one) {
  at.f[0] = 1;
  at.f[kP - 1] = -1;
  at.f[kP] = -1;
  for (size_t i = 0; i < kP; ++i) at.g[i] = a[kP - 1 - i];
  at.u[kP] = one;
}

// Each pair changes its places if `mask` is all ones, not if it is 0.
template <typename Number>
void swap_if(Number mask, std::array<Number, kPadded>& a, std::array<Number, kPadded>& b) {
  for (size_t i = 0; i < kPadded; ++i) {
    const auto difference = static_cast<Number>(mask & (a[i] ^ b[i]));
    a[i] = static_cast<Number>(a[i] ^ difference);
    b[i] = static_cast<Number>(b[i] ^ difference);
  }
}

// All of `a` to the next lower index; what was at index 0 is lost.
template <typename Number>
void shift_down(std::array<Number, kPadded>& a) {
  std::copy(a.begin() + 1, a.end(), a.begin());
  a.back() = 0;
}

// All ones where f and g have to change their places, which makes `delta` its opposite; counts the
// step in `delta`.
int32_t next_swap(int32_t& delta, int32_t lowest_of_g) {
  const int32_t positive = -delta >> 31;
  const int32_t not_zero = (lowest_of_g | -lowest_of_g) >> 31;
  const int32_t swap = opaque(positive & not_zero);
  delta = (delta ^ (swap & (delta ^ -delta))) + 1;
  return swap;
}

// f0 * g - g0 * f, over 2^16.
void eliminate(int16_t f0, int16_t g0, Polynomial& g, const Polynomial& f) {
  for (size_t i = 0; i < kPadded; ++i) {
    g[i] = static_cast<int16_t>(multiply_scaled(f0, g[i]) - multiply_scaled(g0, f[i]));
  }
}

// g - quotient * f; the quotient is -1, 0 or 1.
void eliminate(int8_t quotient, Small& g, const Small& f) {
  const auto negative = static_cast<int8_t>(quotient >> 1);
  const auto any = static_cast<int8_t>(-(quotient & 1));
  for (size_t i = 0; i < kPadded; ++i) {
    const auto product = static_cast<int8_t>(((f[i] ^ negative) - negative) & any);
    const auto c = static_cast<int8_t>(g[i] - product);
    // From -2 to 2 down to -1 to 1; a comparison some compilers turn into a jump.
    g[i] = static_cast<int8_t>(c - (3 & ((1 - c) >> 7)) + (3 & ((c + 1) >> 7)));
  }
}

constexpr int16_t power_of_two(unsigned exponent) {
  int32_t power = 1;
  for (unsigned i = 0; i < exponent; ++i) power = power * 2 % kQ;
  return static_cast<int16_t>(power > kHalf ? power - kQ : power);
}

// a * 2^16
int16_t scale(int16_t a) { return multiply_scaled(a, power_of_two(32)); }

// 1 / a as a power: a^(q - 2).
int16_t invert_number(int16_t a) {
  const int16_t base = scale(a);
  int16_t power = power_of_two(16);
  for (int bit = 12; bit >= 0; --bit) {
    power = multiply_scaled(power, power);
    if (((kQ - 2) >> bit & 1) != 0) power = multiply_scaled(power, base);
  }
  return freeze(multiply_scaled(power, 1));
}

}  // namespace

void invert_three_times(Polynomial& inverse, const Small& a) {
  Wiped<Fraction<int16_t>> at;
  start<int16_t>(at, a, invert_number(3));
  int32_t delta = 1;
  // Products are over 2^16, and those of a step's g and u all the same: no matter in the quotient.
  for (size_t step = 0; step < kSteps; ++step) {
    shift_down(at.v);
    const auto swap = static_cast<int16_t>(next_swap(delta, freeze(at.g[0])));
    swap_if(swap, at.f, at.g);
    swap_if(swap, at.v, at.u);
    const int16_t f0 = freeze(at.f[0]);
    const int16_t g0 = freeze(at.g[0]);
    eliminate(f0, g0, at.g, at.f);
    eliminate(f0, g0, at.u, at.v);
    shift_down(at.g);
  }
  const int16_t over_f = scale(invert_number(freeze(at.f[0])));
  inverse.fill(0);
  for (size_t i = 0; i < kP; ++i) inverse[i] = freeze(multiply_scaled(over_f, at.v[i + 1]));
}

bool invert(Small& inverse, const Small& a) {
  Wiped<Fraction<int8_t>> at;
  start<int8_t>(at, a, 1);
  int32_t delta = 1;
  for (size_t step = 0; step < kSteps; ++step) {
    shift_down(at.v);
    const auto swap = static_cast<int8_t>(next_swap(delta, at.g[0]));
    swap_if(swap, at.f, at.g);
    swap_if(swap, at.v, at.u);
    // f's lowest coefficient is 1 or -1, which is its own inverse.
    const auto quotient = static_cast<int8_t>(at.g[0] * at.f[0]);
    eliminate(quotient, at.g, at.f);
    eliminate(quotient, at.u, at.v);
    shift_down(at.g);
  }
  inverse.fill(0);
  for (size_t i = 0; i < kP; ++i) inverse[i] = static_cast<int8_t>(at.f[0] * at.v[i + 1]);
  return delta == 0;
}

}  // namespace ike::crypto::sntrup761
