#include "base/secret.h"

#include <algorithm>
#include <cstring>

namespace ike {

void wipe(MutableBytes octets) noexcept {
  if (!octets.empty()) wipe(octets.data(), octets.size());
}

void wipe(void* at, size_t size) noexcept { explicit_bzero(at, size); }

bool equal_constant_time(Bytes a, Bytes b) noexcept {
  if (a.size() != b.size()) return false;
  uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<uint8_t>(difference | (a[i] ^ b[i]));
  }
  // The barrier keeps the compiler from leaving the loop at the first difference.
  __asm__ __volatile__("" : "+r"(difference));
  return difference == 0;
}

Secret Secret::adopt(Blob&& octets) {
  Secret secret;
  secret.octets_ = std::move(octets);
  octets.clear();
  return secret;
}

Secret Secret::concat(std::initializer_list<Bytes> parts) {
  size_t size = 0;
  for (const Bytes part : parts) size += part.size();
  Secret secret(size);
  auto to = secret.octets_.begin();
  for (const Bytes part : parts) to = std::ranges::copy(part, to).out;
  return secret;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    clear();
    octets_ = std::move(other.octets_);
    other.octets_.clear();
  }
  return *this;
}

void Secret::shrink(size_t size) {
  if (size >= octets_.size()) return;
  wipe(MutableBytes(octets_).subspan(size));
  octets_.resize(size);
}

void Secret::clear() {
  wipe(octets_);
  octets_ = Blob{};
}

}  // namespace ike
