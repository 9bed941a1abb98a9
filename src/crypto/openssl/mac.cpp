#include "crypto/openssl/mac.h"

#include "base/assert.h"
#include "base/overloaded.h"

namespace ike::crypto::openssl {

Mac::Mac(Integ integ, Library& library) {
  switch (integ) {
    case Integ::hmac_md5_96: mac_.emplace<Hmac<Md5>>(); break;
    case Integ::hmac_sha1_96: mac_.emplace<Hmac<Sha1>>(); break;
    case Integ::hmac_sha2_256_128: mac_.emplace<Hmac<Sha256>>(); break;
    case Integ::hmac_sha2_384_192: mac_.emplace<Hmac<Sha384>>(); break;
    case Integ::hmac_sha2_512_256: mac_.emplace<Hmac<Sha512>>(); break;
    case Integ::aes_xcbc_96:
      mac_.emplace<CbcMac>(CbcMac::Kind::xcbc, library.cipher("AES-128-CBC"));
      break;
    case Integ::aes_cmac_96:
      mac_.emplace<CbcMac>(CbcMac::Kind::cmac, library.cipher("AES-128-CBC"));
      break;
    case Integ::none: break;
  }
}

void Mac::key(Bytes key) {
  std::visit(
      overloaded{[](std::monostate) { IKE_ASSERT(false); }, [&](auto& mac) { mac.key(key); }},
      mac_);
}

void Mac::mac(Parts data, MutableBytes out) {
  std::visit(
      overloaded{[](std::monostate) { IKE_ASSERT(false); }, [&](auto& mac) { mac.mac(data, out); }},
      mac_);
}

}  // namespace ike::crypto::openssl
