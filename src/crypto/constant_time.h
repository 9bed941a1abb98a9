// What keeps a compiler from turning arithmetic on secrets into branches.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace ike::crypto {

// The value itself, of which the compiler may assume nothing any more: not that a bit is 0 or 1,
// not that a mask is one.
template <typename T>
inline T opaque(T value) {
  __asm__ __volatile__("" : "+r"(value));
  return value;
}

// Copies `from` over `to` if `take`, and takes the same time if not.  The sizes are equal.
inline void copy_if(bool take, MutableBytes to, Bytes from) {
  const auto mask = opaque(static_cast<uint8_t>(-static_cast<int>(opaque<uint8_t>(take))));
  for (size_t i = 0; i < to.size(); ++i) {
    to[i] = static_cast<uint8_t>(to[i] ^ (mask & (to[i] ^ from[i])));
  }
}

}  // namespace ike::crypto
