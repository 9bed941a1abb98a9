#include "kernel/prefixes.h"

namespace ike::kernel {

std::vector<Prefix> prefixes_covering(const AddressRange& range) {
  std::vector<Prefix> prefixes;
  std::optional<Address> at = range.first;
  while (at && *at <= range.last) {
    Prefix largest = Prefix::host(*at);
    while (largest.length > 0) {
      const Prefix wider{*at, static_cast<uint8_t>(largest.length - 1)};
      if (wider.first() != *at || wider.last() > range.last) break;
      largest = wider;
    }
    prefixes.push_back(largest);
    at = largest.last().next();
  }
  return prefixes;
}

}  // namespace ike::kernel
