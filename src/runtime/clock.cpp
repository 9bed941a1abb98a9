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

}  // namespace ike::runtime
