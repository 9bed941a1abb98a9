// ML-KEM, the key encapsulation of FIPS 203.
//
// Key pairs and shared secrets come from random octets that the caller draws, so that everything
// here can be held against published vectors.  Nothing here takes a time that depends on a secret.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "crypto/keccak.h"

namespace ike::crypto::ml_kem {

//= FIPS 203 section 8: table 2
struct Parameters {
  uint8_t rank;  // k: polynomials in a vector
  uint8_t eta;   // of the secret vectors; 2 for the errors in a ciphertext
  uint8_t bits_u;
  uint8_t bits_v;

  constexpr size_t encapsulation_key_size() const { return size_t{384} * rank + 32; }
  constexpr size_t decapsulation_key_size() const { return size_t{768} * rank + 96; }
  constexpr size_t ciphertext_size() const { return size_t{32} * (bits_u * rank + bits_v); }
};
inline constexpr Parameters kMlKem512{2, 3, 10, 4};
inline constexpr Parameters kMlKem768{3, 2, 10, 4};
inline constexpr Parameters kMlKem1024{4, 2, 11, 5};

inline constexpr size_t kSeedSize = 64;     // d and z, from which a key pair is made
inline constexpr size_t kMessageSize = 32;  // m, from which a shared secret is made
inline constexpr size_t kSharedSize = 32;

struct KeyPair {
  Blob encapsulation_key;
  Secret decapsulation_key;
};
struct Encapsulated {
  Blob ciphertext;
  Secret shared;
};

KeyPair generate(const Parameters& parameters, Keccak& keccak, Bytes seed);

// Fault::malformed if the key has not its length, or numbers that are not below 3329.
Result<Encapsulated> encapsulate(const Parameters& parameters, Keccak& keccak,
                                 Bytes encapsulation_key, Bytes message);

// A ciphertext that nobody made for this key gives a secret that nobody else knows, no error.
// Fault::malformed if the ciphertext has not its length, or the key is none that we made.
Result<Secret> decapsulate(const Parameters& parameters, Keccak& keccak, Bytes decapsulation_key,
                           Bytes ciphertext);

}  // namespace ike::crypto::ml_kem
