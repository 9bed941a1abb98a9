// iked: options, one configuration load, and then the processes.
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "base/printable.h"
#include "crypto/openssl/openssl_provider.h"
#include "daemons/iked/loader.h"
#include "daemons/iked/options.h"
#include "privsep/parent.h"
#include "runtime/sd_notify.h"

namespace ike::daemon {
namespace {

// What -V of the original prints, for scripts that look; then what this is.
constexpr std::string_view kVersion = "OpenIKED 7.4\nikesuite " IKE_VERSION "\n";

int complain(std::string_view text) {
  std::fputs(printable_lines(text).c_str(), stderr);
  return EXIT_FAILURE;
}

void print(std::string_view text) { std::fputs(std::string(text).c_str(), stdout); }

std::unique_ptr<crypto::Provider> make_provider() { return crypto::openssl::make_provider(); }

struct Account {
  uint32_t uid = 0, gid = 0;
};

std::expected<Account, std::string> find_account(const std::string& name) {
  if (const passwd* entry = getpwnam(name.c_str())) return Account{entry->pw_uid, entry->pw_gid};
  return std::unexpected("iked: no account " + name +
                         " for the unprivileged processes; make it by\n"
                         "  adduser --system --group --home /var/empty --no-create-home \\\n"
                         "    --shell /usr/sbin/nologin --force-badname " +
                         name + "\nor name another one with --user\n");
}

int check(const Options& options) {
  IkedLoader loader(options.load, options.etc_directory);
  const auto snapshot = loader.load("");
  if (!snapshot) return complain(snapshot.error());
  complain(snapshot->text);
  for (const std::string& line : loader.take_normalised()) complain(line + "\n");
  complain("configuration OK\n");
  return EXIT_SUCCESS;
}

// Leaves the terminal.  The first process waits until the daemon works, and exits with its verdict.
class Detachment {
 public:
  bool begin() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    const pid_t pid = fork();
    if (pid < 0) return false;
    if (pid > 0) {
      close(ends[1]);
      char verdict = 0;
      const bool works = read(ends[0], &verdict, 1) == 1;
      _exit(works ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    close(ends[0]);
    pipe_ = ends[1];
    setsid();
    return true;
  }
  void complete() {
    if (pipe_ < 0) return;
    if (chdir("/") != 0) return;
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
    const char works = 1;
    static_cast<void>(!write(pipe_, &works, 1));
    close(std::exchange(pipe_, -1));
  }

 private:
  int pipe_ = -1;
};

runtime::LogTarget log_target(const Options& options) {
  if (options.foreground == 0) return runtime::LogTarget::syslog;
  return options.json_log ? runtime::LogTarget::stderr_json : runtime::LogTarget::stderr_text;
}

privsep::ParentOptions parent_options(const Options& options, const Account& account,
                                      const model::Global& global) {
  privsep::ParentOptions out;
  out.title = "iked";
  out.control_path = options.control_path;
  out.public_keys_path = options.etc_directory + "/pubkeys";
  out.backend = options.backend;
  out.ike_port = global.natt_only ? uint16_t{0} : global.ike_port;
  const bool no_natt = options.load.nat_traversal == config::iked::NatTraversal::off;
  out.natt_port = no_natt ? uint16_t{0} : global.natt_port;
  out.uid = account.uid;
  out.gid = account.gid;
  out.invoker = getuid();
  out.verbosity = static_cast<uint8_t>(std::min(options.verbosity, 3U));
  out.log_target = log_target(options);
  out.collapsed = options.collapsed;
  out.crypto_threads = std::clamp(std::thread::hardware_concurrency(), 1U, 3U);
  return out;
}

int run(const Options& options, const char* const* environment) {
  if (geteuid() != 0 && !options.collapsed) return complain("iked: need root privileges\n");
  Account account;
  if (!options.collapsed) {
    const auto found = find_account(options.user);
    if (!found) return complain(found.error());
    account = *found;
  }
  IkedLoader loader(options.load, options.etc_directory);
  auto snapshot = loader.load("");
  if (!snapshot) return complain(snapshot.error());
  for (const std::string& line : loader.take_normalised()) complain(line + "\n");
  complain(snapshot->text);

  Detachment detachment;
  if (options.foreground == 0 && !detachment.begin()) return complain("iked: cannot fork\n");
  if (options.collapsed) {
    complain("iked: --collapse: one process, without privilege separation\n");
  }
  runtime::ServiceManager manager(runtime::ServiceManager::address_in(environment));
  auto set = parent_options(options, account, snapshot->policy->global);
  if (const auto watchdog = runtime::ServiceManager::watchdog_in(environment)) {
    set.beat = std::min<Duration>(set.beat, *watchdog / 4);
    set.alive = [&manager] { manager.tell("WATCHDOG=1"); };
  }
  privsep::Parent parent(std::move(set), loader, &make_provider, [&] {
    detachment.complete();
    manager.tell("READY=1");
  });
  std::string detail;
  if (const auto started = parent.start(*std::move(snapshot), detail); !started) {
    return complain("iked: " + (detail.empty() ? std::string(started.error().what) : detail) +
                    "\n");
  }
  const int exit_code = parent.run();
  manager.tell("STOPPING=1");
  return exit_code;
}

int main(int argc, char** argv, char** environment) {
  const auto options = parse_options(argc, argv);
  if (!options) return complain(options.error());
  if (options->role) return privsep::run_child(*options->role, &make_provider);
  for (const std::string& warning : options->warnings) complain("iked: " + warning + "\n");
  if (options->show_version) return complain(kVersion), EXIT_SUCCESS;
  if (options->show_help) return print("iked (ikesuite " IKE_VERSION ")\n" + help()), EXIT_SUCCESS;
  return options->check_only ? check(*options) : run(*options, environment);
}

}  // namespace
}  // namespace ike::daemon

int main(int argc, char** argv, char** environment) {
  return ike::daemon::main(argc, argv, environment);
}
