// Random polynomials of sntrup761.
#pragma once

#include "base/random.h"
#include "crypto/sntrup761/ring.h"

namespace ike::crypto::sntrup761 {

// Uniform coefficients -1, 0, 1, as far as that goes with 30 bits each.
void sample_small(Small& p, Random& random);

// 286 coefficients are -1 or 1, the others 0.
void sample_short(Small& p, Random& random);

// By a network of exchanges: the order of the time and of the memory does not depend on the values.
void sort(std::array<uint32_t, kP>& values);

}  // namespace ike::crypto::sntrup761
