// Puts TCP segments that followed one another through a tunnel together again, so that the network
// stack takes them in one step.  The payloads stay where they are: the result is a list of pieces.
#pragma once

#include <vector>

#include "esp/offload.h"

namespace ike::esp {

// One write to the inside.
struct Delivery {
  MutableBytes head;          // the first packet; with pieces behind it its headers speak of all
  std::vector<Bytes> pieces;  // payloads of the segments after the first
  Offload offload;
  uint16_t header_size = 0;  // of superframes: IP and TCP
};

class Coalescer {
 public:
  // `packet` must stay valid until the deliveries are taken.  Keeps the order within a flow.
  void add(MutableBytes packet, const IpPacket& ip, bool superframes);
  // Completes and hands out everything that was added, in order; valid until clear().
  std::span<Delivery> finish();
  void clear();
  bool empty() const { return used_ == 0; }

 private:
  struct Segment {
    FlowKey flow;
    uint16_t ip_header = 0, tcp_header = 0;
    uint32_t sequence = 0;
    uint8_t flags = 0;
    size_t payload = 0;
  };
  struct Open {
    size_t delivery = 0;
    Segment first;
    size_t total = 0;  // octets of the superframe
    size_t count = 1;
  };

  static bool joinable(Bytes packet, const IpPacket& ip, Segment& out);
  bool join(Open& open, Bytes packet, const Segment& segment);
  Delivery& next();
  void complete(const Open& open);

  std::vector<Delivery> deliveries_;  // the first used_ are valid; the rest keep their memory
  size_t used_ = 0;
  std::vector<Open> open_;   // superframes that may still grow: one a flow
  std::vector<Open> grown_;  // those that may not any more
};

}  // namespace ike::esp
