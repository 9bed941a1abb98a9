// Names to addresses: interfaces, numeric addresses, DNS; protocols and ports.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "config/iked/ast.h"
#include "config/text/diagnostic.h"
#include "config/text/environment.h"

namespace ike::config::iked {

// What a hostspec stands for.
struct Addresses {
  std::vector<Prefix> prefixes;  // host bits as written; never empty
  bool network = false;          // written with "/N"
};

class Hosts {
 public:
  Hosts(Environment& environment, Diagnostics& diagnostics)
      : environment_(environment), diagnostics_(diagnostics) {}

  // Failures are reported.
  std::optional<Addresses> resolve(const HostSpec& spec);
  std::optional<uint8_t> protocol(const Value& value);
  std::optional<uint16_t> port(const Value& value);  // 0 = any

 private:
  const std::vector<Address>& dns(const std::string& name);

  Environment& environment_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string, std::vector<Address>> dns_cache_;  // one question a name
};

}  // namespace ike::config::iked
