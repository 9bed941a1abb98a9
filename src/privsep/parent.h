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

#include "privsep/pulse.h"
#include "privsep/service.h"
#include "privsep/sockets.h"
#include "runtime/log.h"
#include "runtime/loop.h"

namespace ike::privsep {

class Loader {
 public:
  virtual ~Loader() = default;
  // At the start in the parent, later in a child of its own, so that nobody waits for slow names;
  // what is remembered then is lost.  An empty path is the configured file.  The error is the
  // diagnostics, lines of text.
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
  Duration beat = kBeat;        // between two questions to each child whether it lives
  std::function<void()> alive;  // called every beat while all children answer; may be empty
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

  std::optional<Instant> next_deadline() const override;
  void on_deadline(Instant now) override;

 private:
  enum class State : uint8_t { starting, running, leaving, clearing, ended };
  struct Child {
    Role role{};
    pid_t pid = 0;
    std::unique_ptr<Channel> channel;
    std::unique_ptr<Lodger> lodger;  // when collapsed
    bool ready = false;
    uint64_t given = 0, loaded = 0;  // generations
    Pulse pulse;
  };
  struct Load {
    uint64_t generation = 0;
    model::PolicyPtr policy;
    std::optional<Ticket> ticket;  // of the operator who waits
    std::string text;
    bool given_to_engine = false;
  };
  // A child that reads the configuration.
  struct Reading {
    pid_t pid = 0;
    std::unique_ptr<Channel> channel;
    std::optional<Ticket> ticket;  // of the operator who waits
    Instant deadline;
    bool done = false;
  };
  struct Handover;

  static Fd block_signals();  // and read them from the descriptor

  Result<void> open(std::string& detail, Handover& out);
  Fd open_public_keys();
  Result<void> start_child(Role role, Handover& handover);
  Setup setup_for(Role role, Handover& handover, std::vector<int>& fds);
  Child* child(Role role);

  void on_message(Child& from, ToParent&& message);
  void on_closed(Child& from, const Error& reason);
  void on_signal();
  void reap();
  void reload(const std::string& path, std::optional<Ticket> ticket);
  void start_reading(const std::string& path, std::optional<Ticket> ticket);
  void finish_reading(FromReader&& outcome);
  void fail_reading(std::string text);
  void begin(Snapshot snapshot, std::optional<Ticket> ticket);
  std::string public_keys_remark() const;
  void give_policy(Role role, const model::PolicyPtr& policy);
  void advance();
  void answer(std::optional<Ticket> ticket, bool ok, std::string text);
  void set_verbosity(uint8_t verbosity);
  void look_after_children();

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
  std::optional<Instant> next_beat_;
  std::unique_ptr<Reading> reading_, last_reading_;
  std::optional<Load> load_;
  uint64_t generation_ = 0;
  Snapshot first_;
  bool reload_wanted_ = false;
  std::optional<std::pair<dev_t, ino_t>> public_keys_;  // the folder that the keys process reads
  bool owns_socket_ = false;
  int exit_code_ = 0;
};

}  // namespace ike::privsep
