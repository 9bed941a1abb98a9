// Reads capture files: pcap (both byte orders, micro- and nanoseconds) and pcapng.
// Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "wire/reader.h"

namespace ike::tools {

// LINKTYPE_ values that we understand.
enum class LinkType : uint32_t {
  null = 0,
  ethernet = 1,
  raw_bsd = 12,
  raw_openbsd = 14,
  raw = 101,
  loop = 108,
  linux_sll = 113,
  ipv4 = 228,
  ipv6 = 229,
  linux_sll2 = 276,
};

struct Frame {
  uint32_t number = 0;   // from 1, as other tools count
  uint64_t time_us = 0;  // since 1970
  LinkType link{};
  Bytes data;  // as far as it was captured; aliases the file
};

class CaptureFile {
 public:
  // `file` must outlive this.  An error when it is no capture.
  static Result<CaptureFile> open(Bytes file);

  // The next frame, nothing at the end, an error where the file breaks off.
  Result<std::optional<Frame>> next();

 private:
  struct Interface {
    LinkType link{};
    uint32_t snap_length = 0;
    uint8_t time_resolution = 6;  // if_tsresol: a power of ten, or of two with the high bit
  };

  CaptureFile(wire::Reader reader, bool is_ng) : reader_(reader), is_ng_(is_ng) {}

  Result<void> read_pcap_header();
  Result<std::optional<Frame>> next_pcap();
  Result<std::optional<Frame>> next_ng();
  std::optional<Frame> take_block(uint32_t type, wire::Reader& body);
  Frame packet(wire::Reader& body, uint32_t interface, uint64_t ticks, uint32_t size);
  void add_interface(wire::Reader& body);
  uint16_t u16(wire::Reader& r) const;
  uint32_t u32(wire::Reader& r) const;

  wire::Reader reader_;
  bool is_ng_;
  bool little_endian_ = false;
  bool nanoseconds_ = false;
  uint32_t frames_ = 0;
  std::vector<Interface> interfaces_;
};

}  // namespace ike::tools
