// The only place where time is read.
#pragma once

#include "base/time.h"

namespace ike::runtime {

Instant monotonic_now();  // CLOCK_MONOTONIC
WallTime wall_now();
int64_t unix_microseconds();

}  // namespace ike::runtime
