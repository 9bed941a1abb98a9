// A private key and what AUTH payloads are signed with.  Only the process that holds the keys
// makes one; the engine never sees it.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/numbers.h"
#include "base/result.h"
#include "base/secret.h"

struct evp_pkey_st;

namespace ike::crypto::openssl {

enum class KeyKind : uint8_t { rsa, ecdsa256, ecdsa384, ecdsa521, ed25519, ed448 };

// How to sign: `hash` counts for method 14 only (RFC 7427 numbers; `identity` for EdDSA).
struct SignatureScheme {
  AuthMethod method = AuthMethod::none;
  SignatureHash hash = SignatureHash::sha2_256;

  friend bool operator==(const SignatureScheme&, const SignatureScheme&) = default;
};

// What to sign with for a peer that sent these SIGNATURE_HASH_ALGORITHMS (empty: it sent none).
// Fault::unsupported when the peer cannot verify any signature of this key.
Result<SignatureScheme> choose_scheme(KeyKind kind, std::span<const SignatureHash> peer_hashes);

class SigningKey {
 public:
  // `pem`: one unencrypted private key, PKCS#8 or the older form of its kind.
  static Result<SigningKey> from_pem(std::string_view pem);

  KeyKind kind() const { return kind_; }
  Bytes spki() const { return spki_; }  // SubjectPublicKeyInfo, DER
  // RSAPublicKey of PKCS#1, DER: what a CERT payload of encoding 11 has.  Empty when not RSA.
  Bytes raw_rsa_der() const { return raw_rsa_; }

  // The Authentication Data of an AUTH payload over `octets`: for method 14 with its
  // AlgorithmIdentifier in front, for 1, 9, 10 and 11 the bare signature.
  Result<Blob> sign(const SignatureScheme& scheme, Bytes octets) const;

 private:
  SigningKey() = default;

  std::shared_ptr<evp_pkey_st> key_;
  KeyKind kind_{};
  Blob spki_;
  Blob raw_rsa_;
};

// A "PUBLIC KEY" or "RSA PUBLIC KEY" as SubjectPublicKeyInfo in DER.  Refuses what verify() could
// not use.
Result<Blob> load_public_key_pem(std::string_view pem);
// The same of a CERT payload of encoding 11 (RSAPublicKey of PKCS#1).
Result<Blob> spki_of_raw_rsa(Bytes rsa_public_key);
// RSAPublicKey of PKCS#1 out of an RSA SubjectPublicKeyInfo.
Result<Blob> raw_rsa_of_spki(Bytes spki);
Result<KeyKind> kind_of_spki(Bytes spki);

}  // namespace ike::crypto::openssl
