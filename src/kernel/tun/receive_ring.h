// Buffers for one recvmmsg, used over and over by all sockets of the back end.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/net.h"

namespace ike::kernel {

// How a socket's packets look.
enum class OuterKind : uint8_t { raw_v4, raw_v6, udp_v4, udp_v6 };

struct ReceivedBuffer {
  MutableBytes data;        // from the first ESP header on
  size_t segment_size = 0;  // packets of this size follow one another, the last may be smaller
  Endpoint from;            // port 0 for raw sockets
  Address to;
  uint8_t tos = 0;
};

class ReceiveRing {
 public:
  static constexpr size_t kMessages = 32;

  ReceiveRing();
  // Receives what is there; the views are valid until the next call.
  const std::vector<ReceivedBuffer>& receive(int fd, OuterKind kind);

 private:
  static constexpr size_t kStride = 65536 + 192;  // no two buffers at the same cache offset
  static constexpr size_t kControl = 256;

  std::vector<uint8_t> memory_;
  std::array<mmsghdr, kMessages> messages_{};
  std::array<iovec, kMessages> vectors_{};
  std::array<sockaddr_storage, kMessages> names_{};
  struct alignas(cmsghdr) Control {
    std::array<uint8_t, kControl> octets;
  };
  std::array<Control, kMessages> controls_{};
  std::vector<ReceivedBuffer> received_;
};

}  // namespace ike::kernel
