// Notices that a process does not answer any more.  It counts beats, not time: after the machine
// was frozen for an hour nobody is late.
#pragma once

#include "base/time.h"

namespace ike::privsep {

inline constexpr Duration kBeat = seconds(5);
inline constexpr unsigned kBeatsMissedMax = 6;

class Pulse {
 public:
  // Every beat.  True: ask now.  `busy`: it was given work that may take long, like a policy of
  // 100,000 connections, and may be silent meanwhile.
  bool beat(bool busy) {
    if (!waiting_) return waiting_ = true;
    missed_ = busy ? 0 : missed_ + 1;
    return false;
  }
  void answered() {
    waiting_ = false;
    missed_ = 0;
  }
  unsigned missed() const { return missed_; }
  bool hangs() const { return missed_ >= kBeatsMissedMax; }

 private:
  bool waiting_ = false;
  unsigned missed_ = 0;
};

}  // namespace ike::privsep
