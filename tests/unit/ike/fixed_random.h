// Numbers that are the same in every run.
#pragma once

#include "base/random.h"

namespace ike::testing {

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(uint64_t seed = 1) : state_(seed) {}
  void fill_public(MutableBytes out) override { fill(out); }
  void fill_secret(MutableBytes out) override { fill(out); }

 private:
  void fill(MutableBytes out) {
    for (uint8_t& octet : out) {
      state_ = state_ * 6364136223846793005U + 1442695040888963407U;
      octet = static_cast<uint8_t>(state_ >> 56);
    }
  }
  uint64_t state_;
};

}  // namespace ike::testing
