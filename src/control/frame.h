// How messages travel on the control socket, which is a byte stream:
//
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                Length of version, kind and body               |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |    Version    |     Kind      |             body              ~
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// The version counts for everything: both ends are of one package, so there is nothing to
// negotiate.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace ike::control {

inline constexpr uint8_t kProtocolVersion = 1;
inline constexpr size_t kRequestFrameMax = 8'192;          // a path or an identity
inline constexpr size_t kReplyFrameMax = 4 * 1024 * 1024;  // one IKE SA with all it can have

struct Frame {
  uint8_t kind = 0;
  Bytes body;  // aliases the FrameReader, valid until its next call
};

void append_frame(Blob& to, uint8_t kind, Bytes body);

class FrameReader {
 public:
  // `frame_max`: the largest length that the other side may announce.
  explicit FrameReader(size_t frame_max) : frame_max_(frame_max) {}

  void feed(Bytes more);
  // The next whole frame, or nothing until more octets came.  After an error the stream is lost.
  Result<std::optional<Frame>> next();
  size_t buffered() const { return buffer_.size() - taken_; }

 private:
  size_t frame_max_;
  Blob buffer_;
  size_t taken_ = 0;  // octets of buffer_ that frames already handed out
};

}  // namespace ike::control
