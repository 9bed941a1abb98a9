#include "tools/ike/capture_file.h"

#include <algorithm>
#include <bit>

namespace ike::tools {

namespace {

constexpr uint32_t kPcapMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kPcapNanoseconds = 0xa1b23c4d;
constexpr uint32_t kSectionHeader = 0x0a0d0d0a;  // the same in both byte orders
constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kPacketBlock = 2;  // obsolete
constexpr uint32_t kSimplePacket = 3;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint16_t kOptionTimeResolution = 9;
constexpr size_t kBlockFrameSize = 12;   // type, length, and the length once more at the end
constexpr size_t kInterfacesMax = 4096;  // of a section
constexpr uint32_t kFrameSizeMax = 1U << 20;

uint64_t to_microseconds(uint64_t ticks, uint8_t resolution) {
  const unsigned exponent = resolution & 0x7f;
  if ((resolution & 0x80) != 0) {
    if (exponent > 40) return 0;  // not a clock anybody has
    const uint64_t seconds = ticks >> exponent;
    const uint64_t fraction = ticks - (seconds << exponent);
    return seconds * 1'000'000 + (fraction * 1'000'000 >> exponent);
  }
  for (unsigned i = exponent; i < 6; ++i) ticks *= 10;
  for (unsigned i = 6; i < exponent && ticks != 0; ++i) ticks /= 10;
  return ticks;
}

}  // namespace

uint16_t CaptureFile::u16(wire::Reader& r) const {
  const uint16_t v = r.u16();
  return little_endian_ ? std::byteswap(v) : v;
}

uint32_t CaptureFile::u32(wire::Reader& r) const {
  const uint32_t v = r.u32();
  return little_endian_ ? std::byteswap(v) : v;
}

Result<CaptureFile> CaptureFile::open(Bytes file) {
  wire::Reader magic(file);
  if (magic.u32() == kSectionHeader) {
    return CaptureFile(wire::Reader(file, "pcapng: truncated"), true);
  }
  CaptureFile capture(wire::Reader(file, "pcap: truncated"), false);
  IKE_CHECK(capture.read_pcap_header());
  return capture;
}

Result<void> CaptureFile::read_pcap_header() {
  const uint32_t magic = reader_.u32();
  const uint32_t swapped = std::byteswap(magic);
  little_endian_ = swapped == kPcapMicroseconds || swapped == kPcapNanoseconds;
  nanoseconds_ = magic == kPcapNanoseconds || swapped == kPcapNanoseconds;
  if (!little_endian_ && !nanoseconds_ && magic != kPcapMicroseconds) {
    return fail(Fault::unsupported, "neither a pcap nor a pcapng file");
  }
  reader_.skip(2 + 2 + 4 + 4 + 4);  // version, time zone, accuracy, snapshot length
  // The upper bits tell whether frames end with a checksum, which nobody reads here.
  const auto link = static_cast<LinkType>(u32(reader_) & 0xffff);
  interfaces_.push_back({link, 0, static_cast<uint8_t>(nanoseconds_ ? 9 : 6)});
  if (reader_.failed()) return std::unexpected(reader_.error());
  return {};
}

Result<std::optional<Frame>> CaptureFile::next() { return is_ng_ ? next_ng() : next_pcap(); }

Result<std::optional<Frame>> CaptureFile::next_pcap() {
  if (!reader_.more()) {
    if (reader_.failed()) return std::unexpected(reader_.error());
    return std::nullopt;
  }
  Frame frame;
  const uint64_t seconds = u32(reader_);
  const uint64_t fraction = u32(reader_);
  const uint32_t size = u32(reader_);
  reader_.skip(4);  // the size on the wire
  reader_.require(size <= kFrameSizeMax, "pcap: frame larger than any link has");
  frame.number = ++frames_;
  frame.time_us = seconds * 1'000'000 + (nanoseconds_ ? fraction / 1000 : fraction);
  frame.link = interfaces_.front().link;
  frame.data = reader_.bytes(size);
  return reader_.so_far(std::optional(frame));
}

Result<std::optional<Frame>> CaptureFile::next_ng() {
  while (reader_.more()) {
    const uint32_t type = u32(reader_);
    if (type == kSectionHeader) {
      wire::Reader ahead = reader_;
      ahead.skip(4);
      const uint32_t magic = ahead.u32();
      little_endian_ = std::byteswap(magic) == kByteOrderMagic;
      reader_.require(little_endian_ || magic == kByteOrderMagic, "pcapng: no byte order");
      interfaces_.clear();
    }
    const uint32_t length = u32(reader_);
    reader_.require(length >= kBlockFrameSize && length % 4 == 0, "pcapng: wrong block length");
    const size_t size = reader_.failed() ? 0 : length - kBlockFrameSize;
    wire::Reader body = reader_.sub(size, "pcapng: block truncated");
    reader_.require(u32(reader_) == length, "pcapng: the two lengths of a block differ");
    if (reader_.failed()) break;
    const auto frame = take_block(type, body);
    if (body.failed()) return std::unexpected(body.error());
    if (frame) return frame;
  }
  if (reader_.failed()) return std::unexpected(reader_.error());
  return std::nullopt;
}

// The frame of a block that holds one.
std::optional<Frame> CaptureFile::take_block(uint32_t type, wire::Reader& body) {
  switch (type) {
    case kInterfaceDescription: add_interface(body); return std::nullopt;
    case kSimplePacket: {
      const uint32_t size = u32(body);
      const uint32_t snap = interfaces_.empty() ? 0 : interfaces_.front().snap_length;
      return packet(body, 0, 0, snap == 0 ? size : std::min(size, snap));
    }
    case kEnhancedPacket:
    case kPacketBlock: {
      const uint32_t interface = type == kEnhancedPacket ? u32(body) : u16(body);
      if (type == kPacketBlock) body.skip(2);  // the count of drops
      const uint64_t high = u32(body);
      const uint64_t ticks = high << 32 | u32(body);
      const uint32_t size = u32(body);
      body.skip(4);  // the size on the wire
      return packet(body, interface, ticks, size);
    }
    default: return std::nullopt;
  }
}

Frame CaptureFile::packet(wire::Reader& body, uint32_t interface, uint64_t ticks, uint32_t size) {
  Frame frame;
  frame.number = ++frames_;
  body.require(interface < interfaces_.size(), "pcapng: frame of an interface not described");
  body.require(size <= kFrameSizeMax, "pcapng: frame larger than any link has");
  frame.data = body.bytes(size);
  if (body.failed()) return frame;
  frame.link = interfaces_[interface].link;
  frame.time_us = to_microseconds(ticks, interfaces_[interface].time_resolution);
  return frame;
}

void CaptureFile::add_interface(wire::Reader& body) {
  Interface interface;
  interface.link = static_cast<LinkType>(u16(body));
  body.skip(2);
  interface.snap_length = u32(body);
  while (body.more()) {
    const uint16_t option = u16(body);
    const uint16_t size = u16(body);
    const Bytes value = body.bytes(size);
    if (option == 0) break;
    if (option == kOptionTimeResolution && size == 1) {
      interface.time_resolution = wire::Reader(value).u8();
    }
    // Values are padded to four octets; a file may leave the padding of the last one out.
    body.skip(std::min<size_t>((4 - size % 4) % 4, body.remaining()));
  }
  if (interfaces_.size() == kInterfacesMax) body.fail("pcapng: too many interfaces", Fault::limit);
  interfaces_.push_back(interface);
}

}  // namespace ike::tools
