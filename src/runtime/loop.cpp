#include "runtime/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "runtime/clock.h"

namespace ike::runtime {
namespace {

constexpr int kEventsATurn = 32;

timespec to_timespec(Instant when) {
  const auto since = std::max(when.time_since_epoch(), Duration(1));  // zero would disarm
  const auto whole = std::chrono::floor<seconds>(since);
  return {.tv_sec = whole.count(), .tv_nsec = (since - whole).count()};
}

}  // namespace

Result<std::unique_ptr<Loop>> Loop::create() {
  Fd epoll(epoll_create1(EPOLL_CLOEXEC));
  Fd timer(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!epoll.valid() || !timer.valid()) return fail(Fault::internal, "epoll or timerfd");
  return std::make_unique<Loop>(std::move(epoll), std::move(timer));
}

Loop::Loop(Fd epoll, Fd timer)
    : epoll_(std::move(epoll)), timer_(std::move(timer)), now_(monotonic_now()) {
  watch(timer_.value(), EPOLLIN, [this](uint32_t) {
    uint64_t expirations = 0;
    static_cast<void>(!read(timer_.value(), &expirations, sizeof(expirations)));
  });
}

void Loop::control(int operation, int fd, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  IKE_ASSERT(epoll_ctl(epoll_.value(), operation, fd, &event) == 0);
}

void Loop::watch(int fd, uint32_t events, Handler handler) {
  auto entry = std::make_shared<Watched>();
  entry->handler = std::move(handler);
  entry->events = events;
  control(EPOLL_CTL_ADD, fd, events);
  watched_[fd] = std::move(entry);
}

void Loop::change(int fd, uint32_t events) {
  const auto found = watched_.find(fd);
  if (found == watched_.end() || found->second->events == events) return;
  found->second->events = events;
  control(EPOLL_CTL_MOD, fd, events);
}

void Loop::forget(int fd) {
  if (watched_.erase(fd) == 0) return;
  control(EPOLL_CTL_DEL, fd, 0);
}

void Loop::run_hooks() {
  for (Hook& hook : hooks_) hook();
}

// The timer is only moved forward: firing too early costs one turn, moving it costs a call a turn.
void Loop::arm() {
  std::optional<Instant> next;
  for (const Timed* timed : timed_) {
    const auto deadline = timed->next_deadline();
    if (deadline && (!next || *deadline < *next)) next = deadline;
  }
  if (!next || (armed_ && *armed_ <= *next)) return;
  itimerspec spec{};
  spec.it_value = to_timespec(*next);
  IKE_ASSERT(timerfd_settime(timer_.value(), TFD_TIMER_ABSTIME, &spec, nullptr) == 0);
  armed_ = next;
}

void Loop::turn(std::optional<Duration> wait_max) {
  arm();
  std::array<epoll_event, kEventsATurn> events;
  const int wait_ms =
      wait_max ? static_cast<int>(std::chrono::ceil<milliseconds>(*wait_max).count()) : -1;
  const int ready = epoll_wait(epoll_.value(), events.data(), kEventsATurn, wait_ms);
  IKE_ASSERT(ready >= 0 || errno == EINTR);
  now_ = monotonic_now();
  for (int i = 0; i < ready; ++i) {
    const auto& event = events[static_cast<size_t>(i)];
    // An earlier handler of this turn may have forgotten it; the copy keeps a handler alive that
    // forgets itself.
    const auto found = watched_.find(event.data.fd);
    if (found == watched_.end()) continue;
    const std::shared_ptr<Watched> kept = found->second;
    kept->handler(event.events);
  }
  if (armed_ && *armed_ <= now_) armed_.reset();
  for (Timed* timed : timed_) {
    const auto deadline = timed->next_deadline();
    if (deadline && *deadline <= now_) timed->on_deadline(now_);
  }
  run_hooks();
}

void Loop::run() {
  running_ = true;
  run_hooks();
  while (running_) turn();
}

}  // namespace ike::runtime
