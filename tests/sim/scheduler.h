// Virtual time: what happens when, in an order that only the seed decides.
#pragma once

#include <functional>
#include <map>

#include "base/time.h"

namespace ike::sim {

class Scheduler {
 public:
  using Work = std::move_only_function<void()>;

  Instant now() const { return now_; }
  void at(Instant when, Work work) {
    queue_.emplace(std::pair{std::max(when, now_), sequence_++}, std::move(work));
  }
  void after(Duration delay, Work work) { at(now_ + delay, std::move(work)); }

  // Does the next thing that is due by `until`; false: nothing is, and the time is `until`.
  bool step(Instant until) {
    if (queue_.empty() || queue_.begin()->first.first > until) {
      now_ = std::max(now_, until);
      return false;
    }
    auto next = queue_.extract(queue_.begin());
    now_ = next.key().first;
    ++steps_;
    next.mapped()();
    return true;
  }
  uint64_t steps() const { return steps_; }

 private:
  Instant now_{hours(1)};  // not 0, which might hide a forgotten start
  uint64_t sequence_ = 0;  // of two things at one time the first that was asked for goes first
  uint64_t steps_ = 0;
  std::map<std::pair<Instant, uint64_t>, Work> queue_;
};

}  // namespace ike::sim
