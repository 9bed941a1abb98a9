#include "config/iked/quantity.h"

#include <charconv>
#include <optional>
#include <utility>

namespace ike::config::iked {

namespace {

struct Parsed {
  uint64_t number = 0;
  char unit = 0;  // lower case
};

// Digits and one more character.
std::optional<Parsed> parse_with_unit(const std::string& text) {
  Parsed parsed;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, parsed.number);
  if (error != std::errc() || rest == end) return std::nullopt;
  const char c = *rest;
  parsed.unit = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return parsed;
}

// Nothing when the product does not fit.
std::optional<uint64_t> product(uint64_t number, uint64_t factor, uint64_t max) {
  if (number > max / factor) return std::nullopt;
  return number * factor;
}

}  // namespace

std::expected<seconds, std::string> parse_time(const Value& value) {
  const auto invalid = std::unexpected("invalid time specification: " + value.text);
  if (value.number) {
    if (*value.number < 0 || *value.number > kSecondsMax) return invalid;
    return seconds(*value.number);
  }
  const auto parsed = parse_with_unit(value.text);
  if (!parsed) return invalid;
  if (parsed->unit != 'm' && parsed->unit != 'h') {
    return std::unexpected(
        std::string("invalid time unit; write seconds as a plain number, or use m or h"));
  }
  const auto total = product(parsed->number, parsed->unit == 'm' ? 60 : 3600, kSecondsMax);
  if (!total) return invalid;
  return seconds(static_cast<int64_t>(*total));
}

std::expected<uint64_t, std::string> parse_bytes(const Value& value) {
  const auto invalid = std::unexpected("invalid byte specification: " + value.text);
  if (value.number) {
    if (*value.number < 0) return invalid;
    return static_cast<uint64_t>(*value.number);
  }
  const auto parsed = parse_with_unit(value.text);
  if (!parsed) return invalid;
  int shift = 0;
  switch (parsed->unit) {
    case 'k': shift = 10; break;
    case 'm': shift = 20; break;
    case 'g': shift = 30; break;
    default: return std::unexpected(std::string("invalid byte unit; use K, M or G, or none"));
  }
  const auto total = product(parsed->number, uint64_t{1} << shift, UINT64_MAX);
  if (!total) return invalid;
  return *total;
}

}  // namespace ike::config::iked
