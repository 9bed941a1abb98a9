#include "model/escape.h"

#include "base/bytes.h"

namespace ike::model {

std::string escaped(std::string_view octets) {
  std::string text;
  text.reserve(octets.size());
  for (const uint8_t octet : as_bytes(octets)) {
    const bool plain = octet >= 0x20 && octet < 0x7f && octet != '\\' && octet != '"';
    if (plain) {
      text += static_cast<char>(octet);
    } else {
      text += "\\x" + to_hex(Bytes(&octet, 1));
    }
  }
  return text;
}

}  // namespace ike::model
