// Identification payloads IDi and IDr.  RFC 7296 section 3.5.
// |   ID Type     |                 RESERVED                      |
// ~                   Identification Data                         ~
#pragma once

#include "base/limits.h"
#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Id {
  IdType type{};
  Bytes data;  // aliases the message
  //= RFC 7296 section 2.15: the AUTH payload covers the body as it was sent, with what the peer put
  //= into the reserved octets
  Bytes body;  // aliases the message; empty in one of ours

  static Result<Id> parse(Reader r) {
    Id id;
    Reader whole = r;
    id.body = whole.rest();
    id.type = static_cast<IdType>(r.u8());
    r.skip(3);
    id.data = r.rest();
    if (id.data.size() > limits::kIdentityMax) r.fail("ID: too long", Fault::limit);
    return r.done(id);
  }
  void write(Writer& w) const { w.u8(raw(type)).zeros(3).bytes(data); }
};

}  // namespace ike::wire::v2
