// Ports of first fragments, remembered for the later ones, which carry none: all of a packet's
// fragments fall under the policy that its ports choose.  RFC 4301 section 7.3.
#pragma once

#include <array>

#include "base/time.h"
#include "esp/bounds.h"
#include "esp/ip.h"

namespace ike::esp {

class FragmentPorts {
 public:
  // Remembers a first fragment; gives a later one its ports when its first one was seen.  Whole
  // packets are left alone.  One that displaced another, or came first, leaves the later ones
  // without ports, as if they had never been seen.
  void follow(Instant now, IpPacket& ip);

 private:
  struct Seen {
    Address source, destination;
    uint32_t id = 0;
    uint16_t source_port = 0, destination_port = 0;
    uint8_t protocol = 0;
    bool there = false;
    Instant at{};
  };
  static bool same_packet(const Seen& seen, const IpPacket& ip);
  Seen& place_of(const IpPacket& ip);

  std::array<Seen, kFragmentsRemembered> seen_{};
};

}  // namespace ike::esp
