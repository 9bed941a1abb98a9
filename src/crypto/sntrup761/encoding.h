// Polynomials of sntrup761 as octets.
#pragma once

#include "base/bytes.h"
#include "crypto/sntrup761/ring.h"

namespace ike::crypto::sntrup761 {

inline constexpr size_t kSmallSize = 191;
inline constexpr size_t kPolynomialSize = 1158;
inline constexpr size_t kRoundedSize = 1007;

// Coefficients -1, 0, 1: two bits each.
void encode(MutableBytes out, const Small& p);
void decode(Small& p, Bytes octets);  // octets that encode() wrote

// Any coefficients.  decode() makes a polynomial of any octets; it takes a time that tells them.
void encode(MutableBytes out, const Polynomial& p);
void decode(Polynomial& p, Bytes octets);

// Coefficients that are multiples of 3, so that a third of the values is enough.
void encode_rounded(MutableBytes out, const Polynomial& p);
void decode_rounded(Polynomial& p, Bytes octets);

}  // namespace ike::crypto::sntrup761
