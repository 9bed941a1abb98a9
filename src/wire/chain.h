// Walks a chain of payloads by their generic headers.  RFC 7296 section 3.2; IKEv1 has the same
// layout with another set of type numbers.
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// | Next Payload  |C|  RESERVED   |         Payload Length        |
#pragma once

#include <optional>

#include "base/limits.h"
#include "base/numbers.h"
#include "wire/reader.h"

namespace ike::wire {

inline constexpr size_t kPayloadHeaderSize = 4;

struct RawPayload {
  PayloadType type = PayloadType::none;
  PayloadType next = PayloadType::none;  // in SK and SKF: the type of the first payload inside
  bool critical = false;
  uint32_t at = 0;  // offset of `body` in the message
  Bytes body;       // without the generic header; aliases the message

  // Over the body, with offsets of the message in errors.
  Reader reader(std::string_view name) const { return Reader(body, name, at); }
};

class Chain {
 public:
  // `base` is the offset of `payloads` in the message.
  Chain(PayloadType first, Bytes payloads, uint32_t base = 0)
      : reader_(payloads, "payload runs out of the message", base), next_(first) {}

  // The next payload; nothing at the end and after a failure, which done() tells apart.
  std::optional<RawPayload> next();

  //= RFC 7296 section 3.1: the chain fills the message
  Result<void> done() const;

 private:
  Reader reader_;
  PayloadType next_;
  size_t count_ = 0;
};

}  // namespace ike::wire
