// Polynomials of ML-KEM as octets: numbers of a few bits, rounded where they are to be shorter.
// FIPS 203 section 4.2.1.
#pragma once

#include "base/bytes.h"
#include "crypto/ml_kem/ring.h"

namespace ike::crypto::ml_kem {

// 256 numbers of `bits` bits (1 to 12) in 32 * bits octets, the least significant bit first.
void encode(MutableBytes out, const Polynomial& p, unsigned bits);
void decode(Polynomial& p, Bytes octets, unsigned bits);
constexpr size_t encoded_size(unsigned bits) { return size_t{32} * bits; }

// Canonical coefficients to their nearest multiple of 3329 / 2^bits, and back.  bits: 1 to 11.
void compress(Polynomial& p, unsigned bits);
void decompress(Polynomial& p, unsigned bits);

}  // namespace ike::crypto::ml_kem
