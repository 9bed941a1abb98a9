// Inner IP packets: what the policy asks about them, and the changes a gateway makes to them.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/net.h"
#include "base/result.h"

namespace ike::esp {

namespace ipproto {
inline constexpr uint8_t kHopByHop = 0, kIcmp = 1, kIpv4 = 4, kTcp = 6, kUdp = 17, kIpv6 = 41,
                         kRouting = 43, kFragment = 44, kEsp = 50, kIcmpv6 = 58, kNoNext = 59,
                         kDestination = 60, kSctp = 132;
}

// What selectors look at.  Compared and hashed per packet.
struct FlowKey {
  Address source;
  Address destination;
  uint16_t source_port = 0;  // for ICMP: type << 8 | code, in both
  uint16_t destination_port = 0;
  uint8_t protocol = 0;      // upper layer
  bool ports_known = false;  // false for later fragments and protocols without ports

  FlowKey reversed() const {
    FlowKey r = *this;
    std::swap(r.source, r.destination);
    std::swap(r.source_port, r.destination_port);
    return r;
  }
  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

struct IpPacket {
  FlowKey flow;
  uint16_t size = 0;         // the whole packet; what follows in the buffer is padding
  uint16_t header_size = 0;  // up to the upper layer (IPv6: past extension headers)
  uint8_t tos = 0;           // DSCP and ECN
  uint8_t hop_limit = 0;
  bool dont_fragment = false;    // always for IPv6
  bool fragment = false;         // any fragment, the first one too
  uint16_t fragment_offset = 0;  // octets; 0 for the first one
  uint32_t fragment_id = 0;

  bool later_fragment() const { return fragment_offset != 0; }
};

// Reads the header at the start of `data`, which may be longer than the packet.
Result<IpPacket> parse_ip(Bytes data);

// ---- changes in place; `packet` begins with a header that parse_ip took
// ---------------------------

// ECN is the low two bits of `tos`.  The IPv4 header checksum follows.
void set_tos(MutableBytes packet, uint8_t tos);
void set_ipv4_checksum(MutableBytes header);
// Sum of the pseudo header for the upper layer's checksum.
uint64_t pseudo_header_sum(const FlowKey& flow, size_t upper_size);
// Makes the TCP or UDP checksum anew; other protocols and fragments stay as they are.
void refresh_upper_checksum(MutableBytes packet, const IpPacket& ip);

//= RFC 6040 section 4.2: what the inner ECN becomes when a tunnel ends; nothing = drop
std::optional<uint8_t> decapsulated_tos(uint8_t inner_tos, uint8_t outer_tos);

// ---- new packets
// -----------------------------------------------------------------------------------

struct HeaderFields {
  Address source;
  Address destination;
  uint8_t protocol = 0;
  uint8_t tos = 0;
  uint8_t hop_limit = 64;
};
size_t header_size(Family family);
// A plain header in front of `payload_size` octets; `out` has header_size() octets.
void write_header(MutableBytes out, const HeaderFields& fields, size_t payload_size);

// ICMP "fragmentation needed" or ICMPv6 "packet too big" back to the sender of `packet`; empty when
// none may be sent (answers to ICMP errors, later fragments, multicast).
Blob too_big(Bytes packet, const IpPacket& ip, uint16_t mtu);

// Cuts an IPv4 packet that may be fragmented: appends packets of at most `mtu` octets to `out`,
// each a whole one.  Nothing when `mtu` leaves no room for payload.
void fragment_ipv4(Bytes packet, const IpPacket& ip, uint16_t mtu, std::vector<Blob>& out);

}  // namespace ike::esp
