#include "esp/coalesce.h"

#include <algorithm>

#include "esp/bounds.h"
#include "esp/checksum.h"

namespace ike::esp {
namespace {

constexpr size_t kTcpHeaderMin = 20;
constexpr size_t kTcpSequence = 4, kTcpAck = 8, kTcpOffset = 12, kTcpFlags = 13, kTcpChecksum = 16;
constexpr uint8_t kPush = 0x08, kAck = 0x10;

uint32_t load32(Bytes at) {
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}
void store16(MutableBytes at, size_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

// Everything in the IP headers that one superframe can have only once.
bool same_ip_header(Bytes a, Bytes b) {
  if (a[0] >> 4 == 4) {
    // TOS, then flags and fragment offset, then TTL; addresses are in the flow key.
    return a[1] == b[1] && a[6] == b[6] && a[7] == b[7] && a[8] == b[8];
  }
  return std::ranges::equal(a.first(4), b.first(4)) && a[7] == b[7];
}

}  // namespace

bool Coalescer::joinable(Bytes packet, const IpPacket& ip, Segment& out) {
  const bool v6 = ip.flow.source.family() == Family::ipv6;
  if (ip.flow.protocol != ipproto::kTcp || ip.fragment || !ip.flow.ports_known) return false;
  if (ip.header_size != (v6 ? 40 : 20) || ip.size < ip.header_size + kTcpHeaderMin) return false;
  const Bytes tcp = packet.subspan(ip.header_size, ip.size - ip.header_size);
  const size_t header = static_cast<size_t>(tcp[kTcpOffset] >> 4) * 4;
  if (header < kTcpHeaderMin || header >= tcp.size())
    return false;  // without payload nothing to gain
  if ((tcp[kTcpFlags] & ~kPush) != kAck) return false;
  out.flow = ip.flow;
  out.ip_header = ip.header_size;
  out.tcp_header = static_cast<uint16_t>(header);
  out.sequence = load32(tcp.subspan(kTcpSequence));
  out.flags = tcp[kTcpFlags];
  out.payload = tcp.size() - header;
  // A superframe gets a new checksum, so a wrong one must not get lost in it.
  return checksum_finish(checksum_add(tcp, pseudo_header_sum(ip.flow, tcp.size()))) == 0;
}

bool Coalescer::join(Open& open, Bytes packet, const Segment& segment) {
  const Segment& first = open.first;
  Delivery& delivery = deliveries_[open.delivery];
  const Bytes head = delivery.head;
  const Bytes tcp = packet.subspan(segment.ip_header);
  const Bytes head_tcp = head.subspan(first.ip_header);
  const size_t options = first.tcp_header - kTcpHeaderMin;
  const bool fits =
      (first.flags & kPush) == 0 && segment.tcp_header == first.tcp_header &&
      segment.sequence == static_cast<uint32_t>(first.sequence + open.count * first.payload) &&
      segment.payload <= first.payload && open.total + segment.payload <= kSuperframeMax &&
      delivery.pieces.size() < kSuperframePiecesMax && same_ip_header(head, packet) &&
      std::ranges::equal(tcp.subspan(kTcpAck, 4), head_tcp.subspan(kTcpAck, 4)) &&
      std::ranges::equal(tcp.subspan(14, 2), head_tcp.subspan(14, 2)) &&
      std::ranges::equal(tcp.subspan(kTcpHeaderMin, options),
                         head_tcp.subspan(kTcpHeaderMin, options));
  if (!fits) return false;
  delivery.pieces.push_back(
      packet.subspan(segment.ip_header + segment.tcp_header, segment.payload));
  open.total += segment.payload;
  ++open.count;
  return true;
}

Delivery& Coalescer::next() {
  if (used_ == deliveries_.size()) deliveries_.emplace_back();
  Delivery& delivery = deliveries_[used_++];
  delivery.pieces.clear();
  delivery.offload = {};
  return delivery;
}

void Coalescer::add(MutableBytes packet, const IpPacket& ip, bool superframes) {
  Segment segment;
  const bool candidate = superframes && joinable(packet, ip, segment);
  const auto open =
      std::ranges::find_if(open_, [&](const Open& o) { return o.first.flow == ip.flow; });
  if (open != open_.end()) {
    if (candidate && join(*open, packet, segment)) {
      const bool ends = segment.payload < open->first.payload || (segment.flags & kPush) != 0;
      if ((segment.flags & kPush) != 0) {
        deliveries_[open->delivery].head[open->first.ip_header + kTcpFlags] |= kPush;
      }
      if (ends) {
        grown_.push_back(*open);
        open_.erase(open);
      }
      return;
    }
    grown_.push_back(*open);
    open_.erase(open);
  }
  next().head = packet.first(ip.size);
  if (!candidate || (segment.flags & kPush) != 0) return;
  if (open_.size() == kSuperframesOpenMax) {
    grown_.push_back(open_.front());
    open_.erase(open_.begin());
  }
  open_.push_back({used_ - 1, segment, ip.size, 1});
}

void Coalescer::complete(const Open& open) {
  if (open.count == 1) return;
  Delivery& delivery = deliveries_[open.delivery];
  const Segment& first = open.first;
  const bool v6 = first.flow.source.family() == Family::ipv6;
  const MutableBytes head = delivery.head;
  if (v6) {
    store16(head.subspan(4), open.total - 40);
  } else {
    store16(head.subspan(2), open.total);
    set_ipv4_checksum(head);
  }
  // The receiver completes the sum from the field over everything behind it.
  const uint16_t pseudo = static_cast<uint16_t>(
      ~checksum_finish(pseudo_header_sum(first.flow, open.total - first.ip_header)));
  store16(head.subspan(first.ip_header + kTcpChecksum), pseudo);
  delivery.header_size = static_cast<uint16_t>(first.ip_header + first.tcp_header);
  delivery.offload = {.needs_checksum = true,
                      .checksum_start = first.ip_header,
                      .checksum_offset = kTcpChecksum,
                      .gso = v6 ? Gso::tcp_v6 : Gso::tcp_v4,
                      .segment_size = static_cast<uint16_t>(first.payload)};
}

std::span<Delivery> Coalescer::finish() {
  for (const Open& open : grown_) complete(open);
  for (const Open& open : open_) complete(open);
  grown_.clear();
  open_.clear();
  return std::span(deliveries_).first(used_);
}

void Coalescer::clear() {
  used_ = 0;
  open_.clear();
  grown_.clear();
}

}  // namespace ike::esp
