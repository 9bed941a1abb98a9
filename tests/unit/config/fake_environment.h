// An Environment made of maps: no test and no fuzzer asks the machine it runs on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/text/environment.h"

namespace ike::config {

class FakeEnvironment final : public Environment {
 public:
  std::expected<FileText, std::string> read_file(const std::string& path, size_t max) override {
    const auto it = files.find(path);
    if (it == files.end()) return std::unexpected(std::string("No such file or directory"));
    if (it->second.text.size() > max) return std::unexpected(std::string("too large"));
    return it->second;
  }
  std::expected<FileText, std::string> read_standard_input(size_t max) override {
    return read_file("(standard input)", max);
  }
  uint32_t user() override { return 1000; }
  std::string host_name() override { return "gateway"; }
  std::optional<std::vector<Address>> interface_addresses(const std::string& name) override {
    const auto it = interfaces.find(name);
    if (it == interfaces.end()) return std::nullopt;
    return it->second;
  }
  std::vector<Address> resolve(const std::string& name) override {
    ++questions;
    const auto it = names.find(name);
    return it == names.end() ? std::vector<Address>() : it->second;
  }
  std::optional<uint16_t> service_port(const std::string& name) override {
    if (name == "https") return uint16_t{443};
    return std::nullopt;
  }
  std::optional<uint8_t> protocol_number(const std::string& name) override {
    if (name == "pim") return uint8_t{103};
    return std::nullopt;
  }

  void add_file(const std::string& path, const std::string& text, uint32_t mode = 0600,
                uint32_t owner = 0) {
    files[path] = {text, owner, mode};
  }

  std::map<std::string, FileText> files;
  std::map<std::string, std::vector<Address>> interfaces = {
      {"lo", {Address::v4(127, 0, 0, 1)}},
      {"eth0", {Address::v4(192, 0, 2, 10), *Address::parse("2001:db8::10")}}};
  std::map<std::string, std::vector<Address>> names = {
      {"peer.example.org", {Address::v4(198, 51, 100, 1)}},
      {"dual.example.org", {*Address::parse("2001:db8::80"), Address::v4(192, 0, 2, 80)}}};
  int questions = 0;
};

}  // namespace ike::config
