// Configuration payload.  RFC 7296 section 3.15.
// |   CFG Type    |                    RESERVED                   |
// |R|         Attribute Type      |            Length             |
// ~                             Value                             ~
#pragma once

#include "base/numbers.h"
#include "wire/inline_vector.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

enum class CpType : uint8_t { request = 1, reply = 2, set = 3, ack = 4 };

// Numbers of the attribute types that RFC 7296 defines; a peer may send any other.
enum class CpAttributeType : uint16_t {
  ip4_address = 1,
  ip4_netmask = 2,
  ip4_dns = 3,
  ip4_nbns = 4,
  ip4_dhcp = 6,
  application_version = 7,
  ip6_address = 8,
  ip6_dns = 10,
  ip6_dhcp = 12,
  ip4_subnet = 13,
  supported_attributes = 14,
  ip6_subnet = 15,
};
std::string_view name_of(CpType type);           // empty for a number without a name
std::string_view name_of(CpAttributeType type);  // empty for a number without a name

struct CpAttribute {
  CpAttributeType type{};
  Bytes value;  // aliases the message; empty in a request that leaves the choice to the peer
};

inline constexpr size_t kCpAttributesMax = 64;  // real requests have under 20

struct Cp {
  static constexpr PayloadType kType = PayloadType::cp;
  CpType type{};
  InlineVector<CpAttribute, kCpAttributesMax> attributes;

  static Result<Cp> parse(Reader r);
  void write(Writer& w) const;
};

}  // namespace ike::wire::v2
