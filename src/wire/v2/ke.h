// Key Exchange payload.  RFC 7296 section 3.4.
// |   Diffie-Hellman Group Num    |           RESERVED            |
// ~                       Key Exchange Data                       ~
#pragma once

#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Ke {
  static constexpr PayloadType kType = PayloadType::ke;
  KeMethod method{};
  Bytes data;  // aliases the message; its size is judged by who knows the method

  static Result<Ke> parse(Reader r) {
    Ke ke;
    ke.method = static_cast<KeMethod>(r.u16());
    r.skip(2);
    ke.data = r.rest();
    r.require(!ke.data.empty(), "KE: no key exchange data");
    return r.done(ke);
  }
  void write(Writer& w) const { w.u16(raw(method)).u16(0).bytes(data); }
};

}  // namespace ike::wire::v2
