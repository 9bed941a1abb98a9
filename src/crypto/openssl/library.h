// A library context of OpenSSL with what was fetched from it.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/openssl/handles.h"

namespace ike::crypto::openssl {

// Before anything else of OpenSSL: keeps it from reading openssl.cnf, which a sandbox forbids and
// which must not change what we do.
void keep_configuration_out();

class Library {
 public:
  explicit Library(bool legacy);

  OSSL_LIB_CTX* context() const { return context_.get(); }
  bool has_legacy() const { return legacy_ != nullptr; }
  // Fetched at the first call and kept; nullptr when there is no such cipher.  Not for two threads
  // at a time, unlike context().
  EVP_CIPHER* cipher(const char* name);

 private:
  LibraryHandle context_;
  ProviderHandle default_;
  ProviderHandle legacy_;
  std::vector<std::pair<std::string_view, CipherHandle>> ciphers_;
};

}  // namespace ike::crypto::openssl
