// Authentication payload.  RFC 7296 section 3.8.
// | Auth Method   |                RESERVED                       |
// ~                      Authentication Data                      ~
#pragma once

#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Auth {
  static constexpr PayloadType kType = PayloadType::auth;
  AuthMethod method{};
  Bytes
      data;  // aliases the message; for method 14 with the AlgorithmIdentifier of RFC 7427 in front

  static Result<Auth> parse(Reader r) {
    Auth auth;
    auth.method = static_cast<AuthMethod>(r.u8());
    r.skip(3);
    auth.data = r.rest();
    r.require(!auth.data.empty(), "AUTH: no authentication data");
    return r.done(auth);
  }
  void write(Writer& w) const { w.u8(raw(method)).zeros(3).bytes(data); }
};

}  // namespace ike::wire::v2
