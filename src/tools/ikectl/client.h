// One conversation with the daemon over its control socket.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "control/message.h"

namespace ike::tools {

class Client {
 public:
  // The error is a whole message: "connect: /var/run/iked.sock: No such file or directory".
  static std::expected<Client, std::string> connect(const std::string& path);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;
  ~Client();

  std::expected<void, std::string> send(const control::Request& request);
  // The next reply; waits `timeout_ms`, or for ever when that is -1.
  std::expected<control::Reply, std::string> receive(int timeout_ms);

 private:
  explicit Client(int fd) : fd_(fd) {}

  int fd_;
  control::FrameReader reader_{control::kReplyFrameMax};
};

}  // namespace ike::tools
