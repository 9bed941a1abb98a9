#include "runtime/sd_notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace ike::runtime {

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
  constexpr std::string_view kName = "NOTIFY_SOCKET=";
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    if (entry.starts_with(kName)) return entry.substr(kName.size());
  }
  return {};
}

void ServiceManager::tell(std::string_view state) {
  if (fd_.valid()) send(fd_.value(), state.data(), state.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace ike::runtime
