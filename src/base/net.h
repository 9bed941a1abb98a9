// Addresses, endpoints, prefixes and ranges of both families: values, parsing, printing.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace ike {

enum class Family : uint8_t { unspecified, ipv4, ipv6 };

// An IPv4 or IPv6 address in network byte order; IPv4 uses the first 4 octets, the rest stay 0.
class Address {
 public:
  constexpr Address() = default;
  static Address v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d);
  static Address v4(uint32_t host_order);
  static Address v6(const std::array<uint8_t, 16>& octets) { return {Family::ipv6, octets}; }
  // 4 or 16 octets, else nothing.
  static std::optional<Address> from_octets(Bytes octets);
  static std::optional<Address> parse(std::string_view text);
  static Address any(Family family) { return {family, {}}; }
  static Address last(Family family);

  Family family() const { return family_; }
  Bytes octets() const;   // 4, 16 or 0 octets; aliases this
  unsigned bits() const;  // 32, 128 or 0
  bool is_any() const { return octets_ == std::array<uint8_t, 16>{}; }
  bool is_multicast() const;
  std::optional<Address> next() const;      // nothing after the last address
  std::optional<Address> previous() const;  // nothing before the first one
  std::string text() const;                 // IPv6 in the form of RFC 5952; "any" when unspecified

  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  constexpr Address(Family family, const std::array<uint8_t, 16>& octets)
      : family_(family), octets_(octets) {}

  Family family_ = Family::unspecified;
  std::array<uint8_t, 16> octets_{};
};

struct Endpoint {
  Address address;
  uint16_t port = 0;

  std::string text() const;  // 192.0.2.1:500, [2001:db8::1]:500
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

struct Prefix {
  Address address;     // host bits are kept as written; masked() clears them
  uint8_t length = 0;  // 0..32 or 0..128

  static Prefix host(const Address& a) { return {a, static_cast<uint8_t>(a.bits())}; }
  static Prefix everything(Family family) { return {Address::any(family), 0}; }
  Address first() const;
  Address last() const;
  Prefix masked() const { return {first(), length}; }
  bool contains(const Address& a) const;
  bool is_host() const { return length == address.bits(); }
  std::string text() const;  // "10.0.0.0/8"; a host without "/32"
  friend auto operator<=>(const Prefix&, const Prefix&) = default;
};

// Both ends included, same family, first <= last.
struct AddressRange {
  Address first;
  Address last;

  static AddressRange of(const Prefix& p) { return {p.first(), p.last()}; }
  static AddressRange everything(Family family);
  Family family() const { return first.family(); }
  bool contains(const Address& a) const;
  bool contains(const AddressRange& inner) const;
  std::optional<AddressRange> intersect(const AddressRange& other) const;
  std::optional<Prefix> as_prefix() const;  // when the range is exactly one prefix
  std::string text() const;                 // a prefix where possible, else first-last
  friend auto operator<=>(const AddressRange&, const AddressRange&) = default;
};

}  // namespace ike
