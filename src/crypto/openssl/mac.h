// The integrity algorithms behind one type.
#pragma once

#include <variant>

#include "crypto/openssl/cbc_mac.h"
#include "crypto/openssl/hmac.h"
#include "crypto/openssl/library.h"

namespace ike::crypto::openssl {

class Mac {
 public:
  Mac(Integ integ, Library& library);

  void key(Bytes key);
  // `out` takes the ICV: what the algorithm gives, cut.
  void mac(Parts data, MutableBytes out);

 private:
  std::variant<std::monostate, Hmac<Md5>, Hmac<Sha1>, Hmac<Sha256>, Hmac<Sha384>, Hmac<Sha512>,
               CbcMac>
      mac_;
};

}  // namespace ike::crypto::openssl
