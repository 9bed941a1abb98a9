// How a configuration comes to the children: read by a process of its own, then handed out in turn.
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "privsep/parent.h"
#include "runtime/clock.h"

namespace ike::privsep {
namespace {

using events::Severity;

constexpr Duration kReadMax = seconds(120);  // names that nobody resolves take a minute each

// The whole life of a reader: it forked off the parent, and ends with it.
[[noreturn]] void read_for_parent(Fd channel, Loader& loader, const std::string& path) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  prctl(PR_SET_NAME, "reader", 0, 0, 0);
  auto loop = runtime::Loop::create();
  if (!loop) _exit(EXIT_FAILURE);
  Channel parent(std::move(channel));
  parent.attach(
      **loop, [](Bytes) { return Result<void>{}; }, [](const Error&) { _exit(EXIT_FAILURE); });
  auto snapshot = loader.load(path);
  parent.post<FromReader>(snapshot ? FromReader(*std::move(snapshot))
                                   : FromReader(Unreadable{std::move(snapshot.error())}));
  for (parent.flush(); !parent.idle(); parent.flush()) (*loop)->turn();
  _exit(EXIT_SUCCESS);
}

}  // namespace

void Parent::reload(const std::string& path, std::optional<Ticket> ticket) {
  if (state_ != State::running) return answer(ticket, false, "not running");
  if (load_ || (reading_ && !reading_->done)) {
    // One at a time; a signal is remembered, an operator is told.
    if (!ticket) reload_wanted_ = true;
    return answer(ticket, false, "a reload is under way");
  }
  start_reading(path, ticket);
}

void Parent::start_reading(const std::string& path, std::optional<Ticket> ticket) {
  // The one before may be what calls us.
  last_reading_ = std::exchange(reading_, std::make_unique<Reading>());
  reading_->ticket = ticket;
  reading_->deadline = runtime::monotonic_now() + kReadMax;
  auto pair = make_channel_pair();
  const pid_t pid = pair ? fork() : -1;
  if (pid < 0) return fail_reading(std::string("cannot start a process: ") + strerror(errno));
  if (pid == 0) read_for_parent(std::move(pair->second), loader_, path);
  reading_->pid = pid;
  reading_->channel = std::make_unique<Channel>(std::move(pair->first), kPolicyMessageMax);
  reading_->channel->attach(
      *loop_,
      receiver_of<FromReader>(texts_, [this](FromReader m) { finish_reading(std::move(m)); }),
      [this](const Error& reason) {
        fail_reading("the configuration could not be read: " + std::string(reason.what));
      });
}

void Parent::finish_reading(FromReader&& outcome) {
  if (reading_->done || state_ != State::running) return;
  if (auto* unreadable = std::get_if<Unreadable>(&outcome)) {
    return fail_reading(std::move(unreadable->text));
  }
  reading_->done = true;
  begin(std::get<Snapshot>(std::move(outcome)), reading_->ticket);
}

void Parent::fail_reading(std::string text) {
  if (std::exchange(reading_->done, true)) return;
  if (reading_->pid != 0) kill(reading_->pid, SIGKILL);
  log(Severity::error, text);
  log(Severity::error, "configuration not changed");
  answer(reading_->ticket, false, std::move(text));
  if (std::exchange(reload_wanted_, false)) reload("", {});
}

// The guard and the keys first, so that the engine finds both ready for what it is told.
void Parent::begin(Snapshot snapshot, std::optional<Ticket> ticket) {
  load_ = Load{++generation_, snapshot.policy, ticket, snapshot.text + public_keys_remark(), false};
  give_policy(Role::kernel, snapshot.policy);
  NewSecrets secrets;
  secrets.generation = generation_;
  secrets.secrets = std::move(snapshot.secrets);
  secrets.local_key = std::move(snapshot.local_key);
  secrets.local_path = std::move(snapshot.local_path);
  secrets.problem = std::move(snapshot.problem);
  Child* const keys = child(Role::keys);
  keys->given = generation_;
  keys->channel->post<FromParent>(FromParent(std::move(secrets)));
}

std::string Parent::public_keys_remark() const {
  struct stat s{};
  const bool there = stat(options_.public_keys_path.c_str(), &s) == 0;
  if (!there || public_keys_ == std::pair(s.st_dev, s.st_ino)) return {};
  return options_.public_keys_path +
         ": warning: is another folder than at the start; its keys are found after a restart\n";
}

void Parent::give_policy(Role role, const model::PolicyPtr& policy) {
  Child* const receiver = child(role);
  receiver->given = generation_;
  receiver->channel->post<FromParent>(NewPolicy{generation_, policy});
}

void Parent::advance() {
  if (state_ == State::starting && !load_ &&
      std::ranges::all_of(children_, [](const auto& c) { return c->ready; })) {
    begin(std::move(first_), {});
    return;
  }
  if (!load_) return;
  if (!load_->given_to_engine && child(Role::kernel)->loaded == load_->generation &&
      child(Role::keys)->loaded == load_->generation) {
    load_->given_to_engine = true;
    give_policy(Role::engine, load_->policy);
  }
  if (child(Role::engine)->loaded != load_->generation) return;
  const Load done = *std::exchange(load_, std::nullopt);
  answer(done.ticket, true, done.text);
  if (state_ == State::starting) {
    state_ = State::running;
    deadline_.reset();
    next_beat_ = runtime::monotonic_now() + options_.beat;
    running_();
  }
  if (std::exchange(reload_wanted_, false)) reload("", {});
}

void Parent::answer(std::optional<Ticket> ticket, bool ok, std::string text) {
  if (!ticket) return;
  child(Role::control)->channel->post<FromParent>(ReloadDone{*ticket, ok, std::move(text)});
}

}  // namespace ike::privsep
