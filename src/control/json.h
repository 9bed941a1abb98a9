// Writes JSON, one value after the other; commas and quoting are its business.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace ike::control {

class Json {
 public:
  Json& open_object() { return open('{'); }
  Json& open_array() { return open('['); }
  Json& close_object() { return close('}'); }
  Json& close_array() { return close(']'); }
  // The next value belongs to this name.
  Json& key(std::string_view name);

  Json& value(std::string_view text);
  Json& value(const char* text) { return value(std::string_view(text)); }
  Json& value(bool truth) { return plain(truth ? "true" : "false"); }
  Json& value(std::integral auto number) { return plain(std::to_string(number)); }
  Json& null() { return plain("null"); }

  template <typename T>
  Json& field(std::string_view name, const T& v) {
    return key(name).value(v);
  }

  const std::string& text() const { return text_; }

 private:
  Json& open(char c);
  Json& close(char c);
  Json& plain(std::string_view text);
  void separate();

  std::string text_;
  bool first_ = true;  // nothing before in this object or array
  bool after_key_ = false;
};

}  // namespace ike::control
