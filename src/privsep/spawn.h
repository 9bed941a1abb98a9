// Starts a child: this very program again, with a fresh address layout and one channel.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "privsep/role.h"

namespace ike::privsep {

inline constexpr int kParentChannel = 3;  // the descriptor on which a child finds its parent

// `path`: what to run, e.g. /proc/self/exe.  `title`: what `ps` shows in place of its name.
// The child inherits the blocked signals, stdin, stdout and stderr (`silent`: /dev/null in their
// place), and nothing of the environment.
struct Program {
  std::string path;
  std::string title;
  bool silent = false;
};
Result<pid_t> spawn(const Program& program, Role role, int channel);

}  // namespace ike::privsep
