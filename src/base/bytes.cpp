#include "base/bytes.h"

#include <algorithm>

namespace ike {

namespace {

std::optional<uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(Bytes octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

std::string to_hex(Bytes octets) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(octets.size() * 2);
  for (const uint8_t octet : octets) {
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

std::optional<Blob> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Blob octets;
  octets.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const auto high = digit(text[i]);
    const auto low = digit(text[i + 1]);
    if (!high || !low) return std::nullopt;
    octets.push_back(static_cast<uint8_t>((*high << 4) | *low));
  }
  return octets;
}

bool equal(Bytes a, Bytes b) { return std::ranges::equal(a, b); }

void append(Blob& to, Bytes more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace ike
