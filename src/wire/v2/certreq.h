// Certificate Request payload.  RFC 7296 section 3.7.
// | Cert Encoding |             Certification Authority           ~
#pragma once

#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct CertReq {
  static constexpr PayloadType kType = PayloadType::certreq;
  static constexpr size_t kAuthoritySize = 20;
  CertEncoding encoding{};
  //= RFC 7296 section 3.7: for X.509, SHA-1 hashes of the authorities' public keys in a row
  Bytes authorities;  // aliases the message

  // How many hashes; a list that is not a multiple of 20 octets has none that could be used.
  size_t count() const {
    return authorities.size() % kAuthoritySize == 0 ? authorities.size() / kAuthoritySize : 0;
  }
  // The i-th hash, i < count().
  Bytes authority(size_t i) const {
    return authorities.subspan(i * kAuthoritySize, kAuthoritySize);
  }

  static Result<CertReq> parse(Reader r) {
    CertReq request;
    request.encoding = static_cast<CertEncoding>(r.u8());
    request.authorities = r.rest();
    return r.done(request);
  }
  void write(Writer& w) const { w.u8(raw(encoding)).bytes(authorities); }
};

}  // namespace ike::wire::v2
