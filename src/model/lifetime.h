// When an SA is renewed and when it ends.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace ike::model {

// As configured: the hard limit.  The soft limit is drawn per SA between 85 and 95 per cent of it.
struct Lifetime {
  seconds time{0};     // 0 = without limit
  uint64_t bytes = 0;  // 0 = without limit

  friend bool operator==(const Lifetime&, const Lifetime&) = default;
};

}  // namespace ike::model
