// Inner packets: whatever parses can be changed, cut and answered, and parses again.
#include <cstdlib>

#include "esp/coalesce.h"

namespace {

using namespace ike;
using namespace ike::esp;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_fragments(Bytes packet, const IpPacket& ip, uint16_t mtu) {
  std::vector<Blob> fragments;
  fragment_ipv4(packet, ip, mtu, fragments);
  size_t total = 0;
  for (const Blob& fragment : fragments) {
    const auto piece = parse_ip(fragment);
    require(piece.has_value() && fragment.size() <= mtu);
    total += static_cast<size_t>(piece->size - piece->header_size);
  }
  require(fragments.empty() || total == static_cast<size_t>(ip.size - ip.header_size));
}

void check_segments(Bytes packet, const IpPacket& ip, uint16_t segment_size) {
  const bool v6 = ip.flow.source.family() == Family::ipv6;
  const Offload offload{.gso = v6 ? Gso::tcp_v6 : Gso::tcp_v4, .segment_size = segment_size};
  const auto segments = Segmenter::make(packet, ip, offload);
  if (!segments) return;
  for (size_t i = 0; i < segments->count(); ++i) {
    Blob out(segments->size_of(i));
    segments->write(i, out);
    const auto parsed = parse_ip(out);
    require(parsed.has_value() && parsed->size == out.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  const auto number = static_cast<uint16_t>(data[0] << 8 | data[1]);
  Blob packet(data + 2, data + size);
  const auto ip = parse_ip(packet);
  if (!ip) return 0;
  require(ip->header_size <= ip->size && ip->size <= packet.size());
  packet.resize(ip->size);
  set_tos(packet, data[0]);
  const auto changed = parse_ip(packet);
  require(changed.has_value() && changed->tos == data[0] && changed->flow == ip->flow);
  refresh_upper_checksum(packet, *changed);
  const Blob answer = too_big(packet, *changed, number);
  if (!answer.empty()) {
    const auto parsed = parse_ip(answer);
    require(parsed.has_value() && parsed->size == answer.size());
    require(parsed->flow.destination == ip->flow.source);
  }
  if (ip->flow.source.family() == Family::ipv4) check_fragments(packet, *changed, number);
  check_segments(packet, *changed, number);
  Offload offload{.needs_checksum = true, .checksum_start = number, .checksum_offset = data[2]};
  complete_checksum(packet, offload);
  return 0;
}
