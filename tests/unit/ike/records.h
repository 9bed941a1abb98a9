// Reads the .vec files under tests/vectors/ike: records of key=value lines, separated by blank
// ones.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/strong.h"

namespace ike::testing {

class Record {
 public:
  std::string text(const std::string& key) const {
    const auto at = fields_.find(key);
    return at == fields_.end() ? std::string() : at->second;
  }
  Blob octets(const std::string& key) const { return from_hex(text(key)).value_or(Blob{}); }
  IkeSpi spi(const std::string& key) const { return IkeSpi(std::stoull(text(key), nullptr, 16)); }
  bool empty() const { return fields_.empty(); }
  void set(const std::string& line) {
    const size_t at = line.find('=');
    if (at != std::string::npos) fields_[line.substr(0, at)] = line.substr(at + 1);
  }

 private:
  std::map<std::string, std::string> fields_;
};

inline std::vector<Record> records_of(const std::string& file) {
  std::ifstream in(std::string(IKE_TEST_DATA) + "/vectors/ike/" + file);
  std::vector<Record> all;
  Record current;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    if (!line.empty()) {
      current.set(line);
      continue;
    }
    if (!current.empty()) all.push_back(std::move(current));
    current = {};
  }
  if (!current.empty()) all.push_back(std::move(current));
  EXPECT_FALSE(all.empty()) << file << " is missing or empty";
  return all;
}

}  // namespace ike::testing
