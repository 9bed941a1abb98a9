// Arithmetic of sntrup761: polynomials modulo X^761 - X - 1 over the integers modulo 4591, and over
// those modulo 3, in time that does not depend on their coefficients.
//
// Plain loops over arrays of a round length, which compilers turn into vector instructions.
// Numbers modulo 4591 are kept between -2295 and 2295, those modulo 3 between -1 and 1.
//
// Source of this folder: NTRU Prime, round 3 submission to NIST's competition (2020-10-07), the
// parameter set sntrup761 of "Streamlined NTRU Prime".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ike::crypto::sntrup761 {

inline constexpr size_t kP = 761;
inline constexpr int16_t kQ = 4591;
inline constexpr int16_t kHalf = (kQ - 1) / 2;
inline constexpr size_t kWeight = 286;  // coefficients of a short polynomial that are not 0
inline constexpr size_t kPadded = 768;  // what comes after 761 coefficients is 0

using Polynomial = std::array<int16_t, kPadded>;
using Small = std::array<int8_t, kPadded>;

void multiply(Polynomial& product, const Polynomial& a, const Small& b);
void multiply(Small& product, const Small& a, const Small& b);

// 1 / (3 a) modulo 4591.  Every short polynomial has an inverse: the ring is a field.
void invert_three_times(Polynomial& inverse, const Small& a);
// 1 / a modulo 3; false if there is none.
[[nodiscard]] bool invert(Small& inverse, const Small& a);

void triple(Polynomial& p);
// To the nearest multiples of 3.
void round(Polynomial& p);
void reduce_modulo_3(Small& to, const Polynomial& p);

}  // namespace ike::crypto::sntrup761
