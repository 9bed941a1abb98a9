// Finds the UDP datagram in a captured frame.
#pragma once

#include <optional>

#include "base/net.h"
#include "tools/ike/capture_file.h"

namespace ike::tools {

struct UdpDatagram {
  Endpoint from;
  Endpoint to;
  Bytes payload;  // as far as it was captured; aliases the frame
};

// Nothing when the frame holds no UDP, or a later fragment of an IP packet.  Of a first fragment
// the datagram is as long as that fragment: fragments are not put together.
std::optional<UdpDatagram> udp_in(const Frame& frame);

}  // namespace ike::tools
