// Arithmetic of ML-KEM: polynomials modulo X^256 + 1 over the integers modulo 3329, in time that
// does not depend on their coefficients.  FIPS 203 section 4.3.
//
// Plain loops over 16 bit numbers, which compilers turn into vector instructions.  "Reduced" means
// -1668 <= c <= 1668, "canonical" 0 <= c < 3329.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ike::crypto::ml_kem {

inline constexpr int16_t kQ = 3329;
inline constexpr size_t kN = 256;

using Polynomial = std::array<int16_t, kN>;

// Both ways take coefficients of at most 3329 either side of zero and leave reduced ones.
void to_ntt(Polynomial& p);
void from_ntt(Polynomial& p);

// A factor of products in the NTT domain, prepared for many of them.
struct Factor {
  Polynomial straight;
  Polynomial crossed;
};
// `p` is in the NTT domain and reduced.
void prepare(Factor& factor, const Polynomial& p);

// A sum of at most four products in the NTT domain, before its reduction.
using Sum = std::array<int32_t, kN>;
// `p` is in the NTT domain, reduced or canonical.
void add_product(Sum& sum, const Polynomial& p, const Factor& factor);
// Reduced.
void finish(Polynomial& p, const Sum& sum);

void add(Polynomial& to, const Polynomial& more);
void subtract(Polynomial& from, const Polynomial& less);
void reduce(Polynomial& p);        // of any 16 bit numbers
void canonicalise(Polynomial& p);  // of any 16 bit numbers

}  // namespace ike::crypto::ml_kem
