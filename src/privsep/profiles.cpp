#include "privsep/profiles.h"

#include <array>

namespace ike::privsep {
namespace {

constexpr auto kCommon = std::to_array<Allowed>({
    {"read"},
    {"write"},
    {"readv"},
    {"writev"},
    {"close"},
    {"recvmsg"},
    {"sendmsg"},
    {"recvmmsg"},
    {"sendmmsg"},
    {"recvfrom"},
    {"sendto"},
    {"epoll_wait"},
    {"epoll_pwait"},
    {"epoll_ctl"},
    {"timerfd_settime"},
    {"clock_gettime"},
    {"gettimeofday"},
    {"time"},
    {"getrandom"},
    {"futex"},
    {"sched_yield"},
    {"restart_syscall"},
    {"brk"},
    {"munmap"},
    {"mremap"},
    {"madvise"},
    {"mmap", Condition::not_executable},
    {"mprotect", Condition::not_executable},
    {"exit"},
    {"exit_group"},
    {"rt_sigreturn"},
    {"rt_sigprocmask"},
    {"rt_sigaction"},
    {"sigaltstack"},
    {"getpid"},
    {"gettid"},
    {"tgkill", Condition::own_process},
    {"fstat"},
    {"newfstatat", Condition::no_path},
});

constexpr auto kSoftlyDenied = std::to_array<std::string_view>({
    "open",
    "openat",
    "openat2",
    "creat",
    "access",
    "faccessat",
    "faccessat2",
    "stat",
    "lstat",
    "newfstatat",
    "statx",
    "readlink",
    "readlinkat",
    "getcwd",
    "sched_getaffinity",
    "sysinfo",
});

constexpr auto kKeys = std::to_array<Allowed>({
    {"openat", Condition::in_directory},
    {"newfstatat", Condition::in_directory},
});
// Moves packets between descriptors that it was given.
constexpr auto kKernel = std::to_array<Allowed>({
    {"getsockopt"},
    {"setsockopt"},
    {"getsockname"},
    {"ppoll"},
    {"poll"},
});
// Its clients come in by the listening socket that it was given.
constexpr auto kControl = std::to_array<Allowed>({
    {"accept4"},
    {"accept"},
    {"getsockopt"},
    {"setsockopt"},
    {"shutdown"},
    {"fcntl"},
});
// Its threads exist when the filter comes; set_robust_list and rseq are their first steps.
constexpr auto kEngine = std::to_array<Allowed>({
    {"set_robust_list"},
    {"rseq"},
});

constexpr std::array<Profile, kChildren.size()> kProfiles{{
    {.role = Role::keys, .calls = kKeys, .lock_memory = true, .reads_directory = true},
    {.role = Role::kernel, .calls = kKernel, .net_admin = true},
    {.role = Role::control, .calls = kControl},
    {.role = Role::engine, .calls = kEngine},
}};

}  // namespace

const Profile& profile_of(Role role) {
  for (const Profile& profile : kProfiles) {
    if (profile.role == role) return profile;
  }
  return kProfiles.back();
}

std::span<const Allowed> common_calls() { return kCommon; }
std::span<const std::string_view> softly_denied_calls() { return kSoftlyDenied; }

}  // namespace ike::privsep
