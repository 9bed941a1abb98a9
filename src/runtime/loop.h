// The event loop: epoll, level-triggered, one timerfd.  One thread, no allocation a turn.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "kernel/fd.h"

namespace ike::runtime {

using kernel::Fd;

// Something that is due at a time of its own choosing.
class Timed {
 public:
  virtual ~Timed() = default;
  virtual std::optional<Instant> next_deadline() const = 0;
  virtual void on_deadline(Instant now) = 0;
};

class Loop {
 public:
  using Handler = std::move_only_function<void(uint32_t events)>;  // EPOLLIN, EPOLLOUT, ...
  using Hook = std::move_only_function<void()>;

  static Result<std::unique_ptr<Loop>> create();
  Loop(Fd epoll, Fd timer);  // for create()
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The descriptor stays the caller's, who must forget() it before closing it.
  void watch(int fd, uint32_t events, Handler handler);
  void change(int fd, uint32_t events);
  void forget(int fd);  // also from within a handler, its own included

  // Asked for its deadline once a turn.  Must outlive the loop's run.
  void add_timed(Timed& timed) { timed_.push_back(&timed); }
  // Runs at the end of every turn, in the order of registration: the place to send what gathered.
  void at_turn_end(Hook hook) { hooks_.push_back(std::move(hook)); }

  // Until stop().
  void run();
  // Waits once, for `wait_max` at most, and handles what is ready.
  void turn(std::optional<Duration> wait_max = {});
  void stop() { running_ = false; }
  // The time at which this turn began.
  Instant now() const { return now_; }

 private:
  struct Watched {
    Handler handler;
    uint32_t events = 0;
  };

  void run_hooks();
  void arm();
  void control(int operation, int fd, uint32_t events);

  Fd epoll_;
  Fd timer_;
  std::map<int, std::shared_ptr<Watched>> watched_;
  std::vector<Timed*> timed_;
  std::vector<Hook> hooks_;
  std::optional<Instant> armed_;
  Instant now_{};
  bool running_ = false;
};

}  // namespace ike::runtime
