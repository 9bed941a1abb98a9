#include "crypto/ml_kem/encoding.h"

#include "base/assert.h"
#include "crypto/constant_time.h"

namespace ike::crypto::ml_kem {

//= FIPS 203 section 4.2.1: algorithm 5
void encode(MutableBytes out, const Polynomial& p, unsigned bits) {
  IKE_ASSERT(out.size() == encoded_size(bits));
  uint32_t held = 0;
  unsigned held_bits = 0;
  auto to = out.begin();
  for (const int16_t c : p) {
    held |= static_cast<uint32_t>(c) << held_bits;
    for (held_bits += bits; held_bits >= 8; held_bits -= 8, held >>= 8) {
      *to++ = static_cast<uint8_t>(held);
    }
  }
}

//= FIPS 203 section 4.2.1: algorithm 6
void decode(Polynomial& p, Bytes octets, unsigned bits) {
  IKE_ASSERT(octets.size() == encoded_size(bits));
  uint32_t held = 0;
  unsigned held_bits = 0;
  auto from = octets.begin();
  for (int16_t& c : p) {
    for (; held_bits < bits; held_bits += 8) held |= uint32_t{*from++} << held_bits;
    c = static_cast<int16_t>(held & ((1u << bits) - 1));
    held >>= bits;
    held_bits -= bits;
  }
}

// The quotient by 3329 is a product and a shift: a division takes a time that tells the dividend.
//= FIPS 203 section 4.2.1: equation 4.7, round(2^d / q * x) modulo 2^d
void compress(Polynomial& p, unsigned bits) {
  constexpr uint64_t kReciprocal = ((uint64_t{1} << 36) + kQ - 1) / kQ;
  for (int16_t& c : p) {
    const uint64_t dividend = (static_cast<uint64_t>(c) << bits) + kQ / 2;  // below 2^23
    c = static_cast<int16_t>(((dividend * kReciprocal) >> 36) & ((1u << bits) - 1));
  }
}

//= FIPS 203 section 4.2.1: equation 4.8, round(q / 2^d * y)
void decompress(Polynomial& p, unsigned bits) {
  for (int16_t& c : p) {
    // Of a single bit a compiler would rather make a choice between two results.
    const int32_t product = opaque(int32_t{c}) * kQ;
    c = static_cast<int16_t>((product + (1 << (bits - 1))) >> bits);
  }
}

}  // namespace ike::crypto::ml_kem
