// Builds a chain of payloads: generic headers, lengths and next-payload fields.
#pragma once

#include "base/numbers.h"
#include "wire/chain.h"
#include "wire/v2/notify.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

class PayloadWriter {
 public:
  // Appends to `out`, which must outlive this and not be changed otherwise meanwhile.
  explicit PayloadWriter(Blob& out) : writer_(out), start_(out.size()), last_(out.size()) {}

  // Anything with write(Writer&).  A body over 65531 octets is a defect of the caller.
  template <typename Body>
  void add(PayloadType type, const Body& body) {
    const size_t at = open(type);
    body.write(writer_);
    close(at);
  }
  template <typename Payload>
    requires requires { Payload::kType; }
  void add(const Payload& payload) {
    add(Payload::kType, payload);
  }
  void add_raw(PayloadType type, Bytes body) {
    const size_t at = open(type);
    writer_.bytes(body);
    close(at);
  }

  // A notify about no particular SA, without a body and with one.
  void notify(NotifyType type) { add(Notify{.type = type, .spi = {}, .data = {}}); }
  template <typename Body>
  void notify(NotifyType type, const Body& body) {
    const size_t at = open(PayloadType::notify);
    Notify{.type = type, .spi = {}, .data = {}}.write(writer_);
    body.write(writer_);
    close(at);
  }
  template <typename Body>
    requires requires { Body::kNotify; }
  void notify(const Body& body) {
    notify(Body::kNotify, body);
  }

  // Moves the payload added last to the front of the chain.
  //= RFC 7296 section 2.6: a returned cookie is the first payload
  void move_last_to_front();

  // The type of the first payload, for the field of whatever precedes the chain.
  PayloadType first() const { return first_; }
  bool empty() const { return first_ == PayloadType::none; }

 private:
  size_t open(PayloadType type);  // the offset of the generic header
  void close(size_t at);

  Writer writer_;
  size_t start_;  // offset of the chain in the buffer
  size_t last_;   // offset of the last payload's generic header
  size_t before_last_ = 0;
  PayloadType first_ = PayloadType::none;
  PayloadType last_type_ = PayloadType::none;
};

}  // namespace ike::wire::v2
