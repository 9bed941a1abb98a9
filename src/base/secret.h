// Key material and passwords: wiped when gone, not copied by accident, never printed.
#pragma once

#include <initializer_list>
#include <type_traits>

#include "base/bytes.h"

namespace ike {

// Overwrites in a way that the compiler keeps.
void wipe(MutableBytes octets) noexcept;
void wipe(void* at, size_t size) noexcept;

// Time depends on the lengths only, which are not secret.
bool equal_constant_time(Bytes a, Bytes b) noexcept;

class Secret {
 public:
  Secret() = default;
  explicit Secret(size_t size) : octets_(size) {}
  explicit Secret(Bytes copy_of) : octets_(copy_of.begin(), copy_of.end()) {}
  // Takes over the octets; the source is left empty.
  static Secret adopt(Blob&& octets);
  static Secret concat(std::initializer_list<Bytes> parts);

  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : octets_(std::move(other.octets_)) { other.octets_.clear(); }
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(octets_); }

  Secret clone() const { return Secret(view()); }
  Bytes view() const { return octets_; }
  MutableBytes writable() { return octets_; }
  size_t size() const { return octets_.size(); }
  bool empty() const { return octets_.empty(); }
  // Cuts the tail off (and wipes it); growing is not possible.
  void shrink(size_t size);
  void clear();

  friend bool operator==(const Secret& a, const Secret& b) {
    return equal_constant_time(a.view(), b.view());
  }

 private:
  Blob octets_;  // never grows after construction, so no stale copy is left by a reallocation
};

// A plain structure or array, zero at first and wiped when it leaves its scope.
template <typename T>
struct Wiped : T {
  static_assert(std::is_trivially_copyable_v<T>);
  Wiped() : T{} {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { wipe(static_cast<T*>(this), sizeof(T)); }
};

}  // namespace ike
