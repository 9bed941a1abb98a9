// How much work a query may still cause: whoever computes pays in steps, and stops when there are
// none left.
#pragma once

#include <cstdint>

namespace ike::keynote {

struct Budget {
  uint64_t steps = 0;

  // False when the steps are used up; they stay used up.
  [[nodiscard]] bool spend(uint64_t cost) {
    if (cost > steps) {
      steps = 0;
      return false;
    }
    steps -= cost;
    return true;
  }
};

}  // namespace ike::keynote
