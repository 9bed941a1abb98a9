// A vector with its room inside and a fixed bound: no heap on the way of a handshake.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace ike::wire {

template <typename T, size_t kCapacity>
class InlineVector {
 public:
  // False when full; the value is then not taken.
  [[nodiscard]] bool push_back(const T& value) {
    if (size_ == kCapacity) return false;
    items_[size_++] = value;
    return true;
  }
  static constexpr size_t capacity() { return kCapacity; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](size_t i) const { return view()[i]; }
  const T& front() const { return view().front(); }
  const T* begin() const { return items_.data(); }
  const T* end() const { return items_.data() + size_; }
  std::span<const T> view() const { return {items_.data(), size_}; }

 private:
  std::array<T, kCapacity> items_{};
  size_t size_ = 0;
};

}  // namespace ike::wire
