#include "esp/offload.h"

#include <algorithm>
#include <cstring>

#include "esp/checksum.h"

namespace ike::esp {
namespace {

constexpr size_t kTcpHeaderMin = 20;
constexpr size_t kTcpSequence = 4, kTcpOffset = 12, kTcpFlags = 13, kTcpChecksum = 16;
constexpr uint8_t kFin = 0x01, kPush = 0x08, kCwr = 0x80;

uint32_t load32(const uint8_t* at) {
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}
void store16(uint8_t* at, size_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}
void store32(uint8_t* at, uint32_t value) {
  store16(at, value >> 16);
  store16(at + 2, value & 0xffff);
}

}  // namespace

bool complete_checksum(MutableBytes packet, const Offload& offload) {
  if (!offload.needs_checksum) return true;
  const size_t field = size_t{offload.checksum_start} + offload.checksum_offset;
  if (field + 2 > packet.size() || offload.checksum_start > packet.size()) return false;
  // The pseudo header's sum in the field takes part in the sum.
  uint16_t value = checksum_finish(checksum_add(packet.subspan(offload.checksum_start)));
  if (value == 0) value = 0xffff;  // the same number; as UDP's 0 it would mean "none"
  store16(packet.data() + field, value);
  return true;
}

Result<Segmenter> Segmenter::make(Bytes superframe, const IpPacket& ip, const Offload& offload) {
  Segmenter s;
  const bool v6 = ip.flow.source.family() == Family::ipv6;
  if (ip.flow.protocol != ipproto::kTcp || ip.fragment || offload.segment_size == 0 ||
      (offload.gso == Gso::tcp_v6) != v6 || ip.size < ip.header_size + kTcpHeaderMin) {
    return fail(Fault::malformed, "offload: not a TCP superframe");
  }
  const size_t tcp_header = static_cast<size_t>(superframe[ip.header_size + kTcpOffset] >> 4) * 4;
  if (tcp_header < kTcpHeaderMin || ip.size < ip.header_size + tcp_header) {
    return fail(Fault::malformed, "offload: TCP header length");
  }
  s.packet_ = superframe.first(ip.size);
  s.ip_ = &ip;
  s.headers_ = ip.header_size + tcp_header;
  s.segment_ = offload.segment_size;
  s.count_ = std::max<size_t>(1, (ip.size - s.headers_ + s.segment_ - 1) / s.segment_);
  return s;
}

Bytes Segmenter::payload_of(size_t index) const {
  const Bytes payload = packet_.subspan(headers_);
  const size_t at = std::min(index * segment_, payload.size());
  return payload.subspan(at, std::min(segment_, payload.size() - at));
}

void Segmenter::write(size_t index, MutableBytes out) const {
  const Bytes payload = payload_of(index);
  // The library's copy of views is a loop of octets here.
  std::memcpy(out.data(), packet_.data(), headers_);
  std::memcpy(out.data() + headers_, payload.data(), payload.size());
  const size_t total = headers_ + payload.size();
  if (ip_->flow.source.family() == Family::ipv6) {
    store16(out.data() + 4, total - 40);
  } else {
    const size_t id = static_cast<size_t>(out[4] << 8 | out[5]);
    store16(out.data() + 2, total);
    store16(out.data() + 4, id + index);
    set_ipv4_checksum(out);
  }
  const MutableBytes tcp = out.subspan(ip_->header_size, total - ip_->header_size);
  store32(&tcp[kTcpSequence], load32(&tcp[kTcpSequence]) + static_cast<uint32_t>(index * segment_));
  uint8_t cleared = 0;
  if (index + 1 != count_) cleared |= kFin | kPush;
  //= RFC 3168 section 6.1.2: CWR once
  if (index != 0) cleared |= kCwr;
  tcp[kTcpFlags] = static_cast<uint8_t>(tcp[kTcpFlags] & ~cleared);
  store16(&tcp[kTcpChecksum], 0);
  store16(&tcp[kTcpChecksum],
          checksum_finish(checksum_add(tcp, pseudo_header_sum(ip_->flow, tcp.size()))));
}

}  // namespace ike::esp
