// Starts a child: this very program again, with a fresh address layout and one channel.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "privsep/role.h"

namespace ike::privsep {

inline constexpr int kParentChannel = 3;  // the descriptor on which a child finds its parent

// `program`: what to run, e.g. /proc/self/exe.  `title`: what `ps` shows in place of its name.
// The child inherits stdin, stdout, stderr, the blocked signals and nothing of the environment.
Result<pid_t> spawn(const std::string& program, const std::string& title, Role role, int channel);

}  // namespace ike::privsep
