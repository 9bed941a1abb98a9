// Traffic Selector payloads TSi and TSr.  RFC 7296 section 3.13.
// | Number of TSs |                 RESERVED                      |
// |   TS Type     |IP Protocol ID |       Selector Length         |
// |           Start Port          |           End Port            |
// ~                         Starting Address                      ~
// ~                         Ending Address                        ~
#pragma once

#include <vector>

#include "base/net.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

inline constexpr uint8_t kTsIpv4Range = 7;
inline constexpr uint8_t kTsIpv6Range = 8;

struct TrafficSelector {
  uint8_t type = 0;         // kTsIpv4Range, kTsIpv6Range or one that we do not know
  uint8_t protocol = 0;     // IP protocol, 0 = any
  uint16_t port_first = 0;  // for ICMP: type << 8 | code; first > last (0xffff, 0) is OPAQUE
  uint16_t port_last = 0xffff;
  AddressRange addresses;  // meaningful when known()
  Bytes unknown;  // what follows the protocol and length of a type we do not know; aliases the
                  // message

  //= RFC 7296 section 3.13.1: others may be defined, and narrowing leaves them out
  bool known() const { return type == kTsIpv4Range || type == kTsIpv6Range; }

  static TrafficSelector of(const AddressRange& addresses, uint8_t protocol = 0,
                            uint16_t port_first = 0, uint16_t port_last = 0xffff);
  static Result<TrafficSelector> parse(Reader r);
  void write(Writer& w) const;
};

// The body of TSi and of TSr.
struct Ts {
  std::vector<TrafficSelector> selectors;  // at least one, in the sender's order

  static Result<Ts> parse(Reader r);
  void write(Writer& w) const;
};

}  // namespace ike::wire::v2
