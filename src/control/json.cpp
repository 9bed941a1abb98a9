#include "control/json.h"

namespace ike::control {

namespace {

// The length of the well-formed UTF-8 sequence at the start of `text`, 0 where there is none.
//= RFC 3629 section 4: no over-long forms, no surrogates, nothing above U+10FFFF
size_t utf8_length(std::string_view text) {
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

void append_escaped(std::string& to, unsigned char c) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"': to += "\\\""; return;
    case '\\': to += "\\\\"; return;
    case '\n': to += "\\n"; return;
    case '\t': to += "\\t"; return;
    case '\r': to += "\\r"; return;
    default: break;
  }
  to += "\\u00";
  to += kDigits[c >> 4];
  to += kDigits[c & 15];
}

}  // namespace

Json& Json::key(std::string_view name) {
  value(name);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

Json& Json::value(std::string_view text) {
  separate();
  text_ += '"';
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    size_t length = utf8_length(text);
    if (length == 0) {
      text_ += "\xef\xbf\xbd";  // U+FFFD: octets that are not text, from some peer
      length = 1;
    } else if (length > 1 || (c >= 0x20 && c != 0x7f && c != '"' && c != '\\')) {
      text_ += text.substr(0, length);
    } else {
      append_escaped(text_, c);
    }
    text.remove_prefix(length);
  }
  text_ += '"';
  return *this;
}

Json& Json::open(char c) {
  separate();
  text_ += c;
  first_ = true;
  return *this;
}

Json& Json::close(char c) {
  text_ += c;
  first_ = false;
  return *this;
}

Json& Json::plain(std::string_view text) {
  separate();
  text_ += text;
  return *this;
}

void Json::separate() {
  if (!first_ && !after_key_) text_ += ", ";
  first_ = false;
  after_key_ = false;
}

}  // namespace ike::control
