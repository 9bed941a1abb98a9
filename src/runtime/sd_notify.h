// Tells systemd how we are, in its documented datagram protocol.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "kernel/fd.h"

namespace ike::runtime {

class ServiceManager {
 public:
  // `address`: NOTIFY_SOCKET of the environment, a path or (with '@') an abstract name.  Empty:
  // every tell() does nothing.
  explicit ServiceManager(std::string_view address);
  // From main's third argument; empty when there is none.
  static std::string_view address_in(const char* const* environment);
  // How often it wants to hear "WATCHDOG=1" at least; nothing when it does not watch.
  static std::optional<Duration> watchdog_in(const char* const* environment);
  // "READY=1", "STOPPING=1", "STATUS=..."; lost without complaint if nobody listens.
  void tell(std::string_view state);

 private:
  kernel::Fd fd_;
};

}  // namespace ike::runtime
