// Plain signatures by OpenSSL: verifying, and for the tool that makes assertions signing.
#pragma once

#include <memory>
#include <string_view>

#include "base/secret.h"
#include "crypto/plain_signature.h"

struct evp_pkey_st;

namespace ike::crypto::openssl {

std::unique_ptr<PlainVerifier> make_plain_verifier();

class PlainSigner {
 public:
  // `bits`: RSA and DSA 1024 to 4096, ECDSA 256, 384 or 521, Ed25519 256.
  static Result<PlainSigner> generate(PlainFamily family, unsigned bits);
  // RSAPrivateKey (PKCS#1), DSA's SEQUENCE { 0, p, q, g, y, x }, ECPrivateKey or PKCS#8.
  static Result<PlainSigner> from_der(PlainFamily family, Bytes private_key);
  // One unencrypted private key.
  static Result<PlainSigner> from_pem(std::string_view pem);

  PlainFamily family() const { return family_; }
  Result<Blob> public_der() const;
  Result<Secret> private_der() const;  // as from_der takes it
  // Fault::unsupported when the algorithm is one of another family.
  Result<Blob> sign(PlainAlgorithm algorithm, Parts octets) const;

 private:
  PlainSigner(PlainFamily family, std::shared_ptr<evp_pkey_st> key)
      : family_(family), key_(std::move(key)) {}

  PlainFamily family_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace ike::crypto::openssl
