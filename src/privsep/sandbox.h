// Giving up rights, in two steps: what threads inherit, then the filter on system calls.
#pragma once

#include <string>

#include "base/result.h"
#include "privsep/profiles.h"

namespace ike::privsep {

struct Confinement {
  const Profile& profile;
  uint32_t uid = 0;  // 0: stay who you are
  uint32_t gid = 0;
  int directory = -1;  // the readable directory of a profile that has one
};

// Limits, account, capabilities, no_new_privs, landlock.  Before any thread is started.  `detail`
// has the system's words on an error.  `remark` says which protection this kernel lacks.
Result<void> drop_rights(const Confinement& confinement, std::string& detail, std::string& remark);

// From here on every other system call ends the process, in all its threads.
Result<void> filter_calls(const Confinement& confinement, std::string& detail);

// False in builds with a sanitizer, whose runtime needs calls that no profile allows.
bool can_filter_calls();

}  // namespace ike::privsep
