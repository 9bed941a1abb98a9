// Sends the runs of a batch over the outer sockets, with as few system calls as the kernel lets us.
#pragma once

#include <sys/socket.h>

#include <array>
#include <vector>

#include "esp/pipeline.h"

namespace ike::kernel {

struct OuterSockets {
  int raw_v4 = -1, raw_v6 = -1;      // ESP
  int clear_v4 = -1, clear_v6 = -1;  // whole packets
  struct Encap {
    int fd = -1;
    Endpoint local;  // as bound; may be the wildcard
  };
  std::vector<Encap> encap;
};

class Transmit {
 public:
  explicit Transmit(const OuterSockets& sockets) : sockets_(sockets) {}

  // Sends everything.  What the kernel does not take is lost, as on any network; destinations whose
  // path turned out to be too narrow are appended to `too_narrow`.
  void send(const esp::Batch& batch, std::vector<Address>& too_narrow);

 private:
  static constexpr size_t kMessagesMax = 64;
  struct alignas(cmsghdr) Control {
    std::array<uint8_t, 128> octets;
  };

  void add(int fd, const esp::Run& run, Bytes data, size_t segment_size);
  void flush(std::vector<Address>& too_narrow);
  void send_in_pieces(int fd, const esp::Run& run, Bytes data, std::vector<Address>& too_narrow);
  void send_clear(Bytes packet) const;
  int encap_socket(const esp::OuterPath& path) const;

  OuterSockets sockets_;
  bool segmentation_ = true;  // UDP_SEGMENT, until the kernel refuses it
  int pending_fd_ = -1;
  size_t pending_ = 0;
  std::array<mmsghdr, kMessagesMax> messages_{};
  std::array<iovec, kMessagesMax> vectors_{};
  std::array<sockaddr_storage, kMessagesMax> names_{};
  std::array<Control, kMessagesMax> controls_{};
};

}  // namespace ike::kernel
