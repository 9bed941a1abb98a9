#include "privsep/landlock.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/fd.h"

namespace ike::privsep {
namespace {

// All rights of the given version of the interface (1 has 13; 2 added REFER, 3 TRUNCATE).
uint64_t rights_of(long version) {
  uint64_t rights = (uint64_t{1} << 13) - 1;
  if (version >= 2) rights |= uint64_t{1} << 13;
  if (version >= 3) rights |= uint64_t{1} << 14;
  return rights;
}

}  // namespace

Result<LandlockOutcome> deny_files(int directory) {
  const long version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return LandlockOutcome::unavailable;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = rights_of(version);
  const kernel::Fd rules(static_cast<int>(
      syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes.handled_access_fs), 0)));
  if (!rules.valid()) return fail(Fault::internal, "landlock: no ruleset");
  if (directory >= 0) {
    landlock_path_beneath_attr beneath{};
    beneath.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
    beneath.parent_fd = directory;
    if (syscall(SYS_landlock_add_rule, rules.value(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) !=
        0) {
      return fail(Fault::internal, "landlock: no rule");
    }
  }
  if (syscall(SYS_landlock_restrict_self, rules.value(), 0) != 0) {
    return fail(Fault::internal, "landlock: not enforced");
  }
  return LandlockOutcome::enforced;
}

}  // namespace ike::privsep
