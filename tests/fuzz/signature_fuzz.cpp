// SubjectPublicKeyInfo and Authentication Data of a peer.
// Input: method, length of the key (2 octets), key, Authentication Data.
#include "base/assert.h"
#include "crypto/openssl/openssl_provider.h"
#include "crypto/openssl/public_key.h"
#include "crypto/openssl/signature_scheme.h"

using namespace ike;
using namespace ike::crypto::openssl;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto provider = make_provider();
  if (size < 3) return 0;
  const Bytes input(data, size);
  const auto method = static_cast<AuthMethod>(input[0]);
  const size_t key_size = static_cast<size_t>(input[1]) << 8 | input[2];
  const Bytes rest = input.subspan(3);
  if (key_size > rest.size()) return 0;
  const Bytes spki = rest.first(key_size);
  const Bytes auth_data = rest.subspan(key_size);

  const auto key = parse_spki(spki);
  if (key) {
    if (key->type == KeyType::rsa) {
      // The only form that is taken is the one that is written.
      IKE_ASSERT(wrap_raw_rsa(key->octets) == to_blob(spki));
    }
    const auto parsed = parse_auth_data(method, key->type, auth_data);
    if (parsed && parsed->bare_ecdsa) {
      const auto back = ecdsa_from_der(ecdsa_to_der(parsed->octets), parsed->octets.size() / 2);
      IKE_ASSERT(!back || *back == to_blob(parsed->octets));
    }
  }
  // Nobody has signed this.
  const Bytes octets = as_bytes("octets that no key of the corpus has signed");
  const auto verified = provider->verify(spki, method, octets, auth_data);
  IKE_ASSERT(key || !verified);
  return 0;
}
