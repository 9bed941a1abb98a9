// What the parent opens for others while it has the rights.
#pragma once

#include <string>
#include <vector>

#include "kernel/factory.h"

namespace ike::privsep {

struct UdpSocket {
  kernel::Fd fd;
  Endpoint local;
};
struct UdpSockets {
  std::vector<UdpSocket> ike;         // for the engine
  std::vector<kernel::Resource> esp;  // for the data plane
};

struct UdpPlan {
  kernel::BackendKind backend = kernel::BackendKind::none;
  uint16_t ike_port = 500;    // 0: not opened
  uint16_t natt_port = 4500;  // 0: not opened
};

// Wildcard sockets of both families; a family that the system does not have is left out.  On an
// error `detail` names address and port, and says what to do.
Result<UdpSockets> open_udp(const UdpPlan& plan, std::string& detail);

// A stale socket is removed; one that somebody listens on is an error.
Result<kernel::Fd> open_control_socket(const std::string& path, std::string& detail);

}  // namespace ike::privsep
