// Certificate payload.  RFC 7296 section 3.6.
// | Cert Encoding |              Certificate Data                 ~
#pragma once

#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Cert {
  static constexpr PayloadType kType = PayloadType::cert;
  CertEncoding encoding{};
  Bytes data;  // aliases the message

  static Result<Cert> parse(Reader r) {
    Cert cert;
    cert.encoding = static_cast<CertEncoding>(r.u8());
    cert.data = r.rest();
    return r.done(cert);
  }
  void write(Writer& w) const { w.u8(raw(encoding)).bytes(data); }
};

}  // namespace ike::wire::v2
