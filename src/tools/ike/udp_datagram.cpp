#include "tools/ike/udp_datagram.h"

#include <algorithm>

namespace ike::tools {

namespace {

constexpr uint16_t kEtherIpv4 = 0x0800;
constexpr uint16_t kEtherIpv6 = 0x86dd;
constexpr uint16_t kEtherVlan = 0x8100;
constexpr uint16_t kEtherServiceVlan = 0x88a8;
constexpr uint8_t kUdp = 17;
constexpr size_t kUdpHeaderSize = 8;
constexpr int kExtensionHeadersMax = 8;

struct IpPayload {
  Address from;
  Address to;
  uint8_t protocol = 0;
  Bytes data;
};

// What follows the link's header, where that says it is IP.
std::optional<Bytes> ip_in_ethernet(wire::Reader r, uint16_t ether_type) {
  while (ether_type == kEtherVlan || ether_type == kEtherServiceVlan) {
    r.skip(2);
    ether_type = r.u16();
  }
  if (ether_type != kEtherIpv4 && ether_type != kEtherIpv6) return std::nullopt;
  return r.rest();
}

std::optional<Bytes> ip_in(const Frame& frame) {
  wire::Reader r(frame.data);
  switch (frame.link) {
    case LinkType::ethernet: {
      r.skip(12);
      const uint16_t type = r.u16();
      return ip_in_ethernet(r, type);
    }
    case LinkType::linux_sll: {
      r.skip(14);
      const uint16_t type = r.u16();
      return ip_in_ethernet(r, type);
    }
    case LinkType::linux_sll2: {
      const uint16_t type = r.u16();
      r.skip(18);
      return ip_in_ethernet(r, type);
    }
    // The address family in front depends on who captured; the IP version says the same.
    case LinkType::null:
    case LinkType::loop: r.skip(4); return r.rest();
    case LinkType::raw:
    case LinkType::raw_bsd:
    case LinkType::raw_openbsd:
    case LinkType::ipv4:
    case LinkType::ipv6: return r.rest();
  }
  return std::nullopt;
}

std::optional<IpPayload> parse_ipv4(wire::Reader r) {
  const size_t captured = r.remaining();
  const size_t header_size = size_t{r.u8() & 0x0fU} * 4;
  r.skip(1);
  const uint16_t total = r.u16();
  r.skip(2);
  const bool is_later_fragment = (r.u16() & 0x1fff) != 0;
  r.skip(1);
  IpPayload ip;
  ip.protocol = r.u8();
  r.skip(2);
  const auto from = Address::from_octets(r.bytes(4));
  const auto to = Address::from_octets(r.bytes(4));
  if (header_size < 20 || is_later_fragment || !from || !to) return std::nullopt;
  r.skip(header_size - 20);
  // A length of 0 is left by hardware that cuts packets up; more than that is Ethernet padding.
  const size_t end = total == 0 ? captured : std::min<size_t>(total, captured);
  if (end < header_size) return std::nullopt;
  ip.from = *from;
  ip.to = *to;
  ip.data = r.bytes(end - header_size);
  if (r.failed()) return std::nullopt;
  return ip;
}

bool is_extension_header(uint8_t protocol) {
  constexpr uint8_t kHeaders[] = {0, 43, 44, 60};  // hop-by-hop, routing, fragment, destination
  return std::find(std::begin(kHeaders), std::end(kHeaders), protocol) != std::end(kHeaders);
}

std::optional<IpPayload> parse_ipv6(wire::Reader r) {
  constexpr uint8_t kFragment = 44;
  r.skip(4);
  const uint16_t length = r.u16();
  IpPayload ip;
  ip.protocol = r.u8();
  r.skip(1);
  const auto from = Address::from_octets(r.bytes(16));
  const auto to = Address::from_octets(r.bytes(16));
  if (!from || !to) return std::nullopt;
  ip.from = *from;
  ip.to = *to;
  wire::Reader body = r.sub(std::min<size_t>(length, r.remaining()), "IPv6: truncated");
  for (int i = 0; i < kExtensionHeadersMax && is_extension_header(ip.protocol); ++i) {
    const uint8_t next = body.u8();
    const uint8_t extra_size = body.u8();
    if (ip.protocol == kFragment) {
      if ((body.u16() & 0xfff8) != 0) return std::nullopt;
      body.skip(4);
    } else {
      body.skip(6 + size_t{extra_size} * 8);
    }
    ip.protocol = next;
  }
  if (body.failed()) return std::nullopt;
  ip.data = body.rest();
  return ip;
}

std::optional<IpPayload> parse_ip(Bytes packet) {
  wire::Reader version(packet);
  switch (version.u8() >> 4) {
    case 4: return parse_ipv4(wire::Reader(packet));
    case 6: return parse_ipv6(wire::Reader(packet));
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<UdpDatagram> udp_in(const Frame& frame) {
  const auto packet = ip_in(frame);
  if (!packet) return std::nullopt;
  const auto ip = parse_ip(*packet);
  if (!ip || ip->protocol != kUdp) return std::nullopt;
  wire::Reader r(ip->data);
  UdpDatagram udp;
  udp.from = {ip->from, r.u16()};
  udp.to = {ip->to, r.u16()};
  const uint16_t length = r.u16();
  r.skip(2);
  if (r.failed() || length < kUdpHeaderSize) return std::nullopt;
  udp.payload = r.bytes(std::min<size_t>(length - kUdpHeaderSize, r.remaining()));
  return udp;
}

}  // namespace ike::tools
