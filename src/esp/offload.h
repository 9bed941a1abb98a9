// Work that a network stack left to its device (and a device may leave to the stack): checksums to
// be made, and TCP segments that travel as one superframe.
#pragma once

#include "esp/ip.h"

namespace ike::esp {

enum class Gso : uint8_t { none, tcp_v4, tcp_v6 };

struct Offload {
  bool needs_checksum = false;   // the field holds the pseudo header's sum only
  uint16_t checksum_start = 0;   // from here to the packet's end
  uint16_t checksum_offset = 0;  // of the field, from checksum_start
  Gso gso = Gso::none;
  uint16_t segment_size = 0;  // payload octets a segment
};

// Completes the checksum that the sender left out; false when the offload points outside.
bool complete_checksum(MutableBytes packet, const Offload& offload);

// A TCP superframe, cut on the way out.
class Segmenter {
 public:
  // Fault::malformed when packet and offload do not make a TCP superframe.
  static Result<Segmenter> make(Bytes superframe, const IpPacket& ip, const Offload& offload);

  size_t count() const { return count_; }
  size_t size_of(size_t index) const { return headers_ + payload_of(index).size(); }
  // Writes one whole IP packet of size_of(index) octets.
  void write(size_t index, MutableBytes out) const;

 private:
  Bytes payload_of(size_t index) const;

  Bytes packet_;
  const IpPacket* ip_ = nullptr;
  size_t headers_ = 0;  // IP and TCP
  size_t segment_ = 0;
  size_t count_ = 0;
};

}  // namespace ike::esp
