#include "privsep/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "privsep/landlock.h"

namespace ike::privsep {
namespace {

constexpr rlim_t kDescriptorsPerProcess = 1'024;

std::unexpected<Error> failed(std::string_view what, std::string& detail) {
  detail = std::string(what) + ": " + strerror(errno);
  return std::unexpected(Error{what, 0, Fault::internal});
}

bool limit(__rlimit_resource_t resource, rlim_t value) {
  const rlimit both{value, value};
  return setrlimit(resource, &both) == 0;
}

// Capabilities that were not inherited cannot come back by way of exec.
void empty_bounding_set() {
  for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; ++cap) {
    prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
  }
}

bool keep_only(bool net_admin) {
  const cap_t caps = cap_init();
  if (caps == nullptr) return false;
  const cap_value_t wanted = CAP_NET_ADMIN;
  bool done = true;
  if (net_admin) {
    done = cap_set_flag(caps, CAP_PERMITTED, 1, &wanted, CAP_SET) == 0 &&
           cap_set_flag(caps, CAP_EFFECTIVE, 1, &wanted, CAP_SET) == 0;
  }
  done = done && cap_set_proc(caps) == 0;
  cap_free(caps);
  return done;
}

Result<void> change_account(const Confinement& c, std::string& detail) {
  if (c.uid == 0) return {};
  const gid_t gid = c.gid;
  if (setgroups(1, &gid) != 0) return failed("setgroups", detail);
  if (setresgid(gid, gid, gid) != 0) return failed("setresgid", detail);
  if (c.profile.net_admin && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) {
    return failed("prctl(PR_SET_KEEPCAPS)", detail);
  }
  if (setresuid(c.uid, c.uid, c.uid) != 0) return failed("setresuid", detail);
  return {};
}

}  // namespace

Result<void> drop_rights(const Confinement& c, std::string& detail, std::string& remark) {
  if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_NOFILE, kDescriptorsPerProcess)) {
    return failed("setrlimit", detail);
  }
  // Pages are locked as they come into use; under a finite limit allocations would fail later, and
  // swapping is not worth that.
  if (c.profile.lock_memory && limit(RLIMIT_MEMLOCK, RLIM_INFINITY)) {
    mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
  }
  empty_bounding_set();
  IKE_CHECK(change_account(c, detail));
  if (!keep_only(c.profile.net_admin)) return failed("capset", detail);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no_new_privs", detail);
  // Siblings of the same account may neither trace us nor read our memory.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failed("prctl(PR_SET_DUMPABLE)", detail);
  IKE_TRY(const LandlockOutcome landlock, deny_files(c.profile.reads_directory ? c.directory : -1));
  if (landlock == LandlockOutcome::unavailable) {
    remark = "this kernel has no landlock; files are guarded by the system call filter alone";
  }
  return {};
}

}  // namespace ike::privsep
