#include "control/json.h"

#include "base/printable.h"

namespace ike::control {

Json& Json::key(std::string_view name) {
  value(name);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

Json& Json::value(std::string_view text) {
  separate();
  append_json_string(text_, text);
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
