#include "esp/ip.h"

#include <algorithm>

#include "esp/checksum.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::esp {
namespace {

constexpr size_t kIpv4HeaderMin = 20;
constexpr size_t kIpv6Header = 40;
constexpr int kExtensionHeadersMax = 8;
constexpr uint8_t kEcnMask = 3;
constexpr uint8_t kEcnCongestion = 3;

Address address_from(Bytes octets) { return Address::from_octets(octets).value_or(Address()); }

uint16_t load16(Bytes at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }

void store16(MutableBytes at, uint16_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

// Ports of a packet that starts with its upper layer header at `r`.
void read_ports(wire::Reader r, FlowKey& flow) {
  switch (flow.protocol) {
    case ipproto::kTcp:
    case ipproto::kUdp:
    case ipproto::kSctp:
      flow.source_port = r.u16();
      flow.destination_port = r.u16();
      break;
    case ipproto::kIcmp:
    case ipproto::kIcmpv6: flow.source_port = flow.destination_port = r.u16(); break;
    default: return;
  }
  flow.ports_known = !r.failed();
}

Result<IpPacket> parse_ipv4(Bytes data) {
  wire::Reader r(data, "IPv4: truncated");
  IpPacket ip;
  const size_t size_of_header = static_cast<size_t>(r.u8() & 0xf) * 4;
  ip.tos = r.u8();
  ip.size = r.u16();
  ip.fragment_id = r.u16();
  const uint16_t fragment = r.u16();
  ip.hop_limit = r.u8();
  ip.flow.protocol = r.u8();
  r.skip(2);
  ip.flow.source = address_from(r.bytes(4));
  ip.flow.destination = address_from(r.bytes(4));
  r.require(size_of_header >= kIpv4HeaderMin, "IPv4: header length");
  r.require(ip.size >= size_of_header && ip.size <= data.size(), "IPv4: total length");
  if (r.failed()) return std::unexpected(r.error());
  ip.header_size = static_cast<uint16_t>(size_of_header);
  ip.dont_fragment = (fragment & 0x4000) != 0;
  ip.fragment = (fragment & 0x3fff) != 0;
  ip.fragment_offset = static_cast<uint16_t>((fragment & 0x1fff) * 8);
  if (!ip.later_fragment()) {
    read_ports(wire::Reader(data.subspan(ip.header_size, ip.size - ip.header_size)), ip.flow);
  }
  return ip;
}

// Moves past extension headers; the reader stands at the upper layer afterwards.
void skip_extensions(wire::Reader& r, IpPacket& ip) {
  for (int i = 0; i < kExtensionHeadersMax; ++i) {
    switch (ip.flow.protocol) {
      case ipproto::kHopByHop:
      case ipproto::kRouting:
      case ipproto::kDestination: {
        ip.flow.protocol = r.u8();
        const size_t units = r.u8();
        r.skip(units * 8 + 6);
        break;
      }
      case ipproto::kFragment: {
        ip.flow.protocol = r.u8();
        r.skip(1);
        ip.fragment_offset = static_cast<uint16_t>(ip.fragment_offset | (r.u16() & 0xfff8u));
        ip.fragment_id = r.u32();
        ip.fragment = true;
        break;
      }
      default: return;
    }
    if (r.failed() || ip.later_fragment()) return;
  }
  r.fail("IPv6: too many extension headers", Fault::limit);
}

Result<IpPacket> parse_ipv6(Bytes data) {
  wire::Reader fixed(data, "IPv6: truncated");
  IpPacket ip;
  const uint32_t first = fixed.u32();
  const size_t payload = fixed.u16();
  ip.flow.protocol = fixed.u8();
  ip.hop_limit = fixed.u8();
  ip.flow.source = address_from(fixed.bytes(16));
  ip.flow.destination = address_from(fixed.bytes(16));
  // A jumbogram would say 0 here; nothing that comes out of a tunnel is that large.
  fixed.require(payload + kIpv6Header <= data.size() && payload + kIpv6Header <= 0xffff,
                "IPv6: payload length");
  if (fixed.failed()) return std::unexpected(fixed.error());
  ip.tos = static_cast<uint8_t>(first >> 20);
  ip.size = static_cast<uint16_t>(payload + kIpv6Header);
  ip.dont_fragment = true;
  wire::Reader r(data.subspan(kIpv6Header, payload), "IPv6: truncated extension", kIpv6Header);
  skip_extensions(r, ip);
  if (r.failed()) return std::unexpected(r.error());
  ip.header_size = static_cast<uint16_t>(r.offset());
  if (!ip.later_fragment()) read_ports(r, ip.flow);
  return ip;
}

std::optional<size_t> checksum_offset(uint8_t protocol) {
  if (protocol == ipproto::kTcp) return 16;
  if (protocol == ipproto::kUdp) return 6;
  return std::nullopt;
}

}  // namespace

Result<IpPacket> parse_ip(Bytes data) {
  if (data.empty()) return fail(Fault::malformed, "IP: empty packet");
  switch (data[0] >> 4) {
    case 4: return parse_ipv4(data);
    case 6: return parse_ipv6(data);
    default: return fail(Fault::unsupported, "IP: unknown version");
  }
}

void set_ipv4_checksum(MutableBytes header) {
  const size_t size = static_cast<size_t>(header[0] & 0xf) * 4;
  store16(header.subspan(10), 0);
  store16(header.subspan(10), checksum_finish(checksum_add(header.first(size))));
}

void set_tos(MutableBytes packet, uint8_t tos) {
  if (packet[0] >> 4 == 4) {
    const uint16_t old_word = load16(packet);
    packet[1] = tos;
    store16(packet.subspan(10),
            checksum_update(load16(packet.subspan(10)), old_word, load16(packet)));
  } else {
    packet[0] = static_cast<uint8_t>(0x60 | tos >> 4);
    packet[1] = static_cast<uint8_t>((tos & 0xf) << 4 | (packet[1] & 0xf));
  }
}

uint64_t pseudo_header_sum(const FlowKey& flow, size_t upper_size) {
  const uint64_t sum = checksum_add(flow.destination.octets(), checksum_add(flow.source.octets()));
  return sum + flow.protocol + (upper_size & 0xffff) + (upper_size >> 16);
}

void refresh_upper_checksum(MutableBytes packet, const IpPacket& ip) {
  const auto offset = checksum_offset(ip.flow.protocol);
  const MutableBytes upper = packet.subspan(ip.header_size, ip.size - ip.header_size);
  if (!offset || ip.fragment || upper.size() < *offset + 2) return;
  const MutableBytes field = upper.subspan(*offset, 2);
  // IPv4 UDP may go without a checksum.
  if (ip.flow.protocol == ipproto::kUdp && load16(field) == 0) return;
  store16(field, 0);
  uint16_t value = checksum_finish(checksum_add(upper, pseudo_header_sum(ip.flow, upper.size())));
  if (value == 0 && ip.flow.protocol == ipproto::kUdp) value = 0xffff;
  store16(field, value);
}

std::optional<uint8_t> decapsulated_tos(uint8_t inner_tos, uint8_t outer_tos) {
  const uint8_t inner = inner_tos & kEcnMask;
  const uint8_t outer = outer_tos & kEcnMask;
  if (outer == kEcnCongestion) {
    if (inner == 0) return std::nullopt;
    return static_cast<uint8_t>(inner_tos | kEcnCongestion);
  }
  // ECT(0) inside and ECT(1) outside: a marking that RFC 6040 hands on.
  if (inner == 2 && outer == 1) return static_cast<uint8_t>((inner_tos & ~kEcnMask) | 1);
  return inner_tos;
}

size_t header_size(Family family) { return family == Family::ipv6 ? kIpv6Header : kIpv4HeaderMin; }

void write_header(MutableBytes out, const HeaderFields& fields, size_t payload_size) {
  std::ranges::fill(out, uint8_t{0});
  if (fields.source.family() == Family::ipv6) {
    out[0] = static_cast<uint8_t>(0x60 | fields.tos >> 4);
    out[1] = static_cast<uint8_t>(fields.tos << 4);
    store16(out.subspan(4), static_cast<uint16_t>(payload_size));
    out[6] = fields.protocol;
    out[7] = fields.hop_limit;
    std::ranges::copy(fields.source.octets(), out.begin() + 8);
    std::ranges::copy(fields.destination.octets(), out.begin() + 24);
    return;
  }
  out[0] = 0x45;
  out[1] = fields.tos;
  store16(out.subspan(2), static_cast<uint16_t>(payload_size + kIpv4HeaderMin));
  out[8] = fields.hop_limit;
  out[9] = fields.protocol;
  std::ranges::copy(fields.source.octets(), out.begin() + 12);
  std::ranges::copy(fields.destination.octets(), out.begin() + 16);
  set_ipv4_checksum(out);
}

Blob too_big(Bytes packet, const IpPacket& ip, uint16_t mtu) {
  const bool v6 = ip.flow.source.family() == Family::ipv6;
  const bool icmp_error =
      ip.flow.ports_known &&
      ((ip.flow.protocol == ipproto::kIcmp && ip.flow.source_port >> 8 != 8) ||
       (ip.flow.protocol == ipproto::kIcmpv6 && ip.flow.source_port >> 8 < 128));
  if (icmp_error || ip.later_fragment() || ip.flow.source.is_multicast() ||
      ip.flow.source.is_any() || ip.flow.destination.is_multicast()) {
    return {};
  }
  //= RFC 4443 section 3.2: as much of the packet as fits into the minimum MTU
  const size_t quoted = std::min<size_t>(packet.size(), v6 ? 1280 - 48 : 548);
  Blob out(header_size(ip.flow.source.family()));
  wire::Writer w(out);
  const size_t icmp_at = out.size();
  w.u8(v6 ? 2 : 3).u8(v6 ? 0 : 4).u16(0).u32(mtu).bytes(packet.first(quoted));
  // The packet's destination could not be reached in this size, so the answer comes from there.
  const HeaderFields fields{.source = ip.flow.destination,
                            .destination = ip.flow.source,
                            .protocol = v6 ? ipproto::kIcmpv6 : ipproto::kIcmp};
  write_header(MutableBytes(out).first(icmp_at), fields, out.size() - icmp_at);
  const Bytes icmp = Bytes(out).subspan(icmp_at);
  FlowKey reply{.source = fields.source, .destination = fields.destination};
  reply.protocol = fields.protocol;
  const uint64_t start = v6 ? pseudo_header_sum(reply, icmp.size()) : 0;
  w.patch_u16(icmp_at + 2, checksum_finish(checksum_add(icmp, start)));
  return out;
}

void fragment_ipv4(Bytes packet, const IpPacket& ip, uint16_t mtu, std::vector<Blob>& out) {
  if (mtu < ip.header_size + 8) return;
  const size_t step = (static_cast<size_t>(mtu) - ip.header_size) / 8 * 8;
  const Bytes header = packet.first(ip.header_size);
  const Bytes payload = packet.subspan(ip.header_size, ip.size - ip.header_size);
  const uint16_t old_field = load16(header.subspan(6));
  // A fragment that would end behind the largest packet is an attack on whoever reassembles it.
  if ((old_field & 0x1fffu) * 8 + payload.size() > 0xffff) return;
  for (size_t at = 0; at < payload.size(); at += step) {
    const Bytes piece = payload.subspan(at, std::min(step, payload.size() - at));
    Blob fragment = to_blob(header);
    append(fragment, piece);
    const bool more = at + piece.size() < payload.size() || (old_field & 0x2000) != 0;
    const size_t offset = (old_field & 0x1fffu) + at / 8;
    store16(MutableBytes(fragment).subspan(2), static_cast<uint16_t>(fragment.size()));
    store16(MutableBytes(fragment).subspan(6),
            static_cast<uint16_t>(offset | (more ? 0x2000u : 0u)));
    set_ipv4_checksum(fragment);
    out.push_back(std::move(fragment));
  }
}

}  // namespace ike::esp
