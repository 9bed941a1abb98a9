// How many ICMP errors may be made: so many a second, so many at once.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace ike::esp {

class AnswerBudget {
 public:
  AnswerBudget(uint32_t per_second, uint32_t at_once)
      : each_(seconds(1) / std::max<uint32_t>(per_second, 1)), full_(each_ * at_once) {}

  //= RFC 4443 section 2.4: the rate of error messages is bounded, bursts are let through
  bool take(Instant now) {
    if (!last_) last_ = now - full_;
    // What was saved up, as time; more than a full bucket is not kept.
    last_ = std::max(*last_, now - full_);
    if (*last_ + each_ > now) return false;
    *last_ += each_;
    return true;
  }

 private:
  Duration each_;
  Duration full_;
  std::optional<Instant> last_;
};

}  // namespace ike::esp
