#include "tools/ikectl/client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ike::tools {

namespace {

std::unexpected<std::string> failure(const std::string& what) {
  return std::unexpected(what + ": " + std::strerror(errno));
}

}  // namespace

std::expected<Client, std::string> Client::connect(const std::string& path) {
  const std::string what = "connect: " + path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return failure(what);
  }
  std::ranges::copy(path, address.sun_path);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return failure(what);
  Client client(fd);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failure(what);
  }
  return client;
}

Client::Client(Client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), reader_(std::move(other.reader_)) {}

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

std::expected<void, std::string> Client::send(const control::Request& request) {
  Blob octets;
  control::append(octets, request);
  Bytes rest = octets;
  while (!rest.empty()) {
    const ssize_t sent = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return failure("send");
    rest = rest.subspan(static_cast<size_t>(sent));
  }
  return {};
}

std::expected<control::Reply, std::string> Client::receive(int timeout_ms) {
  while (true) {
    const auto frame = reader_.next();
    if (!frame) return std::unexpected(std::string(frame.error().what));
    if (*frame) {
      auto reply = control::reply_of(**frame);
      if (!reply) return std::unexpected(std::string(reply.error().what));
      return *std::move(reply);
    }
    pollfd waiting{fd_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return failure("poll");
    if (ready == 0) return std::unexpected(std::string("the daemon does not answer"));
    std::array<uint8_t, 65'536> buffer;
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("receive");
    if (got == 0) return std::unexpected(std::string("the daemon hung up"));
    reader_.feed(Bytes(buffer).first(static_cast<size_t>(got)));
  }
}

}  // namespace ike::tools
