// Time as the pure core sees it: values handed in, never read from a clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace ike {

using Duration = std::chrono::nanoseconds;

// A point on a clock that never jumps, counted from an arbitrary start.
struct MonotonicTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicTag>;
  static constexpr bool is_steady = true;  // deliberately no now()
};
using Instant = std::chrono::time_point<MonotonicTag, Duration>;

// Seconds since 1970-01-01 UTC, for certificates and for what is shown to people.
struct WallTime {
  int64_t seconds = 0;
  friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace ike
