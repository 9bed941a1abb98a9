// What processes on this machine cost: the responder's, and our own.
#pragma once

#include <sys/types.h>

#include <vector>

#include "base/time.h"

namespace ike::load {

struct Usage {
  Duration cpu{};       // on a processor, all threads of all processes
  uint64_t memory = 0;  // octets: proportional set size, so that shared pages count once
};

// The processes and all their descendants, as they are now.  One that has ended counts nothing.
Usage usage_of(const std::vector<pid_t>& roots);
// The time alone, which is much cheaper to find out.
Duration cpu_of(const std::vector<pid_t>& roots);

}  // namespace ike::load
