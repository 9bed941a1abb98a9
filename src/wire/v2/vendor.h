// Vendor ID payload: its body is the identifier.  RFC 7296 section 3.12.
#pragma once

#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Vendor {
  static constexpr PayloadType kType = PayloadType::vendor;
  Bytes data;  // aliases the message

  static Result<Vendor> parse(Reader r) {
    Vendor vendor;
    vendor.data = r.rest();
    return r.done(vendor);
  }
  void write(Writer& w) const { w.bytes(data); }
};

}  // namespace ike::wire::v2
