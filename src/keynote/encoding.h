// Octets as text: hex and base64, and long strings as assertions hold them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace ike::keynote {

enum class Encoding : uint8_t { hex, base64 };

std::string encode(Bytes octets, Encoding encoding);
// Nothing unless the text is exactly one of that kind: hex in either case with an even number of
// digits, base64 of the standard alphabet, padded, with no bits left over.
std::optional<Blob> decode(std::string_view text, Encoding encoding);

// A quoted string on lines that are `offset` blanks and then `width` octets wide, quotes and the
// backslashes at the ends of lines included; ends with a newline.  `width` is at least 3.
std::string folded(std::string_view text, size_t offset, size_t width);

}  // namespace ike::keynote
