// What a configuration may ask of the system it is read on.  An interface, so that parsing and
// translating are pure functions in tests and under the fuzzer.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/net.h"

namespace ike::config {

struct FileText {
  std::string text;
  uint32_t owner = 0;  // uid
  uint32_t mode = 0;   // permission bits
};

class Environment {
 public:
  virtual ~Environment() = default;

  // Owner and mode are those of the very file that was read.  At most `max` octets; the error is
  // what the system says ("No such file or directory").
  virtual std::expected<FileText, std::string> read_file(const std::string& path, size_t max) = 0;
  virtual std::expected<FileText, std::string> read_standard_input(size_t max) = 0;
  virtual uint32_t user() = 0;  // uid that the program was started by
  virtual std::string host_name() = 0;
  // Nothing when there is no such interface.
  virtual std::optional<std::vector<Address>> interface_addresses(const std::string& name) = 0;
  virtual std::vector<Address> resolve(const std::string& name) = 0;  // DNS; empty = unknown
  virtual std::optional<uint16_t> service_port(const std::string& name) = 0;  // tcp, then udp
  virtual std::optional<uint8_t> protocol_number(const std::string& name) = 0;
};

// Why a file with secrets may not be used, or nothing.  "FILE: group writable or world
// read/writable …", with the mode that is wanted.
std::optional<std::string> secrecy_fault(const FileText& file, uint32_t user,
                                         const std::string& path);

}  // namespace ike::config
