// The parent: opens what needs rights, starts the others, gives them the configuration, and takes
// the set down when one of them dies.  It reads nothing from the network.
#pragma once

#include <sys/types.h>

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "privsep/service.h"
#include "privsep/sockets.h"
#include "runtime/log.h"
#include "runtime/loop.h"

namespace ike::privsep {

// A configuration that was read without errors.
struct Snapshot {
  model::PolicyPtr policy;
  model::Secrets secrets;
  Secret local_key;  // PEM; empty when there is none
  std::string local_path;
  std::string problem;  // why there is no local key
  std::string text;     // warnings for the operator
};

class Loader {
 public:
  virtual ~Loader() = default;
  // An empty path is the configured file.  The error is the diagnostics, lines of text.
  virtual std::expected<Snapshot, std::string> load(const std::string& path) = 0;
};

struct ParentOptions {
  std::string program = "/proc/self/exe";
  std::string title;  // of the processes, and of log lines
  std::string control_path;
  std::string public_keys_path;
  kernel::BackendKind backend = kernel::BackendKind::automatic;
  uint16_t ike_port = 500;
  uint16_t natt_port = 4500;
  uint32_t uid = 0, gid = 0;  // of the unprivileged account
  uint32_t invoker = 0;
  uint8_t verbosity = 0;
  runtime::LogTarget log_target = runtime::LogTarget::syslog;
  bool collapsed = false;
  unsigned crypto_threads = 1;
};

class Parent final : public runtime::Timed {
 public:
  // `running` is called once, when everything works.  Everything must outlive the parent.
  Parent(ParentOptions options, Loader& loader, runtime::MakeProvider make_provider,
         std::function<void()> running);
  ~Parent() override;

  // Opens and starts everything.  On an error `detail` says in words what to do.
  Result<void> start(Snapshot first, std::string& detail);
  // Until the end: 0 after an orderly stop, else 1.
  int run();

  std::optional<Instant> next_deadline() const override { return deadline_; }
  void on_deadline(Instant now) override;

 private:
  enum class State : uint8_t { starting, running, leaving, clearing, ended };
  struct Child {
    Role role{};
    pid_t pid = 0;
    std::unique_ptr<Channel> channel;
    std::unique_ptr<Lodger> lodger;  // when collapsed
    bool ready = false;
    uint64_t loaded = 0;  // generation
  };
  struct Load {
    uint64_t generation = 0;
    model::PolicyPtr policy;
    std::optional<Ticket> ticket;  // of the operator who waits
    std::string text;
    bool given_to_engine = false;
  };
  struct Handover;

  static Fd block_signals();  // and read them from the descriptor

  Result<void> open(std::string& detail, Handover& out);
  Result<void> start_child(Role role, Handover& handover);
  Setup setup_for(Role role, Handover& handover, std::vector<int>& fds);
  Child* child(Role role);

  void on_message(Child& from, ToParent&& message);
  void on_closed(Child& from, const Error& reason);
  void on_signal();
  void reap();
  void reload(const std::string& path, std::optional<Ticket> ticket);
  void begin(Snapshot snapshot, std::optional<Ticket> ticket);
  void advance();
  void answer(std::optional<Ticket> ticket, bool ok, std::string text);
  void set_verbosity(uint8_t verbosity);

  void stop(int exit_code);
  void clear();
  void clear_without_kernel_process();
  void end();
  void log(events::Severity severity, std::string text);

  ParentOptions options_;
  Loader& loader_;
  runtime::MakeProvider make_provider_;
  std::function<void()> running_;
  runtime::LogWriter log_;
  std::unique_ptr<runtime::Loop> loop_;
  TextTable texts_;
  Fd signals_;
  std::vector<std::unique_ptr<Child>> children_;
  State state_ = State::starting;
  std::optional<Instant> deadline_;
  std::optional<Load> load_;
  uint64_t generation_ = 0;
  Snapshot first_;
  bool reload_wanted_ = false;
  bool owns_socket_ = false;
  int exit_code_ = 0;
};

}  // namespace ike::privsep
