#include "crypto/der.h"

#include <algorithm>

#include "base/assert.h"

namespace ike::crypto {

Bytes DerReader::fault() {
  failed_ = true;
  data_ = {};
  return {};
}

Bytes DerReader::take(uint8_t tag) {
  if (data_.size() < 2 || data_[0] != tag) return fault();
  size_t length = data_[1];
  size_t header = 2;
  if (length >= 0x80) {
    const size_t count = length & 0x7f;
    // Two octets of length are enough for whatever we read.
    if (count == 0 || count > 2 || data_.size() < 2 + count) return fault();
    length = 0;
    for (size_t i = 0; i < count; ++i) length = length << 8 | data_[2 + i];
    if (length < 0x80 || (count == 2 && length < 0x100)) return fault();
    header += count;
  }
  if (data_.size() - header < length) return fault();
  const Bytes content = data_.subspan(header, length);
  data_ = data_.subspan(header + length);
  return content;
}

Bytes DerReader::positive() {
  const Bytes content = take(der::kInteger);
  if (content.empty() || (content[0] & 0x80) != 0) return fault();
  if (content[0] != 0) return content;
  // One zero, and only in front of a set top bit; zero itself is not positive.
  if (content.size() == 1 || (content[1] & 0x80) == 0) return fault();
  return content.subspan(1);
}

Blob der_element(uint8_t tag, Bytes content) {
  IKE_ASSERT(content.size() <= 0xffff);
  Blob out{tag};
  if (content.size() < 0x80) {
    out.push_back(static_cast<uint8_t>(content.size()));
  } else if (content.size() < 0x100) {
    out.insert(out.end(), {0x81, static_cast<uint8_t>(content.size())});
  } else {
    out.insert(out.end(), {0x82, static_cast<uint8_t>(content.size() >> 8),
                           static_cast<uint8_t>(content.size() & 0xff)});
  }
  append(out, content);
  return out;
}

Blob der_unsigned(Bytes number) {
  while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
  Blob content;
  if (number.empty() || (number[0] & 0x80) != 0) content.push_back(0);
  append(content, number);
  return der_element(der::kInteger, content);
}

}  // namespace ike::crypto
