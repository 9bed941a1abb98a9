// Verifies signatures, and keeps the keys it was shown last in OpenSSL's form: importing a key
// costs as much as using it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "crypto/openssl/library.h"
#include "crypto/openssl/signature_scheme.h"

namespace ike::crypto::openssl {

// EVP_PKEY_CTX or EVP_MD_CTX parameters of an algorithm with a hash (not EdDSA).
// False when OpenSSL refuses them.
bool start_signature(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm, bool signing);

class Verifier {
 public:
  explicit Verifier(std::shared_ptr<Library> library) : library_(std::move(library)) {}

  Result<void> verify(Bytes spki, AuthMethod method, Bytes octets, Bytes auth_data);

 private:
  struct Entry {
    Blob spki;
    KeyType type{};
    KeyHandle key;
    KeyContext context;  // ready for `algorithm`
    std::optional<SignatureAlgorithm> algorithm;
  };

  Result<Entry*> entry_of(Bytes spki);
  Result<void> prepare(Entry& entry, const SignatureAlgorithm& algorithm);
  bool verify_eddsa(const Entry& entry, Bytes octets, Bytes signature);

  std::shared_ptr<Library> library_;
  std::vector<std::unique_ptr<Entry>> entries_;  // the last used one first
};

}  // namespace ike::crypto::openssl
