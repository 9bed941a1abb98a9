// SubjectPublicKeyInfo (RFC 5280, RFC 3279, RFC 5480, RFC 8410) read by hand: OpenSSL 3.0's decoder
// takes longer than the verification of a signature.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/openssl/handles.h"

namespace ike::crypto::openssl {

enum class KeyType : uint8_t {
  rsa,
  p256,
  p384,
  p521,
  brainpool256,
  brainpool384,
  brainpool512,
  ed25519,
  ed448,
};
constexpr bool is_ecdsa(KeyType type) { return type != KeyType::rsa && type < KeyType::ed25519; }

struct PublicKey {
  KeyType type{};
  Bytes octets;  // EC: the point as in X9.62; EdDSA: the key; RSA: RSAPublicKey of PKCS#1
  Bytes modulus, exponent;  // RSA: big-endian, without leading zeros
};

// What is returned aliases `spki`.  Fault::unsupported for kinds and sizes we do not use.
Result<PublicKey> parse_spki(Bytes spki);
// RSAPublicKey of PKCS#1.
Result<PublicKey> parse_raw_rsa(Bytes der);
// SubjectPublicKeyInfo around an RSAPublicKey.
Blob wrap_raw_rsa(Bytes der);

// Checks that an EC point is on its curve.  `library` may be nullptr, for OpenSSL's own.
Result<KeyHandle> import_key(const PublicKey& key, OSSL_LIB_CTX* library);

}  // namespace ike::crypto::openssl
