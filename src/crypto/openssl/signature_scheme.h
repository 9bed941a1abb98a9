// What the Authentication Data of an AUTH payload says about its signature: the bare methods of
// RFC 7296 and RFC 4754, and the AlgorithmIdentifier of RFC 7427.
#pragma once

#include "base/numbers.h"
#include "base/result.h"
#include "crypto/openssl/public_key.h"
#include "crypto/provider.h"

namespace ike::crypto::openssl {

struct SignatureAlgorithm {
  enum class Kind : uint8_t { rsa_pkcs1, rsa_pss, ecdsa, ed25519, ed448 };
  Kind kind{};
  Hash hash = Hash::sha2_256;  // not of EdDSA
  uint32_t salt_size = 0;      // PSS only

  friend bool operator==(const SignatureAlgorithm&, const SignatureAlgorithm&) = default;
};

struct Signature {
  SignatureAlgorithm algorithm;
  bool bare_ecdsa = false;  // r | s of fixed width instead of DER
  Bytes octets;             // aliases the Authentication Data
};

// Fault::unsupported when the method, the algorithm or the kind of key do not fit or are not done.
Result<Signature> parse_auth_data(AuthMethod method, KeyType key, Bytes auth_data);

// AlgorithmIdentifier with its length octet in front, as RFC 7427 section 3 puts it before the
// signature.  Of PKCS#1 v1.5, ECDSA and EdDSA.
Blob algorithm_prefix(const SignatureAlgorithm& algorithm);

// Between the two forms of an ECDSA signature.
Blob ecdsa_to_der(Bytes r_and_s);
Result<Blob> ecdsa_from_der(Bytes der, size_t coordinate_size);

}  // namespace ike::crypto::openssl
