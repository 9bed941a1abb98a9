#include "vectors.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

namespace ike::crypto::testing {

namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Json value() {
    skip_space();
    switch (peek()) {
      case '{': return object();
      case '[': return array();
      case '"': return {string(), {}, {}};
      default: return {word(), {}, {}};
    }
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  Json object() {
    Json out;
    take('{');
    while (at_ < text_.size() && !take('}')) {
      skip_space();
      std::string name = string();
      take(':');
      out.names.push_back(std::move(name));
      out.items.push_back(value());
      take(',');
    }
    return out;
  }
  Json array() {
    Json out;
    take('[');
    while (at_ < text_.size() && !take(']')) {
      out.items.push_back(value());
      take(',');
    }
    return out;
  }
  // Escapes stay as they are, but for the line ends of PEM: only comments have others.
  std::string string() {
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        out += text_[at_] == 'n' ? '\n' : text_[at_];
      } else {
        out += text_[at_];
      }
    }
    ++at_;
    return out;
  }
  std::string word() {
    const size_t start = at_;
    while (at_ < text_.size() &&
           std::string_view(",]} \n\t\r").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    if (start == at_) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

bool Json::has(std::string_view name) const {
  return std::ranges::find(names, name) != names.end();
}

const Json& Json::operator[](std::string_view name) const {
  static const Json kNothing;
  const auto at = std::ranges::find(names, name);
  if (at != names.end()) return items[static_cast<size_t>(at - names.begin())];
  ADD_FAILURE() << "no member " << name;
  return kNothing;
}

Blob Json::hex(std::string_view name) const {
  if (!has(name)) return {};
  const auto octets = from_hex((*this)[name].text);
  EXPECT_TRUE(octets) << name << " is not hexadecimal";
  return octets.value_or(Blob{});
}

size_t Json::number(std::string_view name) const {
  const std::string& digits = (*this)[name].text;
  size_t value = 0;
  const auto done = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  EXPECT_EQ(done.ptr, digits.data() + digits.size()) << name << " is not a number";
  return value;
}

const Json& vectors(const std::string& path) {
  static std::map<std::string, Json> cache;
  const auto known = cache.find(path);
  if (known != cache.end()) return known->second;
  std::ifstream file(std::string(IKE_TEST_DATA) + "/vectors/crypto/" + path);
  EXPECT_TRUE(file.good()) << "no vectors " << path;
  std::stringstream text;
  text << file.rdbuf();
  return cache.emplace(path, Parser(text.str()).value()).first->second;
}

void SeededRandom::fill_secret(MutableBytes out) {
  for (uint8_t& octet : out) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    octet = static_cast<uint8_t>(state_ >> 56);
  }
}

}  // namespace ike::crypto::testing
