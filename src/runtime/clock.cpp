#include "runtime/clock.h"

#include <time.h>

namespace ike::runtime {

Instant monotonic_now() {
  timespec ts{};
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return Instant{seconds(ts.tv_sec) + Duration(ts.tv_nsec)};
}

WallTime wall_now() {
  timespec ts{};
  clock_gettime(CLOCK_REALTIME, &ts);
  return WallTime{ts.tv_sec};
}

int64_t unix_microseconds() {
  timespec ts{};
  clock_gettime(CLOCK_REALTIME, &ts);
  return int64_t{ts.tv_sec} * 1'000'000 + ts.tv_nsec / 1'000;
}

}  // namespace ike::runtime
