#include "base/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace ike {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

struct Range {
  uint32_t first, last;
};
// Unicode's control and format characters that terminals and editors obey.
constexpr std::array kSteering{
    Range{0x0000, 0x001f},    // C0
    Range{0x007f, 0x009f},    // DEL, C1: U+009B is the same to a terminal as ESC [
    Range{0x00ad, 0x00ad},    // soft hyphen
    Range{0x061c, 0x061c},    // Arabic letter mark
    Range{0x200b, 0x200f},    // zero width, marks of direction
    Range{0x2028, 0x202e},    // line and paragraph separators, embeddings, overrides
    Range{0x2060, 0x206f},    // invisible operators, isolates
    Range{0xfeff, 0xfeff},    // byte order mark
    Range{0xfff9, 0xfffb},    // interlinear annotation
    Range{0xe0000, 0xe007f},  // tags
};

uint32_t code_point(std::string_view sequence) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return at(0);
  uint32_t value = at(0) & (0x7fu >> sequence.size());
  for (size_t i = 1; i < sequence.size(); ++i) value = value << 6 | (at(i) & 0x3f);
  return value;
}

bool steers(uint32_t point) {
  return std::ranges::any_of(kSteering,
                             [&](const Range& r) { return point >= r.first && point <= r.last; });
}

void append_hex_octet(std::string& to, char c) {
  const auto octet = static_cast<unsigned char>(c);
  to += "\\x";
  to += kDigits[octet >> 4];
  to += kDigits[octet & 15];
}

std::string shown(std::string_view text, std::string_view kept) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    size_t length = kept.contains(text.front()) ? 1 : shown_length(text);
    if (length > 0) {
      result += text.substr(0, length);
    } else {
      length = std::max<size_t>(utf8_length(text), 1);
      for (const char c : text.substr(0, length)) append_hex_octet(result, c);
    }
    text.remove_prefix(length);
  }
  return result;
}

void append_unit(std::string& to, uint32_t unit) {
  to += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) to += kDigits[unit >> shift & 15];
}

//= RFC 8259 section 7: beyond the basic plane an escape is a pair of surrogates
void append_json_escape(std::string& to, uint32_t point) {
  switch (point) {
    case '\n': to += "\\n"; return;
    case '\t': to += "\\t"; return;
    case '\r': to += "\\r"; return;
    default: break;
  }
  if (point < 0x10000) return append_unit(to, point);
  append_unit(to, 0xd800 + ((point - 0x10000) >> 10));
  append_unit(to, 0xdc00 + ((point - 0x10000) & 0x3ff));
}

}  // namespace

//= RFC 3629 section 4: no over-long forms, no surrogates, nothing above U+10FFFF
size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = at(0);
  const size_t length = lead < 0x80                   ? 1
                        : lead >= 0xc2 && lead < 0xe0 ? 2
                        : lead >= 0xe0 && lead < 0xf0 ? 3
                        : lead >= 0xf0 && lead < 0xf5 ? 4
                                                      : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  if (lead == 0xe0 && at(1) < 0xa0) return 0;
  if (lead == 0xed && at(1) > 0x9f) return 0;
  if (lead == 0xf0 && at(1) < 0x90) return 0;
  if (lead == 0xf4 && at(1) > 0x8f) return 0;
  return length;
}

size_t shown_length(std::string_view text) {
  const size_t length = utf8_length(text);
  return length == 0 || steers(code_point(text.substr(0, length))) ? 0 : length;
}

std::string printable(std::string_view text) { return shown(text, ""); }

std::string printable_lines(std::string_view text) { return shown(text, "\n\t"); }

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const uint32_t point = length == 0 ? 0 : code_point(text.substr(0, length));
    if (length == 0) {
      to += "\xef\xbf\xbd";
    } else if (point == '"' || point == '\\') {
      to += '\\';
      to += text.front();
    } else if (steers(point)) {
      append_json_escape(to, point);
    } else {
      to += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  to += '"';
}

}  // namespace ike
