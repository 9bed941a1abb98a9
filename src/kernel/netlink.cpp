#include "kernel/netlink.h"

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/secret.h"

namespace ike::kernel {
namespace {

size_t count_messages(Bytes request) {
  size_t count = 0;
  int left = static_cast<int>(request.size());
  for (auto* m = reinterpret_cast<const nlmsghdr*>(request.data()); mnl_nlmsg_ok(m, left);
       m = mnl_nlmsg_next(m, &left)) {
    ++count;
  }
  return count;
}

}  // namespace

int netlink_talk(int fd, Bytes request, const NetlinkTaker& take, std::vector<int>* errors) {
  static thread_local uint32_t next_sequence = 1;
  Blob numbered = to_blob(request);
  const uint32_t first = next_sequence;
  const size_t count = count_messages(numbered);
  int left = static_cast<int>(numbered.size());
  for (auto* m = reinterpret_cast<nlmsghdr*>(numbered.data()); mnl_nlmsg_ok(m, left);
       m = mnl_nlmsg_next(m, &left)) {
    m->nlmsg_seq = next_sequence++;
  }
  const sockaddr_nl kernel{.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = 0};
  const ssize_t sent = sendto(fd, numbered.data(), numbered.size(), 0,
                              reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
  const int send_error = errno;
  wipe(numbered);
  if (sent < 0) return send_error;
  std::vector<int> results(count, ETIMEDOUT);
  size_t answered = 0;
  alignas(nlmsghdr) std::array<uint8_t, 65536> buffer;
  while (answered < count) {
    const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    int rest = static_cast<int>(got);
    for (auto* m = reinterpret_cast<const nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(m, rest);
         m = mnl_nlmsg_next(m, &rest)) {
      const uint32_t index = m->nlmsg_seq - first;
      if (index >= count) continue;  // an answer to somebody who gave up
      if (m->nlmsg_type != NLMSG_DONE && m->nlmsg_type != NLMSG_ERROR) {
        if (take) take(*m);
        continue;
      }
      ++answered;
      results[index] = m->nlmsg_type == NLMSG_ERROR
                           ? -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(m))->error
                           : 0;
    }
  }
  const auto refusal = std::ranges::find_if(results, [](int result) { return result != 0; });
  const int error = refusal == results.end() ? 0 : *refusal;
  if (errors != nullptr) *errors = std::move(results);
  return error;
}

int open_netlink(int protocol, uint32_t groups) {
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (fd < 0) return -1;
  const int size = 1 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  const sockaddr_nl self{.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = groups};
  if (bind(fd, reinterpret_cast<const sockaddr*>(&self), sizeof self) == 0) return fd;
  const int saved = errno;
  close(fd);
  errno = saved;
  return -1;
}

}  // namespace ike::kernel
