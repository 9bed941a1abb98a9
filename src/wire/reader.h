// A bounded cursor over octets from outside.  The first read past the end latches the reason and
// its offset; later reads yield zero and empty views, so a parser is a list of fields and one
// done() at the end.  Loops must be `while (r.more())`, which is false after a failure.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace ike::wire {

class Reader {
 public:
  // `name` is static text for errors; `base` is the offset of `data` in the whole message.
  explicit Reader(Bytes data, std::string_view name = "truncated", uint32_t base = 0)
      : data_(data), name_(name), base_(base) {}

  uint8_t u8() { return static_cast<uint8_t>(number(1)); }
  uint16_t u16() { return static_cast<uint16_t>(number(2)); }
  uint32_t u32() { return static_cast<uint32_t>(number(4)); }
  uint64_t u64() { return number(8); }
  Bytes bytes(size_t size) { return take(size); }  // aliases the data
  Bytes rest() { return take(remaining()); }
  void skip(size_t size) { take(size); }
  // A Reader over the next `size` octets, with offsets that stay those of the whole message.  When
  // there are not that many, this Reader fails and the result is empty.
  Reader sub(size_t size, std::string_view name) {
    const uint32_t start = offset();
    return Reader(take(size), name, start);
  }

  size_t remaining() const { return failed_ ? 0 : data_.size() - position_; }
  bool more() const { return remaining() > 0; }
  bool failed() const { return failed_; }
  uint32_t offset() const { return base_ + static_cast<uint32_t>(position_); }

  // Latches a failure of our own; `static_text` must outlive the Error.
  void fail(std::string_view static_text, Fault fault = Fault::malformed) {
    if (!failed_) latch(static_text, fault);
  }
  void require(bool condition, std::string_view static_text) {
    if (!condition) fail(static_text);
  }

  // The value when all went well and nothing is left over.
  template <typename T>
  Result<T> done(T value) const {
    if (failed_) return std::unexpected(error_);
    if (position_ != data_.size()) return trailing();
    return value;
  }
  Result<void> done() const {
    if (failed_) return std::unexpected(error_);
    if (position_ != data_.size()) return trailing();
    return {};
  }
  // The same, where octets may be left over.
  template <typename T>
  Result<T> so_far(T value) const {
    if (failed_) return std::unexpected(error_);
    return value;
  }
  const Error& error() const { return error_; }  // meaningful after failed()

 private:
  Bytes take(size_t size) {
    if (failed_ || size > data_.size() - position_) {
      if (!failed_) latch(name_, Fault::malformed);
      return {};
    }
    const Bytes taken = data_.subspan(position_, size);
    position_ += size;
    return taken;
  }
  uint64_t number(size_t size) {
    uint64_t value = 0;
    for (const uint8_t octet : take(size)) value = value << 8 | octet;
    return value;
  }
  void latch(std::string_view what, Fault fault) {
    failed_ = true;
    error_ = Error{what, offset(), fault};
  }
  std::unexpected<Error> trailing() const {
    return std::unexpected(Error{"octets after the end", offset(), Fault::malformed});
  }

  Bytes data_;
  size_t position_ = 0;
  std::string_view name_;
  uint32_t base_;
  bool failed_ = false;
  Error error_;
};

}  // namespace ike::wire
