// A strict reader of DER (X.690): definite, shortest lengths only.  Sticky like wire::Reader: after
// the first fault everything is empty, so a parser is a list of fields and one done() at its end.
#pragma once

#include "base/bytes.h"

namespace ike::crypto {

namespace der {
inline constexpr uint8_t kInteger = 0x02;
inline constexpr uint8_t kBitString = 0x03;
inline constexpr uint8_t kNull = 0x05;
inline constexpr uint8_t kOid = 0x06;
inline constexpr uint8_t kSequence = 0x30;
constexpr uint8_t context(uint8_t number) { return static_cast<uint8_t>(0xa0 | number); }
}  // namespace der

class DerReader {
 public:
  explicit DerReader(Bytes data) : data_(data) {}

  // The content of the next element, which must have this tag.
  Bytes take(uint8_t tag);
  DerReader enter(uint8_t tag) {
    const Bytes content = take(tag);
    return DerReader(content, failed_);
  }
  // A positive integer without its leading zero octet.
  Bytes positive();
  bool next_is(uint8_t tag) const { return !data_.empty() && data_[0] == tag; }
  bool more() const { return !data_.empty(); }
  bool done() const { return !failed_ && data_.empty(); }
  bool failed() const { return failed_; }

 private:
  DerReader(Bytes data, bool failed) : data_(data), failed_(failed) {}
  Bytes fault();

  Bytes data_;
  bool failed_ = false;
};

// An element around `content`.
Blob der_element(uint8_t tag, Bytes content);
// INTEGER of an unsigned big-endian number of any width.
Blob der_unsigned(Bytes number);

}  // namespace ike::crypto
