// Test vectors in JSON, as their authors publish them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"

namespace ike::crypto::testing {

// A JSON value: text keeps strings, and numbers and words as they are written.
struct Json {
  std::string text;
  std::vector<Json> items;         // of an array or an object
  std::vector<std::string> names;  // of an object's items

  bool has(std::string_view name) const;
  const Json& operator[](std::string_view name) const;  // fails the test when there is none
  Blob hex(std::string_view name) const;                // empty when there is none
  size_t number(std::string_view name) const;
};

// `path` below tests/vectors/crypto.
const Json& vectors(const std::string& path);

// The same octets for the same seed.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(uint64_t seed = 1) : state_(seed) {}
  void fill_public(MutableBytes out) override { fill_secret(out); }
  void fill_secret(MutableBytes out) override;

 private:
  uint64_t state_;
};

}  // namespace ike::crypto::testing
