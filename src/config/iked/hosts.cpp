#include "config/iked/hosts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ike::config::iked {

namespace {

// Those that turn up in policies; a minimal system has no protocols database.
constexpr auto kProtocols = std::to_array<std::pair<std::string_view, uint8_t>>({
    {"icmp", 1},
    {"igmp", 2},
    {"ipencap", 4},
    {"tcp", 6},
    {"udp", 17},
    {"ipv6", 41},
    {"gre", 47},
    {"esp", 50},
    {"ah", 51},
    {"ipv6-icmp", 58},
    {"icmp6", 58},
    {"ospf", 89},
    {"etherip", 97},
    {"sctp", 132},
});

bool has_v6(const std::vector<Address>& addresses) {
  return std::ranges::any_of(addresses,
                             [](const Address& a) { return a.family() == Family::ipv6; });
}

}  // namespace

const std::vector<Address>& Hosts::dns(const std::string& name) {
  const auto it = dns_cache_.find(name);
  if (it != dns_cache_.end()) return it->second;
  return dns_cache_[name] = environment_.resolve(name);
}

std::optional<Addresses> Hosts::resolve(const HostSpec& spec) {
  const std::string& name = spec.name.text;
  const Position& at = spec.name.at;
  if (spec.length && (*spec.length < 0 || *spec.length > 128)) {
    diagnostics_.error(at, "invalid prefix length " + std::to_string(*spec.length));
    return std::nullopt;
  }
  Addresses found;
  if (const auto own = environment_.interface_addresses(name); own && !own->empty()) {
    for (const Address& address : *own) found.prefixes.push_back(Prefix::host(address));
    return found;  // a length makes no sense here and is ignored, as ever
  }
  found.network = spec.length.has_value();
  std::vector<Address> addresses;
  if (const auto address = Address::parse(name)) {
    addresses = {*address};
  } else {
    addresses = dns(name);
    if (addresses.empty()) {
      diagnostics_.error(at, "no IP address found for " + name);
      diagnostics_.error(at, "could not parse host specification");
      return std::nullopt;
    }
    if (spec.length && has_v6(addresses)) {
      diagnostics_.error(at, "a prefix length cannot be given for " + name +
                                 ", which has IPv6 addresses; write the network in digits");
      return std::nullopt;
    }
  }
  for (const Address& address : addresses) {
    if (spec.length && std::cmp_greater(*spec.length, address.bits())) {
      diagnostics_.error(at, "prefix length " + std::to_string(*spec.length) +
                                 " is too long for the IPv4 address " + address.text());
      return std::nullopt;
    }
    const auto length = static_cast<uint8_t>(spec.length.value_or(address.bits()));
    found.prefixes.push_back({address, length});
  }
  return found;
}

std::optional<uint8_t> Hosts::protocol(const Value& value) {
  if (value.number) {
    if (*value.number >= 0 && *value.number <= 255) return static_cast<uint8_t>(*value.number);
    diagnostics_.error(value.at, "protocol outside range: " + value.text + " is not in 0 to 255");
    return std::nullopt;
  }
  const auto known = std::ranges::find(kProtocols, std::string_view(value.text),
                                       &std::pair<std::string_view, uint8_t>::first);
  if (known != kProtocols.end()) return known->second;
  if (const auto number = environment_.protocol_number(value.text)) return number;
  diagnostics_.error(value.at, "unknown protocol: " + value.text);
  return std::nullopt;
}

std::optional<uint16_t> Hosts::port(const Value& value) {
  if (value.number) {
    if (*value.number >= 0 && *value.number <= 65535) return static_cast<uint16_t>(*value.number);
    diagnostics_.error(value.at, "port outside range: " + value.text + " is not in 0 to 65535");
    return std::nullopt;
  }
  if (const auto number = environment_.service_port(value.text)) return number;
  diagnostics_.error(value.at, "unknown port: " + value.text);
  return std::nullopt;
}

}  // namespace ike::config::iked
