// What each role may do once it runs: the sandbox as data.
#pragma once

#include <span>
#include <string_view>

#include "privsep/role.h"

namespace ike::privsep {

// How the arguments of an allowed system call are narrowed.
enum class Condition : uint8_t {
  none,
  not_executable,  // mmap, mprotect: without PROT_EXEC
  own_process,     // tgkill: this process only
  in_directory,    // openat, newfstatat: relative to the one readable directory, for reading
  no_path,         // newfstatat: of a descriptor
};

struct Allowed {
  std::string_view call;
  Condition condition = Condition::none;
};

struct Profile {
  Role role{};
  std::span<const Allowed> calls;  // beside those that every role has
  bool net_admin = false;          // keeps CAP_NET_ADMIN
  bool lock_memory = false;        // its pages are not swapped out, as far as the limits allow
  bool reads_directory = false;    // may open files below one directory
};

// Not for the parent, which keeps its rights.
const Profile& profile_of(Role role);
std::span<const Allowed> common_calls();
// Answered with EACCES instead of death: libraries try and go on without.
std::span<const std::string_view> softly_denied_calls();

}  // namespace ike::privsep
