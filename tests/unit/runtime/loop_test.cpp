#include "runtime/loop.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "runtime/clock.h"

namespace ike::runtime {
namespace {

Fd readable() { return Fd(eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC)); }

TEST(Loop, CallsTheHandlerOfAReadableDescriptorEveryTurn) {
  const auto loop = *Loop::create();
  const Fd fd = readable();
  int calls = 0;
  loop->watch(fd.value(), EPOLLIN, [&](uint32_t) { ++calls; });
  loop->turn(seconds(5));
  loop->turn(seconds(5));
  EXPECT_EQ(calls, 2) << "level-triggered: what was left is reported again";
  loop->forget(fd.value());
}

TEST(Loop, AHandlerMayForgetItselfAndOthers) {
  const auto loop = *Loop::create();
  const Fd a = readable(), b = readable();
  int calls = 0;
  const auto forget_both = [&](uint32_t) {
    ++calls;
    loop->forget(a.value());
    loop->forget(b.value());
  };
  loop->watch(a.value(), EPOLLIN, forget_both);
  loop->watch(b.value(), EPOLLIN, forget_both);
  loop->turn(seconds(5));
  loop->turn(milliseconds(1));
  EXPECT_EQ(calls, 1);
}

TEST(Loop, RunsHooksAfterTheHandlersOfATurn) {
  const auto loop = *Loop::create();
  const Fd fd = readable();
  std::string order;
  loop->watch(fd.value(), EPOLLIN, [&](uint32_t) { order += "handler "; });
  loop->at_turn_end([&] { order += "first "; });
  loop->at_turn_end([&] { order += "second"; });
  loop->turn(seconds(5));
  EXPECT_EQ(order, "handler first second");
  loop->forget(fd.value());
}

struct Alarm final : Timed {
  std::optional<Instant> when;
  int rings = 0;
  std::optional<Instant> next_deadline() const override { return when; }
  void on_deadline(Instant) override {
    ++rings;
    when.reset();
  }
};

TEST(Loop, WakesForTheEarliestDeadlineOnly) {
  const auto loop = *Loop::create();
  Alarm soon, late, never;
  soon.when = monotonic_now() + milliseconds(1);
  late.when = monotonic_now() + hours(1);
  loop->add_timed(never);
  loop->add_timed(late);
  loop->add_timed(soon);
  while (soon.rings == 0) loop->turn();
  EXPECT_EQ(late.rings, 0);
  EXPECT_EQ(never.rings, 0);
}

TEST(Loop, NoticesADeadlineThatMovedForward) {
  const auto loop = *Loop::create();
  Alarm alarm;
  alarm.when = monotonic_now() + hours(1);
  loop->add_timed(alarm);
  loop->turn(milliseconds(1));
  alarm.when = monotonic_now() + milliseconds(1);
  while (alarm.rings == 0) loop->turn();
  EXPECT_EQ(alarm.rings, 1);
}

TEST(Loop, RingsAPassedDeadlineInTheSameTurn) {
  const auto loop = *Loop::create();
  Alarm alarm;
  alarm.when = Instant{};
  loop->add_timed(alarm);
  loop->turn();
  EXPECT_EQ(alarm.rings, 1);
}

}  // namespace
}  // namespace ike::runtime
