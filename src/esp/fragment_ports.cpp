#include "esp/fragment_ports.h"

namespace ike::esp {
namespace {

constexpr Duration kRemembered = seconds(30);  // nobody waits longer for the rest of a packet
// Where the ports are: a later fragment that begins before it could write them anew.
constexpr uint16_t kFirstOctets = 16;

}  // namespace

bool FragmentPorts::same_packet(const Seen& seen, const IpPacket& ip) {
  return seen.there && seen.id == ip.fragment_id && seen.protocol == ip.flow.protocol &&
         seen.source == ip.flow.source && seen.destination == ip.flow.destination;
}

FragmentPorts::Seen& FragmentPorts::place_of(const IpPacket& ip) {
  uint64_t h = uint64_t{ip.fragment_id} << 8 | ip.flow.protocol;
  for (const Address* address : {&ip.flow.source, &ip.flow.destination}) {
    for (const uint8_t octet : address->octets()) h = (h ^ octet) * 0x100000001b3u;
  }
  return seen_[(h ^ h >> 32) % seen_.size()];
}

void FragmentPorts::follow(Instant now, IpPacket& ip) {
  if (!ip.fragment) return;
  Seen& seen = place_of(ip);
  if (!ip.later_fragment()) {
    if (!ip.flow.ports_known) return;
    seen = {ip.flow.source,           ip.flow.destination, ip.fragment_id, ip.flow.source_port,
            ip.flow.destination_port, ip.flow.protocol,    true,           now};
    return;
  }
  //= RFC 4301 section 7.3: fragments that would overlap what was checked are not let through
  if (ip.fragment_offset < kFirstOctets || !same_packet(seen, ip)) return;
  if (now - seen.at > kRemembered) return;
  ip.flow.source_port = seen.source_port;
  ip.flow.destination_port = seen.destination_port;
  ip.flow.ports_known = true;
}

}  // namespace ike::esp
