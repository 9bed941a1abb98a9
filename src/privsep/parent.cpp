#include "privsep/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "base/overloaded.h"
#include "privsep/spawn.h"
#include "runtime/clock.h"
#include "runtime/os_random.h"

namespace ike::privsep {
namespace {

using events::Severity;

constexpr Duration kLeaveMax = milliseconds(1'500);  // the engine gives its peers 1 s
constexpr Duration kClearMax = seconds(2);
constexpr auto kExitPoll = milliseconds(2);
constexpr int kExitPolls = 500;
constexpr uint8_t kVerbosityMax = 3;

std::string how_it_ended(Role role, int status) {
  std::string text = "lost child: " + std::string(name_of(role));
  if (WIFSIGNALED(status)) return text + " terminated; signal " + std::to_string(WTERMSIG(status));
  return text + (WEXITSTATUS(status) == 0 ? " exited okay" : " exited abnormally");
}

// Whoever has taken over the control process must not have other files read out in diagnostics.
bool is_loadable(std::string_view path) {
  return path.empty() || (path.starts_with('/') && path.ends_with(".conf"));
}

}  // namespace

Parent::Parent(ParentOptions options, Loader& loader, runtime::MakeProvider make_provider,
               std::function<void()> running)
    : options_(std::move(options)),
      loader_(loader),
      make_provider_(std::move(make_provider)),
      running_(std::move(running)),
      log_(options_.log_target, options_.title,
           options_.log_target == runtime::LogTarget::syslog ? runtime::open_syslog()
                                                             : kernel::Fd()) {
  log_.set_verbosity(options_.verbosity);
}

Parent::~Parent() { children_.clear(); }

void Parent::log(Severity severity, std::string text) {
  const events::Event event = events::Notice{severity, std::move(text)};
  log_.emit(event);
  log_.flush();
  Child* control = child(Role::control);
  if (control != nullptr && control->ready) control->channel->post<FromParent>(event);
}

Parent::Child* Parent::child(Role role) {
  for (const auto& each : children_) {
    if (each->role == role) return each.get();
  }
  return nullptr;
}

int Parent::run() {
  loop_->run();
  return exit_code_;
}

Fd Parent::block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGHUP, SIGTERM, SIGINT, SIGCHLD, SIGUSR1, SIGPIPE}) {
    sigaddset(&set, number);
  }
  // Children inherit this: signals to the whole group are the parent's business.
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return Fd(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

// ---- messages --------------------------------------------------------------------------------

void Parent::on_message(Child& from, ToParent&& message) {
  std::visit(overloaded{
                 [&](Ready&& ready) {
                   if (std::exchange(from.ready, true)) return;
                   if (!ready.remark.empty() && from.role == Role::engine) {
                     log(Severity::warning, std::move(ready.remark));
                   }
                   advance();
                 },
                 [&](const Loaded& loaded) {
                   from.loaded = std::min(loaded.generation, from.given);
                   advance();
                 },
                 [&](const Stopped&) {
                   if (from.role == Role::engine && state_ == State::leaving) clear();
                   if (from.role == Role::kernel && state_ == State::clearing) end();
                 },
                 [&](Fatal&& fatal) {
                   log(Severity::critical, std::string(name_of(from.role)) + ": " + fatal.text);
                   stop(EXIT_FAILURE);
                 },
                 [&](const Reload& wish) {
                   if (is_loadable(wish.path)) return reload(wish.path, wish.ticket);
                   answer(wish.ticket, false,
                          wish.path +
                              ": the name of a configuration to load "
                              "is an absolute path and ends in .conf");
                 },
                 [&](const SetVerbosity& set) { set_verbosity(set.verbosity); },
                 [&](const Alive&) { from.pulse.answered(); },
             },
             std::move(message));
}

void Parent::on_closed(Child& from, const Error& reason) {
  if (state_ >= State::clearing) return;
  // A process that ended is told by SIGCHLD, in better words.
  if (reason.fault != Fault::internal) {
    log(Severity::critical,
        "message from " + std::string(name_of(from.role)) + ": " + std::string(reason.what));
  }
  if (options_.collapsed || reason.fault != Fault::internal) stop(EXIT_FAILURE);
}

void Parent::on_signal() {
  signalfd_siginfo info{};
  while (read(signals_.value(), &info, sizeof(info)) == sizeof(info)) {
    switch (static_cast<int>(info.ssi_signo)) {
      case SIGHUP: reload("", {}); break;
      case SIGTERM:
      case SIGINT: stop(EXIT_SUCCESS); break;
      case SIGCHLD: reap(); break;
      case SIGUSR1: log(Severity::info, "SIGUSR1 ignored"); break;
      default: break;
    }
  }
}

void Parent::reap() {
  int status = 0;
  for (pid_t pid = waitpid(-1, &status, WNOHANG); pid > 0; pid = waitpid(-1, &status, WNOHANG)) {
    if (reading_ && reading_->pid == pid) reading_->pid = 0;
    const auto found = std::ranges::find(children_, pid, [](const auto& c) { return c->pid; });
    if (found == children_.end()) continue;
    (*found)->pid = 0;
    if (state_ == State::ended) continue;
    log(Severity::critical, how_it_ended((*found)->role, status));
    stop(EXIT_FAILURE);
  }
}

void Parent::set_verbosity(uint8_t wanted) {
  const uint8_t verbosity = std::min(wanted, kVerbosityMax);
  log_.set_verbosity(verbosity);
  for (const auto& each : children_) each->channel->post<FromParent>(SetVerbosity{verbosity});
}

// ---- the end ---------------------------------------------------------------------------------

std::optional<Instant> Parent::next_deadline() const {
  std::optional<Instant> next = deadline_;
  if (next_beat_ && (!next || *next_beat_ < *next)) next = next_beat_;
  return next;
}

void Parent::on_deadline(Instant now) {
  if (next_beat_ && *next_beat_ <= now) look_after_children();
  if (!deadline_ || *deadline_ > now) return;
  deadline_.reset();
  if (state_ == State::starting) {
    log(Severity::critical, "parent: start-up takes too long");
    stop(EXIT_FAILURE);
  } else if (state_ == State::leaving) {
    clear();
  } else if (state_ == State::clearing) {
    clear_without_kernel_process();  // which hangs
    end();
  }
}

void Parent::look_after_children() {
  const Instant now = runtime::monotonic_now();
  next_beat_ = now + options_.beat;
  if (state_ != State::running) return;
  unsigned missed = 0;
  for (const auto& each : children_) {
    if (each->pulse.beat(each->given != each->loaded)) each->channel->post<FromParent>(Ping{});
    missed = std::max(missed, each->pulse.missed());
    if (!each->pulse.hangs()) continue;
    log(Severity::critical, std::string(name_of(each->role)) + " does not answer any more");
    return stop(EXIT_FAILURE);
  }
  if (missed <= 1 && options_.alive) options_.alive();
  if (reading_ && !reading_->done && reading_->deadline <= now) {
    fail_reading("the configuration could not be read in time; does the name service answer?");
  }
}

void Parent::stop(int exit_code) {
  if (exit_code != EXIT_SUCCESS) exit_code_ = exit_code;
  const bool was_running = state_ == State::running;
  const Child* engine = child(Role::engine);
  const bool engine_lives =
      engine != nullptr && !engine->channel->closed() && (engine->pid != 0 || options_.collapsed);
  if (state_ == State::leaving && !engine_lives) return clear();
  if (state_ >= State::leaving) return;
  // Peers are told, if there is still somebody to tell them.
  if (was_running && exit_code == EXIT_SUCCESS && engine_lives) {
    state_ = State::leaving;
    engine->channel->post<FromParent>(Stop{});
    deadline_ = runtime::monotonic_now() + kLeaveMax;
    return;
  }
  clear();
}

void Parent::clear() {
  state_ = State::clearing;
  Child* kernel = child(Role::kernel);
  const bool lives = kernel != nullptr && kernel->ready && !kernel->channel->closed() &&
                     (kernel->pid != 0 || options_.collapsed);
  if (!lives) {
    clear_without_kernel_process();
    return end();
  }
  kernel->channel->post<FromParent>(Stop{});
  deadline_ = runtime::monotonic_now() + kClearMax;
}

// A dead process of ours must not leave SAs behind in the kernel.  (A TUN device goes by itself.)
void Parent::clear_without_kernel_process() {
  if (options_.backend != kernel::BackendKind::xfrm) return;
  std::string detail;
  auto resources = kernel::open_resources(options_.backend, detail);
  if (!resources) return;
  const auto provider = make_provider_();
  runtime::OsRandom random;
  auto backend = kernel::make_backend(*std::move(resources), {*provider, random});
  if (!backend) return;
  std::vector<model::KernelEvent> ignored;
  (*backend)->submit(runtime::monotonic_now(), model::FlushAll{Ticket{1}});
  (*backend)->poll(runtime::monotonic_now(), ignored);
}

void Parent::end() {
  if (state_ == State::ended) return;
  log(Severity::info, "terminating");
  state_ = State::ended;
  for (const auto& each : children_) {
    each->channel->flush();
    each->channel->close();  // which is what ends a child
  }
  const auto lives = [](const auto& c) { return c->pid != 0; };
  for (int i = 0; i < kExitPolls && std::ranges::any_of(children_, lives); ++i) {
    reap();
    usleep(static_cast<useconds_t>(microseconds(kExitPoll).count()));
  }
  for (const auto& each : children_) {
    if (each->pid != 0) kill(each->pid, SIGKILL);
  }
  if (reading_ && reading_->pid != 0) kill(reading_->pid, SIGKILL);
  if (owns_socket_) unlink(options_.control_path.c_str());
  loop_->stop();
}

}  // namespace ike::privsep
