#include "privsep/spawn.h"

#include <fcntl.h>
#include <spawn.h>

#include <array>

namespace ike::privsep {

Result<pid_t> spawn(const Program& program, Role role, int channel) {
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0) return fail(Fault::internal, "posix_spawn");
  std::string name = program.title + ": " + std::string(name_of(role));
  std::string flag = "--role";
  std::string value(name_of(role));
  const std::array<char*, 4> arguments{name.data(), flag.data(), value.data(), nullptr};
  const std::array<char*, 1> environment{nullptr};
  pid_t pid = -1;
  // All other descriptors are close-on-exec.
  const bool started = posix_spawn_file_actions_adddup2(&actions, channel, kParentChannel) == 0 &&
                       posix_spawn(&pid, program.path.c_str(), &actions, nullptr, arguments.data(),
                                   environment.data()) == 0;
  posix_spawn_file_actions_destroy(&actions);
  if (!started) return fail(Fault::internal, "cannot start a child process");
  return pid;
}

}  // namespace ike::privsep
