// sntrup761, the key encapsulation "Streamlined NTRU Prime" with 761 coefficients.
//
// Source: NTRU Prime, round 3 submission to NIST's competition (2020-10-07).  Nothing here takes a
// time that depends on a secret, but for how often a key pair has to be drawn again.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/provider.h"

namespace ike::crypto::sntrup761 {

inline constexpr size_t kPublicKeySize = 1158;
inline constexpr size_t kPrivateKeySize = 1763;
inline constexpr size_t kCiphertextSize = 1039;
inline constexpr size_t kSharedSize = 32;

using Sha512 = void (*)(Parts data, MutableBytes out);  // which a crypto library has for us

struct Encapsulated {
  Blob ciphertext;
  Secret shared;
};

// The private key in the order of the submission; the public key stands in it.
// Fault::internal if random numbers are not random.
Result<Secret> generate(Sha512 sha512, Random& random);
Bytes public_key_of(Bytes private_key);

// Fault::malformed if the key has not its length.  Any octets of that length are some key.
Result<Encapsulated> encapsulate(Sha512 sha512, Bytes public_key, Random& random);

// A ciphertext that nobody made for this key gives a secret that nobody else knows, no error.
// Fault::malformed if a length is wrong.
Result<Secret> decapsulate(Sha512 sha512, Bytes private_key, Bytes ciphertext);

}  // namespace ike::crypto::sntrup761
