#include "control/frame.h"

#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::control {

namespace {
constexpr size_t kLengthSize = 4;
constexpr size_t kHeadSize = 2;  // version and kind
}  // namespace

void append_frame(Blob& to, uint8_t kind, Bytes body) {
  wire::Writer w(to);
  w.u32(static_cast<uint32_t>(kHeadSize + body.size())).u8(kProtocolVersion).u8(kind).bytes(body);
}

void FrameReader::feed(Bytes more) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(taken_));
  taken_ = 0;
  append(buffer_, more);
}

Result<std::optional<Frame>> FrameReader::next() {
  const Bytes waiting = Bytes(buffer_).subspan(taken_);
  if (waiting.size() < kLengthSize) return std::nullopt;
  wire::Reader r(waiting, "control frame");
  const size_t length = r.u32();
  if (length < kHeadSize) return fail(Fault::malformed, "control frame without a head");
  if (length > frame_max_) return fail(Fault::limit, "control frame too long");
  // The version before the rest: of another version only the length is known to mean the same.
  if (r.more() && r.u8() != kProtocolVersion) {
    return fail(Fault::unsupported, "control protocol of another version");
  }
  if (waiting.size() < kLengthSize + length) return std::nullopt;
  taken_ += kLengthSize + length;
  const uint8_t kind = r.u8();
  return Frame{kind, r.bytes(length - kHeadSize)};
}

}  // namespace ike::control
