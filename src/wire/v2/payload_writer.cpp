#include "wire/v2/payload_writer.h"

#include <algorithm>

#include "base/assert.h"

namespace ike::wire::v2 {

size_t PayloadWriter::open(PayloadType type) {
  const size_t at = writer_.size();
  if (empty()) {
    first_ = type;
  } else {
    writer_.patch_u8(last_, raw(type));
  }
  before_last_ = last_;
  last_ = at;
  last_type_ = type;
  writer_.u8(raw(PayloadType::none)).u8(0).u16(0);
  return at;
}

void PayloadWriter::close(size_t at) {
  const size_t length = writer_.size() - at;
  IKE_ASSERT(length <= 0xffff);
  writer_.patch_u16(at + 2, static_cast<uint16_t>(length));
}

void PayloadWriter::move_last_to_front() {
  if (empty() || last_ == start_) return;
  Blob& out = writer_.out();
  const size_t moved = out.size() - last_;
  writer_.patch_u8(before_last_, raw(PayloadType::none));
  writer_.patch_u8(last_, raw(first_));
  std::rotate(out.begin() + static_cast<ptrdiff_t>(start_),
              out.begin() + static_cast<ptrdiff_t>(last_), out.end());
  first_ = last_type_;
  last_ = before_last_ + moved;
}

}  // namespace ike::wire::v2
