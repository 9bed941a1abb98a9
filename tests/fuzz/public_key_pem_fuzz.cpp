// Key files: what is taken as a public key is one that verify() can use.
#include "base/assert.h"
#include "crypto/openssl/public_key.h"
#include "crypto/openssl/signing_key.h"

using namespace ike;
using namespace ike::crypto::openssl;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = as_text(Bytes(data, size));
  const auto spki = load_public_key_pem(text);
  if (spki) {
    IKE_ASSERT(parse_spki(*spki));
    const auto raw = raw_rsa_of_spki(*spki);
    IKE_ASSERT(!raw || *spki_of_raw_rsa(*raw) == *spki);
  }
  const auto key = SigningKey::from_pem(text);
  IKE_ASSERT(!key || !key->spki().empty());
  return 0;
}
