// The system calls that each role may make, as a filter.
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>

#include "privsep/sandbox.h"

namespace ike::privsep {
namespace {

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

// Conditions on arguments, as libseccomp wants them; up to two.
struct Arguments {
  scmp_arg_cmp list[2]{};
  unsigned count = 0;

  void add(scmp_arg_cmp condition) { list[count++] = condition; }
};

scmp_arg_cmp masked(unsigned index, scmp_datum_t mask, scmp_datum_t value) {
  return {index, SCMP_CMP_MASKED_EQ, mask, value};
}

Arguments arguments_of(const Allowed& allowed, const Confinement& c) {
  Arguments a;
  switch (allowed.condition) {
    case Condition::none: break;
    case Condition::not_executable: a.add(masked(2, PROT_EXEC, 0)); break;
    case Condition::own_process:
      a.add({0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()), 0});
      break;
    case Condition::in_directory:
      a.add(masked(0, 0xffff'ffff, static_cast<uint32_t>(c.directory)));
      if (allowed.call == "openat") a.add(masked(2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
      break;
    case Condition::no_path: a.add(masked(3, AT_EMPTY_PATH, AT_EMPTY_PATH)); break;
  }
  return a;
}

bool allow(scmp_filter_ctx filter, const Allowed& allowed, const Confinement& c) {
  if (allowed.condition == Condition::in_directory && c.directory < 0) return true;
  const int number = seccomp_syscall_resolve_name(std::string(allowed.call).c_str());
  if (number == __NR_SCMP_ERROR) return true;  // not on this architecture
  const Arguments a = arguments_of(allowed, c);
  const int result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, a.count, a.list);
  // Negative numbers are calls of other architectures.
  return result == 0 || number < 0;
}

// A call that is allowed under a condition falls to the default where the condition does not hold;
// for the calls here that is EACCES, so their denial needs a rule of its own for each way to miss.
bool deny_softly(scmp_filter_ctx filter, std::string_view call, const Confinement& c) {
  const int number = seccomp_syscall_resolve_name(std::string(call).c_str());
  if (number < 0) return true;
  const bool by_directory = c.profile.reads_directory && c.directory >= 0;
  const scmp_datum_t directory = static_cast<uint32_t>(c.directory);
  const uint32_t answer = SCMP_ACT_ERRNO(EACCES);
  if (call == "openat" && by_directory) {
    const scmp_arg_cmp other{0, SCMP_CMP_NE, directory, 0};
    return seccomp_rule_add_array(filter, answer, number, 1, &other) == 0;
  }
  if (call == "newfstatat") {
    scmp_arg_cmp conditions[2]{masked(3, AT_EMPTY_PATH, 0), {0, SCMP_CMP_NE, directory, 0}};
    return seccomp_rule_add_array(filter, answer, number, by_directory ? 2 : 1, conditions) == 0;
  }
  return seccomp_rule_add_array(filter, answer, number, 0, nullptr) == 0;
}

}  // namespace

bool can_filter_calls() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return false;
#else
  return true;
#endif
#else
  return true;
#endif
}

Result<void> filter_calls(const Confinement& c, std::string& detail) {
  if (!can_filter_calls()) return {};
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release);
  bool done = filter != nullptr && seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0;
  for (const Allowed& allowed : common_calls()) done = done && allow(filter.get(), allowed, c);
  for (const Allowed& allowed : c.profile.calls) done = done && allow(filter.get(), allowed, c);
  for (const std::string_view call : softly_denied_calls()) {
    done = done && deny_softly(filter.get(), call, c);
  }
  if (!done) {
    detail = "seccomp: the filter cannot be built";
    return fail(Fault::internal, "seccomp: the filter cannot be built");
  }
  if (const int result = seccomp_load(filter.get()); result != 0) {
    detail = std::string("seccomp: ") + strerror(-result);
    return fail(Fault::internal, "seccomp: the filter cannot be loaded");
  }
  return {};
}

}  // namespace ike::privsep
