// Extensible Authentication payload: one EAP message.  RFC 7296 section 3.16, RFC 3748 section 4.
// |     Code      | Identifier    |           Length              |
// |     Type      | Type_Data...                                      request and response only
#pragma once

#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

enum class EapCode : uint8_t { request = 1, response = 2, success = 3, failure = 4 };

struct Eap {
  static constexpr PayloadType kType = PayloadType::eap;
  EapCode code{};
  uint8_t identifier = 0;
  uint8_t type = 0;  // of a request or response, else 0
  Bytes data;        // after the type; aliases the message

  bool has_type() const { return code == EapCode::request || code == EapCode::response; }

  static Result<Eap> parse(Reader r) {
    Eap eap;
    const size_t size = r.remaining();
    eap.code = static_cast<EapCode>(r.u8());
    eap.identifier = r.u8();
    r.require(r.u16() == size, "EAP: length differs from the payload's");
    if (eap.has_type()) eap.type = r.u8();
    eap.data = r.rest();
    return r.done(eap);
  }
  void write(Writer& w) const {
    const size_t size = 4 + (has_type() ? 1 : 0) + data.size();
    w.u8(static_cast<uint8_t>(code)).u8(identifier).u16(static_cast<uint16_t>(size));
    if (has_type()) w.u8(type);
    w.bytes(data);
  }
};

}  // namespace ike::wire::v2
