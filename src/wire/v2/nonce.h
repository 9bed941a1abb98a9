// Nonce payload: its body is the nonce.  RFC 7296 section 3.9.
#pragma once

#include "base/limits.h"
#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Nonce {
  static constexpr PayloadType kType = PayloadType::nonce;
  Bytes data;  // aliases the message

  //= RFC 7296 section 3.9: between 16 and 256 octets
  static Result<Nonce> parse(Reader r) {
    Nonce nonce;
    nonce.data = r.rest();
    r.require(nonce.data.size() >= limits::kNonceMin, "Nonce: shorter than 16 octets");
    r.require(nonce.data.size() <= limits::kNonceMax, "Nonce: longer than 256 octets");
    return r.done(nonce);
  }
  void write(Writer& w) const { w.bytes(data); }
};

}  // namespace ike::wire::v2
