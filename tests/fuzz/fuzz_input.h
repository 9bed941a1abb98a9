// What libFuzzer hands over, as a view.
#pragma once

#include "base/bytes.h"

namespace ike::test {

// The pointer may be null when the size is 0.
inline Bytes fuzz_input(const uint8_t* data, size_t size) {
  return size == 0 ? Bytes{} : Bytes(data, size);
}

}  // namespace ike::test
