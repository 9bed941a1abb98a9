#include "crypto/sntrup761/ring.h"

#include <algorithm>

#include "base/secret.h"
#include "crypto/sntrup761/numbers.h"

namespace ike::crypto::sntrup761 {

namespace {

using Product = std::array<int16_t, 2 * kPadded>;

// X^761 = X + 1 brings the upper half of a product down: every coefficient of it at two places.
void fold(Product& product) {
  for (size_t i = 0; i + 1 < kP; ++i) {
    product[i] = static_cast<int16_t>(product[i] + product[i + kP]);
  }
  for (size_t i = 0; i + 1 < kP; ++i) {
    product[i + 1] = static_cast<int16_t>(product[i + 1] + product[i + kP]);
  }
}

}  // namespace

void multiply(Polynomial& product, const Polynomial& a, const Small& b) {
  // 13 * 2295 + 2300 fits into 16 bits.
  constexpr size_t kRows = 13;
  Wiped<Product> sum;
  for (size_t first = 0; first < kP; first += kRows) {
    const size_t end = std::min(first + kRows, kP);
    for (size_t i = first; i < end; ++i) {
      const int16_t factor = b[i];
      int16_t* const to = &sum[i];
      for (size_t j = 0; j < kPadded; ++j) to[j] = static_cast<int16_t>(to[j] + factor * a[j]);
    }
    int16_t* const touched = &sum[first];
    for (size_t j = 0; j < kPadded; ++j) touched[j] = nearly_freeze(touched[j]);
    for (size_t j = kPadded; j < kPadded + kRows; ++j) touched[j] = nearly_freeze(touched[j]);
  }
  fold(sum);
  product.fill(0);
  for (size_t i = 0; i < kP; ++i) product[i] = freeze(sum[i]);
}

void multiply(Small& product, const Small& a, const Small& b) {
  Wiped<Polynomial> wide;
  std::ranges::copy(a, wide.begin());
  Wiped<Product> sum;
  for (size_t i = 0; i < kP; ++i) {
    const int16_t factor = b[i];
    int16_t* const to = &sum[i];
    for (size_t j = 0; j < kPadded; ++j) to[j] = static_cast<int16_t>(to[j] + factor * wide[j]);
  }
  fold(sum);
  product.fill(0);
  for (size_t i = 0; i < kP; ++i) product[i] = static_cast<int8_t>(freeze_3(sum[i]));
}

void triple(Polynomial& p) {
  for (int16_t& c : p) c = freeze(static_cast<int16_t>(3 * c));
}

void round(Polynomial& p) {
  for (int16_t& c : p) c = static_cast<int16_t>(c - freeze_3(c));
}

void reduce_modulo_3(Small& to, const Polynomial& p) {
  for (size_t i = 0; i < kPadded; ++i) to[i] = static_cast<int8_t>(freeze_3(p[i]));
}

}  // namespace ike::crypto::sntrup761
