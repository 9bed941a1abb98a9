// Files of tests/vectors.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/bytes.h"

namespace ike::test {

inline const std::string kCaptures = std::string(IKE_TEST_DATA) + "/vectors/captures/";

inline Blob read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return to_blob(as_bytes(text));
}

}  // namespace ike::test
