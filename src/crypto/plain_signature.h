// Signatures outside of AUTH payloads, in the forms that trust assertions use (RFC 2792 and ours).
#pragma once

#include "base/result.h"
#include "crypto/provider.h"

namespace ike::crypto {

// The kind of key, and how its public half is written:
enum class PlainFamily : uint8_t {
  rsa,      // RSAPublicKey of PKCS#1
  dsa,      // SEQUENCE { y, p, q, g }
  ecdsa,    // SubjectPublicKeyInfo (RFC 5480)
  ed25519,  // SubjectPublicKeyInfo (RFC 8410)
};

// What the number that an RSA key signs holds behind its padding of PKCS#1 v1.5, and the other
// families' signatures.
enum class PlainAlgorithm : uint8_t {
  rsa_md5,       // the digest in a DER OCTET STRING
  rsa_sha1,      // the same
  rsa_oiw_sha1,  // DigestInfo with the algorithm 1.3.14.3.2.15
  rsa_sha256,    // DigestInfo as in RFC 8017
  dsa_sha1,      // DER SEQUENCE { r, s }
  ecdsa_sha256,  // the same
  ecdsa_sha384,
  ecdsa_sha512,
  ed25519,  // RFC 8032
};

constexpr PlainFamily family_of(PlainAlgorithm algorithm) {
  if (algorithm <= PlainAlgorithm::rsa_sha256) return PlainFamily::rsa;
  if (algorithm == PlainAlgorithm::dsa_sha1) return PlainFamily::dsa;
  return algorithm == PlainAlgorithm::ed25519 ? PlainFamily::ed25519 : PlainFamily::ecdsa;
}

class PlainVerifier {
 public:
  virtual ~PlainVerifier() = default;

  // `key`: DER as its family says.  Fault::unauthenticated when the signature is wrong; malformed
  // or unsupported when the key is none that we would use (RSA and DSA: 1024 bits at least).
  virtual Result<void> verify(PlainAlgorithm algorithm, Bytes key, Parts octets,
                              Bytes signature) = 0;
};

}  // namespace ike::crypto
