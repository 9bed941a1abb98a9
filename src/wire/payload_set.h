// A set of the IKEv2 payload types that we parse; others are never members.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/numbers.h"

namespace ike::wire {

class PayloadSet {
 public:
  constexpr PayloadSet() = default;
  constexpr PayloadSet(std::initializer_list<PayloadType> types) {
    for (const PayloadType type : types) insert(type);
  }

  constexpr void insert(PayloadType type) { bits_ |= bit(type); }
  constexpr bool contains(PayloadType type) const { return (bits_ & bit(type)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  // The member with the smallest number; none when empty.
  constexpr PayloadType lowest() const {
    for (unsigned i = 0; i < 32; ++i) {
      if ((bits_ >> i & 1) != 0) return static_cast<PayloadType>(kBase + i);
    }
    return PayloadType::none;
  }
  constexpr PayloadSet operator|(PayloadSet other) const { return PayloadSet(bits_ | other.bits_); }
  constexpr PayloadSet operator-(PayloadSet other) const {
    return PayloadSet(bits_ & ~other.bits_);
  }
  friend constexpr bool operator==(PayloadSet, PayloadSet) = default;

 private:
  static constexpr unsigned kBase = 33;  // SA, the first payload of IKEv2
  constexpr explicit PayloadSet(uint32_t bits) : bits_(bits) {}
  static constexpr uint32_t bit(PayloadType type) {
    const bool known =
        (type >= PayloadType::sa && type <= PayloadType::eap) || type == PayloadType::skf;
    return known ? 1U << (static_cast<unsigned>(raw(type)) - kBase) : 0;
  }

  uint32_t bits_ = 0;
};

}  // namespace ike::wire
