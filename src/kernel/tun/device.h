// Reading and writing the TUN device: whole packets, and with IFF_VNET_HDR superframes.
#pragma once

#include <vector>

#include "esp/coalesce.h"

namespace ike::kernel {

struct FromInside {
  MutableBytes packet;  // empty: nothing is there (any more)
  esp::Offload offload;
};

class TunDevice {
 public:
  // Borrows the descriptor.
  TunDevice(int fd, bool vnet_header);

  int fd() const { return fd_; }
  bool superframes() const { return vnet_header_; }
  // Valid until the next read.
  FromInside read();
  void write(const esp::Delivery& delivery) const;
  void write(Bytes packet) const;

 private:
  int fd_;
  bool vnet_header_;
  std::vector<uint8_t> buffer_;
};

}  // namespace ike::kernel
