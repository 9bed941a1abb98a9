#include "kernel/tun/device.h"

#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ike::kernel {
namespace {

// What stands in front of each packet, in the machine's byte order (linux/virtio_net.h, which C++
// cannot include).
struct VirtioHeader {
  uint8_t flags = 0;
  uint8_t gso_type = 0;
  uint16_t header_size = 0;
  uint16_t gso_size = 0;
  uint16_t checksum_start = 0;
  uint16_t checksum_offset = 0;
};
static_assert(sizeof(VirtioHeader) == 10);
constexpr uint8_t kNeedsChecksum = 1;
constexpr uint8_t kGsoTcpV4 = 1, kGsoTcpV6 = 4, kGsoEcn = 0x80;

esp::Offload offload_of(const VirtioHeader& header) {
  esp::Offload offload;
  offload.needs_checksum = (header.flags & kNeedsChecksum) != 0;
  offload.checksum_start = header.checksum_start;
  offload.checksum_offset = header.checksum_offset;
  offload.segment_size = header.gso_size;
  switch (header.gso_type & ~kGsoEcn) {
    case kGsoTcpV4: offload.gso = esp::Gso::tcp_v4; break;
    case kGsoTcpV6: offload.gso = esp::Gso::tcp_v6; break;
    default: break;
  }
  return offload;
}

VirtioHeader header_of(const esp::Delivery& delivery) {
  VirtioHeader header{};
  const esp::Offload& offload = delivery.offload;
  if (offload.gso == esp::Gso::none) return header;
  header.flags = kNeedsChecksum;
  header.gso_type = offload.gso == esp::Gso::tcp_v6 ? kGsoTcpV6 : kGsoTcpV4;
  header.header_size = delivery.header_size;
  header.gso_size = offload.segment_size;
  header.checksum_start = offload.checksum_start;
  header.checksum_offset = offload.checksum_offset;
  return header;
}

iovec vector_of(Bytes octets) { return {const_cast<uint8_t*>(octets.data()), octets.size()}; }

}  // namespace

TunDevice::TunDevice(int fd, bool vnet_header)
    : fd_(fd), vnet_header_(vnet_header), buffer_(65536 + sizeof(VirtioHeader)) {}

FromInside TunDevice::read() {
  ssize_t got;
  do {
    got = ::read(fd_, buffer_.data(), buffer_.size());
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return {};
  const MutableBytes data = MutableBytes(buffer_).first(static_cast<size_t>(got));
  if (!vnet_header_) return {data, {}};
  VirtioHeader header;
  if (data.size() <= sizeof header) return {};
  std::memcpy(&header, data.data(), sizeof header);
  return {data.subspan(sizeof header), offload_of(header)};
}

void TunDevice::write(const esp::Delivery& delivery) const {
  std::array<iovec, 128> vectors;
  size_t count = 0;
  const VirtioHeader header = header_of(delivery);
  if (vnet_header_) {
    vectors[count++] = {const_cast<VirtioHeader*>(&header), sizeof header};
  }
  vectors[count++] = vector_of(delivery.head);
  for (const Bytes piece : delivery.pieces) vectors[count++] = vector_of(piece);
  // A full queue loses the packet, as any router would.
  [[maybe_unused]] const auto written = writev(fd_, vectors.data(), static_cast<int>(count));
}

void TunDevice::write(Bytes packet) const {
  const VirtioHeader header{};
  const std::array<iovec, 2> vectors{
      iovec{const_cast<VirtioHeader*>(&header), vnet_header_ ? sizeof header : size_t{0}},
      vector_of(packet)};
  [[maybe_unused]] const auto written = writev(fd_, vectors.data(), 2);
}

}  // namespace ike::kernel
