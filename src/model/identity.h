// Who a peer says it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/net.h"
#include "base/numbers.h"
#include "base/result.h"

namespace ike::model {

struct Identity {
  IdType type = IdType::none;
  Blob data;  // the ID body as on the wire: address octets, name without terminator, DER Name

  // The type is inferred as iked.conf does: address, "@" for a mail-like name, else a domain name.
  // A leading "/" is a distinguished name, whose DER form a crypto library has to make.
  static Identity from_name(std::string_view text);
  static Identity from_address(const Address& address);

  // "192.0.2.1", "gw.example.org"; octets that are not printable appear as \xNN, other types in
  // hex.
  std::string value_text() const;
  std::string text() const;  // "FQDN/gw.example.org"
  //= RFC 7296 section 3.5: address types have a fixed size
  bool well_formed() const;

  friend bool operator==(const Identity&, const Identity&) = default;
};

}  // namespace ike::model
