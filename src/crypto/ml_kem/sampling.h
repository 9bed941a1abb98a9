// Polynomials of ML-KEM made from seeds.  FIPS 203 section 4.2.2.
#pragma once

#include "crypto/keccak.h"
#include "crypto/ml_kem/ring.h"

namespace ike::crypto::ml_kem {

// Uniform, canonical, in the NTT domain.  The seed is public, and so is the time this takes.
void sample_uniform(Polynomial& p, Keccak& keccak, Bytes seed, uint8_t column, uint8_t row);

// Centred binomial: coefficients between -eta and eta, eta being 2 or 3.  The seed is secret.
void sample_small(Polynomial& p, Keccak& keccak, Bytes seed, uint8_t number, unsigned eta);

}  // namespace ike::crypto::ml_kem
