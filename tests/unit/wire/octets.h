// Shorthands of the wire tests.
#pragma once

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "wire/reader.h"

namespace ike::test {

// Hex digits, with spaces anywhere.
inline Blob octets(std::string_view hex) {
  std::string digits;
  for (const char c : hex) {
    if (c != ' ') digits += c;
  }
  const auto blob = from_hex(digits);
  EXPECT_TRUE(blob) << hex;
  return blob.value_or(Blob{});
}

template <typename Payload>
Result<Payload> parsed(const Blob& body) {
  return Payload::parse(wire::Reader(body, "truncated"));
}

template <typename T>
std::string_view reason(const Result<T>& result) {
  return result ? std::string_view("no error") : result.error().what;
}

}  // namespace ike::test
