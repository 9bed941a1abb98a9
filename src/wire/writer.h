// Appends octets in network byte order to a buffer that the caller owns.
#pragma once

#include "base/assert.h"
#include "base/bytes.h"

namespace ike::wire {

class Writer {
 public:
  explicit Writer(Blob& out) : out_(out) {}

  Writer& u8(uint8_t v) { return number(v, 1); }
  Writer& u16(uint16_t v) { return number(v, 2); }
  Writer& u32(uint32_t v) { return number(v, 4); }
  Writer& u64(uint64_t v) { return number(v, 8); }
  Writer& bytes(Bytes v) {
    append(out_, v);
    return *this;
  }
  Writer& zeros(size_t count) {
    out_.resize(out_.size() + count);
    return *this;
  }
  size_t size() const { return out_.size(); }
  Blob& out() { return out_; }

  // Overwrites what was written before, for lengths known only later.
  void patch_u8(size_t at, uint8_t v) { patch(at, v, 1); }
  void patch_u16(size_t at, uint16_t v) { patch(at, v, 2); }
  void patch_u32(size_t at, uint32_t v) { patch(at, v, 4); }

 private:
  Writer& number(uint64_t v, unsigned size) {
    for (unsigned shift = size * 8; shift > 0;) {
      shift -= 8;
      out_.push_back(static_cast<uint8_t>(v >> shift));
    }
    return *this;
  }
  void patch(size_t at, uint64_t v, unsigned size) {
    IKE_ASSERT(at + size <= out_.size());
    for (unsigned i = size; i-- > 0; v >>= 8) out_[at + i] = static_cast<uint8_t>(v);
  }

  Blob& out_;
};

// A length field of 16 bits that counts from `start` (usually its own structure's first octet) and
// is filled in when the scope ends.
class LengthScope16 {
 public:
  LengthScope16(Writer& w, size_t start, size_t field) : w_(w), start_(start), field_(field) {}
  LengthScope16(const LengthScope16&) = delete;
  LengthScope16& operator=(const LengthScope16&) = delete;
  ~LengthScope16() { w_.patch_u16(field_, static_cast<uint16_t>(w_.size() - start_)); }

 private:
  Writer& w_;
  size_t start_;
  size_t field_;
};

}  // namespace ike::wire
