// Every role, once in its sandbox, tries what a taken process would try.
#include "privsep/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/secret.h"

namespace ike::privsep {
namespace {

constexpr uint32_t kNobody = 65534;
constexpr int kDone = 0, kRefused = 1, kSandboxFailed = 99;

// How the child ended: its exit code, or minus the signal.
int run_confined(Role role, int directory, const std::function<int()>& attempt) {
  fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const Confinement c{profile_of(role), kNobody, kNobody, directory};
    std::string detail, remark;
    if (!drop_rights(c, detail, remark) || !filter_calls(c, detail)) {
      fprintf(stderr, "%s\n", detail.c_str());
      _exit(kSandboxFailed);
    }
    _exit(attempt());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

class Sandbox : public testing::TestWithParam<Role> {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    if (!can_filter_calls()) GTEST_SKIP() << "built with a sanitizer";
  }
  int attempt(const std::function<int()>& what) { return run_confined(GetParam(), -1, what); }
};

TEST_P(Sandbox, CannotOpenFiles) {
  EXPECT_EQ(attempt([] {
              return open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? kRefused : kDone;
            }),
            kRefused);
  EXPECT_EQ(attempt([] { return open("/tmp/x", O_WRONLY | O_CREAT, 0600) < 0 ? kRefused : kDone; }),
            kRefused);
}

TEST_P(Sandbox, CannotMakeSockets) {
  EXPECT_EQ(attempt([] { return socket(AF_INET, SOCK_DGRAM, 0) < 0 ? kRefused : kDone; }), -SIGSYS);
  EXPECT_EQ(attempt([] { return socket(AF_NETLINK, SOCK_RAW, 0) < 0 ? kRefused : kDone; }),
            -SIGSYS);
}

TEST_P(Sandbox, CannotForkOrExec) {
  EXPECT_EQ(attempt([] { return fork() < 0 ? kRefused : kDone; }), -SIGSYS);
  EXPECT_EQ(attempt([] { return execl("/bin/true", "true", nullptr) < 0 ? kRefused : kDone; }),
            -SIGSYS);
}

TEST_P(Sandbox, CannotTraceASibling) {
  fflush(nullptr);
  const pid_t sibling = fork();
  if (sibling == 0) {
    pause();
    _exit(0);
  }
  EXPECT_EQ(attempt([&] { return ptrace(PTRACE_ATTACH, sibling, 0, 0) < 0 ? kRefused : kDone; }),
            -SIGSYS);
  EXPECT_EQ(attempt([&] { return kill(sibling, SIGTERM) < 0 ? kRefused : kDone; }), -SIGSYS);
  kill(sibling, SIGKILL);
  waitpid(sibling, nullptr, 0);
}

TEST_P(Sandbox, CannotMakeMemoryExecutable) {
  EXPECT_EQ(attempt([] {
              return mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                          0) == MAP_FAILED
                         ? kRefused
                         : kDone;
            }),
            -SIGSYS);
}

TEST_P(Sandbox, CannotBecomeRootAgain) {
  EXPECT_EQ(attempt([] { return setuid(0) < 0 ? kRefused : kDone; }), -SIGSYS);
}

TEST_P(Sandbox, CanDoItsWork) {
  EXPECT_EQ(attempt([] {
              Blob memory(8u << 20, 1);
              const Secret copy{Bytes(memory)};
              return copy.size() == memory.size() && getpid() > 0 ? kDone : kRefused;
            }),
            kDone);
}

INSTANTIATE_TEST_SUITE_P(Roles, Sandbox, testing::ValuesIn(kChildren),
                         [](const auto& param) { return std::string(name_of(param.param)); });

// What holds even if the filter on system calls were left out.
TEST(SandboxRights, FilesStayClosedByLandlockAlone) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    std::string detail, remark;
    if (!drop_rights({profile_of(Role::engine), kNobody, kNobody, -1}, detail, remark)) _exit(99);
    if (!remark.empty()) _exit(77);
    _exit(open("/etc/passwd", O_RDONLY) < 0 ? kRefused : kDone);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this kernel has no landlock";
  EXPECT_EQ(WEXITSTATUS(status), kRefused);
}

TEST(SandboxRights, OnlyTheKernelRoleKeepsACapability) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  for (const Role role : kChildren) {
    fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      const int status = open("/proc/self/status", O_RDONLY);
      std::string detail, remark;
      if (!drop_rights({profile_of(role), kNobody, kNobody, -1}, detail, remark)) _exit(99);
      std::string text(4096, 0);
      const auto size = pread(status, text.data(), text.size(), 0);
      const size_t at = text.find("CapEff:\t");
      if (size <= 0 || at == std::string::npos) _exit(98);
      const bool none = text.substr(at + 8, 16) == "0000000000000000";
      const bool net_admin = text.substr(at + 8, 16) == "0000000000001000";
      _exit(role == Role::kernel ? (net_admin ? 0 : 1) : (none ? 0 : 1));
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0) << name_of(role);
  }
}

TEST(KeysSandbox, ReadsItsDirectoryAndNothingElse) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  if (!can_filter_calls()) GTEST_SKIP() << "built with a sanitizer";
  std::string folder = "/tmp/ike-sandbox-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  chmod(folder.c_str(), 0755);
  const std::string file = folder + "/peer";
  close(open(file.c_str(), O_CREAT | O_WRONLY, 0644));
  chmod(file.c_str(), 0644);
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY);

  const auto attempt = [&](const std::function<int()>& what) {
    return run_confined(Role::keys, directory, what);
  };
  EXPECT_EQ(attempt([&] {
              return openat(directory, "peer", O_RDONLY | O_CLOEXEC) >= 0 ? kDone : kRefused;
            }),
            kDone);
  EXPECT_NE(attempt([&] { return openat(directory, "peer", O_WRONLY) >= 0 ? kDone : kRefused; }),
            kDone);
  EXPECT_EQ(
      attempt([&] { return openat(AT_FDCWD, file.c_str(), O_RDONLY) >= 0 ? kDone : kRefused; }),
      kRefused);
  EXPECT_EQ(
      attempt([&] { return openat(directory, "/etc/passwd", O_RDONLY) >= 0 ? kDone : kRefused; }),
      kRefused);
  unlink(file.c_str());
  rmdir(folder.c_str());
  close(directory);
}

}  // namespace
}  // namespace ike::privsep
