#include "crypto/openssl/library.h"

#include <openssl/err.h>

#include <algorithm>

#include "base/assert.h"

namespace ike::crypto::openssl {

void keep_configuration_out() { OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr); }

Library::Library(bool legacy) {
  keep_configuration_out();
  context_.reset(OSSL_LIB_CTX_new());
  IKE_ASSERT(context_ != nullptr);
  default_.reset(OSSL_PROVIDER_load(context_.get(), "default"));
  IKE_ASSERT(default_ != nullptr);
  if (legacy) legacy_.reset(OSSL_PROVIDER_load(context_.get(), "legacy"));
}

EVP_CIPHER* Library::cipher(const char* name) {
  const auto known = std::ranges::find(ciphers_, std::string_view(name),
                                       &std::pair<std::string_view, CipherHandle>::first);
  if (known != ciphers_.end()) return known->second.get();
  CipherHandle fetched(EVP_CIPHER_fetch(context_.get(), name, nullptr));
  if (!fetched) {
    ERR_clear_error();
    return nullptr;
  }
  return ciphers_.emplace_back(name, std::move(fetched)).second.get();
}

}  // namespace ike::crypto::openssl
