#include "config/text/system_environment.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ike::config {

namespace {

std::unexpected<std::string> system_error() {
  return std::unexpected(std::string(strerror(errno)));
}

// Reads to the end from a descriptor that stays open.
std::expected<FileText, std::string> read_all(int fd, size_t max) {
  struct stat status{};
  if (fstat(fd, &status) != 0) return system_error();
  if (S_ISDIR(status.st_mode)) return std::unexpected(std::string("Is a directory"));
  FileText file;
  file.owner = status.st_uid;
  file.mode = status.st_mode & 07777;
  // Reserved at once, so that a secret is not left behind by a growing buffer.
  file.text.reserve(S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) + 1 : 65536);
  char block[16384];
  while (true) {
    const ssize_t got = read(fd, block, sizeof(block));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error();
    if (got == 0) break;
    file.text.append(block, static_cast<size_t>(got));
    if (file.text.size() > max) {
      return std::unexpected("larger than " + std::to_string(max) + " octets");
    }
  }
  explicit_bzero(block, sizeof(block));
  return file;
}

std::optional<Address> to_address(const sockaddr* from) {
  if (from == nullptr) return std::nullopt;
  if (from->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(from);
    return Address::v4(ntohl(v4->sin_addr.s_addr));
  }
  if (from->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(from);
    return Address::from_octets(Bytes(v6->sin6_addr.s6_addr, 16));
  }
  return std::nullopt;
}

bool is_link_local(const Address& address) {
  const Bytes octets = address.octets();
  return octets.size() == 16 && octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80;
}

}  // namespace

std::expected<FileText, std::string> SystemEnvironment::read_file(const std::string& path,
                                                                  size_t max) {
  // Non-blocking, so that a fifo in place of a file cannot hang a reload.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return system_error();
  auto file = read_all(fd, max);
  close(fd);
  return file;
}

std::expected<FileText, std::string> SystemEnvironment::read_standard_input(size_t max) {
  return read_all(STDIN_FILENO, max);
}

uint32_t SystemEnvironment::user() { return getuid(); }

std::string SystemEnvironment::host_name() {
  char name[HOST_NAME_MAX + 1] = {};
  if (gethostname(name, sizeof(name) - 1) != 0) return "localhost";
  return name;
}

void SystemEnvironment::load_interfaces() {
  interfaces_loaded_ = true;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return;
  // Linux lists interfaces without addresses, too: each has a packet entry.
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    auto& addresses = interfaces_[entry->ifa_name];
    const auto address = to_address(entry->ifa_addr);
    if (address && !is_link_local(*address)) addresses.push_back(*address);
  }
  freeifaddrs(list);
}

std::optional<std::vector<Address>> SystemEnvironment::interface_addresses(
    const std::string& name) {
  if (!interfaces_loaded_) load_interfaces();
  const auto it = interfaces_.find(name);
  if (it == interfaces_.end()) return std::nullopt;
  return it->second;
}

std::vector<Address> SystemEnvironment::resolve(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;  // otherwise every address comes once a socket type
  addrinfo* list = nullptr;
  if (getaddrinfo(name.c_str(), nullptr, &hints, &list) != 0) return {};
  std::vector<Address> addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (const auto address = to_address(entry->ai_addr)) addresses.push_back(*address);
  }
  freeaddrinfo(list);
  return addresses;
}

std::optional<uint16_t> SystemEnvironment::service_port(const std::string& name) {
  const servent* entry = getservbyname(name.c_str(), "tcp");
  if (entry == nullptr) entry = getservbyname(name.c_str(), "udp");
  if (entry == nullptr) return std::nullopt;
  return ntohs(static_cast<uint16_t>(entry->s_port));
}

std::optional<uint8_t> SystemEnvironment::protocol_number(const std::string& name) {
  const protoent* entry = getprotobyname(name.c_str());
  if (entry == nullptr || entry->p_proto < 0 || entry->p_proto > 255) return std::nullopt;
  return static_cast<uint8_t>(entry->p_proto);
}

}  // namespace ike::config
