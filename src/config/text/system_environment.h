// The real system behind Environment.
#pragma once

#include <map>

#include "config/text/environment.h"

namespace ike::config {

class SystemEnvironment final : public Environment {
 public:
  std::expected<FileText, std::string> read_file(const std::string& path, size_t max) override;
  std::expected<FileText, std::string> read_standard_input(size_t max) override;
  uint32_t user() override;
  std::string host_name() override;
  std::optional<std::vector<Address>> interface_addresses(const std::string& name) override;
  std::vector<Address> resolve(const std::string& name) override;
  std::optional<uint16_t> service_port(const std::string& name) override;
  std::optional<uint8_t> protocol_number(const std::string& name) override;

 private:
  void load_interfaces();

  bool interfaces_loaded_ = false;  // asked once: a file may name thousands of hosts
  std::map<std::string, std::vector<Address>, std::less<>> interfaces_;
};

}  // namespace ike::config
