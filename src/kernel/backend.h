// What every data plane looks like: SAs and flows go in, replies and events come out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/ports.h"

namespace ike::kernel {

struct Capabilities {
  std::string_view name;  // "tun", "xfrm", "none"
  bool carries_traffic = false;
  bool transport_mode = false;
  bool extended_sequence_numbers = false;
  bool encapsulation = false;  // ESP in UDP
  uint32_t replay_window_max = 0;
};

// One thread.  Descriptors are non-blocking and belong to the back end.
class KernelBackend {
 public:
  virtual ~KernelBackend() = default;

  // Answered by exactly one KernelReply with the request's ticket, from a later poll().  Replies
  // come in the order of the requests.  Submit as many as there are, then poll() once: that is
  // what makes batches.
  virtual void submit(Instant now, model::KernelRequest request) = 0;

  // To be watched for readability, level-triggered.  The set never changes after construction.
  virtual std::vector<int> fds() const = 0;

  // Does what is due: moves packets, collects replies, looks at lifetimes.  Appends to `out`.  Call
  // it when a descriptor is readable, when next_deadline() has come and after submitting.  Never
  // blocks, and returns after a bounded amount of work although more may be readable.
  virtual void poll(Instant now, std::vector<model::KernelEvent>& out) = 0;

  // When poll() is due even though nothing is readable.
  virtual std::optional<Instant> next_deadline() const = 0;

  virtual Capabilities capabilities() const = 0;

  // Static or member text about the last refusal of the machine, for the operator's log; empty if
  // there was none.  Each distinct refusal is told once.
  virtual std::string take_complaint() { return {}; }
};

}  // namespace ike::kernel
