#include "wire/chain.h"

namespace ike::wire {

namespace {

constexpr uint8_t kCriticalBit = 0x80;

bool ends_chain(PayloadType type) { return type == PayloadType::sk || type == PayloadType::skf; }

}  // namespace

std::optional<RawPayload> Chain::next() {
  if (next_ == PayloadType::none || reader_.failed()) return std::nullopt;
  if (++count_ > limits::kPayloadsMax) {
    reader_.fail("too many payloads", Fault::limit);
    return std::nullopt;
  }
  RawPayload p;
  p.type = next_;
  p.next = static_cast<PayloadType>(reader_.u8());
  p.critical = (reader_.u8() & kCriticalBit) != 0;
  const uint16_t length = reader_.u16();
  // Also what keeps a length of 0 from going round in circles.
  reader_.require(length >= kPayloadHeaderSize, "payload shorter than its own header");
  p.at = reader_.offset();
  p.body = reader_.failed() ? Bytes{} : reader_.bytes(length - kPayloadHeaderSize);
  if (reader_.failed()) return std::nullopt;
  //= RFC 7296 section 3.14: SK is the last payload, its next payload field names the first one
  // inside
  next_ = ends_chain(p.type) ? PayloadType::none : p.next;
  return p;
}

Result<void> Chain::done() const {
  if (!reader_.failed() && reader_.more()) {
    return fail(Fault::malformed, "octets after the last payload", reader_.offset());
  }
  return reader_.done();
}

}  // namespace ike::wire
