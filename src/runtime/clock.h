// The only place where time is read.
#pragma once

#include "base/time.h"

namespace ike::runtime {

Instant monotonic_now();  // CLOCK_MONOTONIC
WallTime wall_now();

}  // namespace ike::runtime
