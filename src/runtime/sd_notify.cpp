#include "runtime/sd_notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <charconv>

namespace ike::runtime {
namespace {

// The value of a variable; empty when there is none.
std::string_view value_in(const char* const* environment, std::string_view name) {
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('=')) {
      return entry.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace

ServiceManager::ServiceManager(std::string_view address) {
  sockaddr_un un{};
  if (address.empty() || address.size() >= sizeof(un.sun_path)) return;
  if (address.front() != '/' && address.front() != '@') return;
  un.sun_family = AF_UNIX;
  memcpy(un.sun_path, address.data(), address.size());
  if (address.front() == '@') un.sun_path[0] = 0;
  kernel::Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  if (!fd.valid() || connect(fd.value(), reinterpret_cast<sockaddr*>(&un), size) != 0) return;
  fd_ = std::move(fd);
}

std::string_view ServiceManager::address_in(const char* const* environment) {
  return value_in(environment, "NOTIFY_SOCKET");
}

std::optional<Duration> ServiceManager::watchdog_in(const char* const* environment) {
  const std::string_view text = value_in(environment, "WATCHDOG_USEC");
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || count <= 0 || count > microseconds(seconds(86'400)).count()) return std::nullopt;
  return microseconds(count);
}

void ServiceManager::tell(std::string_view state) {
  if (fd_.valid()) send(fd_.value(), state.data(), state.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace ike::runtime
