#include "keynote/encoding.h"

#include "base/assert.h"

namespace ike::keynote {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(Bytes octets) {
  std::string text;
  for (size_t i = 0; i < octets.size(); i += 3) {
    const Bytes group = octets.subspan(i, std::min<size_t>(3, octets.size() - i));
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < group.size() ? group[k] : 0);
    for (size_t k = 0; k < 4; ++k) {
      text += k <= group.size() ? kAlphabet[bits >> (18 - 6 * k) & 0x3f] : '=';
    }
  }
  return text;
}

std::optional<Blob> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  Blob octets;
  uint32_t bits = 0;
  size_t count = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      octets.push_back(static_cast<uint8_t>(bits >> count));
      bits &= (1U << count) - 1;
    }
  }
  if (bits != 0) return std::nullopt;
  return octets;
}

}  // namespace

std::string encode(Bytes octets, Encoding encoding) {
  return encoding == Encoding::hex ? to_hex(octets) : to_base64(octets);
}

std::optional<Blob> decode(std::string_view text, Encoding encoding) {
  return encoding == Encoding::hex ? from_hex(text) : from_base64(text);
}

std::string folded(std::string_view text, size_t offset, size_t width) {
  IKE_ASSERT(width >= 3);
  const std::string whole = "\"" + std::string(text) + "\"";
  std::string out;
  for (size_t at = 0; at < whole.size();) {
    const bool last = whole.size() - at <= width;
    const size_t count = last ? whole.size() - at : width - 1;
    out.append(offset, ' ');
    out += whole.substr(at, count);
    out += last ? "\n" : "\\\n";
    at += count;
  }
  return out;
}

}  // namespace ike::keynote
