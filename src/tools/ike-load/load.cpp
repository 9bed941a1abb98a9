#include "tools/ike-load/load.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>

#include "kernel/socket_address.h"
#include "runtime/clock.h"

namespace ike::load {

namespace {

constexpr Duration kFirstTimeout = milliseconds(1000);
constexpr int kTriesMax = 5;
constexpr int kSocketBuffer = 4 * 1024 * 1024;
constexpr int kPollMs = 10;  // how late a retransmission may be

struct Attempt {
  Initiator initiator;
  size_t source;
  Instant started;
  Instant sent;
  Blob request;
  int tries = 1;
};

class Sockets {
 public:
  Sockets() = default;
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;
  ~Sockets() {
    for (const pollfd& p : polled_) ::close(p.fd);
  }

  Result<void> open(const Options& options) {
    for (const Address& source : options.sources) {
      const int fd = ::socket(source.family() == Family::ipv6 ? AF_INET6 : AF_INET,
                              SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      if (fd < 0) return fail(Fault::internal, "no socket");
      polled_.push_back({fd, POLLIN, 0});
      static_cast<void>(
          ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kSocketBuffer, sizeof kSocketBuffer));
      const auto local = kernel::to_socket_address({source, 0});
      const auto remote = kernel::to_socket_address(options.target);
      if (::bind(fd, reinterpret_cast<const sockaddr*>(&local.storage), local.size) != 0) {
        return fail(Fault::internal, "a source address is not ours");
      }
      if (::connect(fd, reinterpret_cast<const sockaddr*>(&remote.storage), remote.size) != 0) {
        return fail(Fault::internal, "the target cannot be reached from a source address");
      }
      locals_.push_back(local_of(fd));
    }
    return {};
  }

  size_t size() const { return polled_.size(); }
  const Endpoint& local(size_t i) const { return locals_[i]; }
  // What the network loses, the timer sends again.
  void send(size_t i, Bytes datagram) {
    static_cast<void>(::send(polled_[i].fd, datagram.data(), datagram.size(), MSG_NOSIGNAL));
  }
  bool wait(int timeout_ms) { return ::poll(polled_.data(), polled_.size(), timeout_ms) > 0; }
  bool readable(size_t i) const { return (polled_[i].revents & (POLLIN | POLLERR)) != 0; }
  // Empty when there is nothing (more).
  Bytes receive(size_t i) {
    const ssize_t got = ::recv(polled_[i].fd, buffer_.data(), buffer_.size(), 0);
    return Bytes(buffer_).first(got > 0 ? static_cast<size_t>(got) : 0);
  }

 private:
  static Endpoint local_of(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    static_cast<void>(::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size));
    return kernel::from_system(storage);
  }

  std::vector<pollfd> polled_;
  std::vector<Endpoint> locals_;
  std::array<uint8_t, 65536> buffer_{};
};

class Run {
 public:
  Run(const Options& options, const Plan& plan, crypto::Provider& provider, Random& random)
      : options_(options), plan_(plan), provider_(provider), random_(random) {}

  Result<Outcome> go() {
    IKE_CHECK(sockets_.open(options_));
    const Usage before = usage_of(options_.watch);
    outcome_.memory_before = before.memory;
    start_ = mark();
    first_end_ = last_start_ = start_;
    while (finished_ < options_.count) {
      start_more();
      if (sockets_.wait(pause_ms())) receive_all();
      expire(runtime::monotonic_now());
    }
    return finish();
  }

 private:
  struct Mark {
    Instant at;
    Duration responder, own;
  };

  Mark mark() const {
    return {runtime::monotonic_now(), cpu_of(options_.watch), cpu_of({::getpid()})};
  }
  static Span span(const Mark& from, const Mark& to, uint64_t handshakes) {
    return {handshakes, to.at - from.at, to.responder - from.responder, to.own - from.own};
  }

  // Whether the next one is due.
  bool due(Instant now) const {
    if (started_ == options_.count || attempts_.size() >= options_.concurrency) return false;
    if (options_.rate <= 0) return true;
    const std::chrono::duration<double> passed = now - start_.at;
    return passed.count() * options_.rate >= static_cast<double>(started_);
  }
  int pause_ms() const { return options_.rate > 0 ? 1 : kPollMs; }

  void start_more() {
    for (Instant now = runtime::monotonic_now(); due(now); now = runtime::monotonic_now()) {
      const uint64_t number = options_.first_number + started_;
      const size_t source = started_ % sockets_.size();
      ++started_;
      Attempt attempt{Initiator(plan_, number, {sockets_.local(source), options_.target}),
                      source,
                      now,
                      now,
                      {}};
      auto request = attempt.initiator.begin(provider_, random_);
      if (!request) {
        conclude(now, std::string(request.error().what));
        continue;
      }
      attempt.request = *std::move(request);
      sockets_.send(source, attempt.request);
      const uint64_t spi = attempt.initiator.spi().raw();
      timers_.push_back({now + kFirstTimeout, spi});
      attempts_.emplace(spi, std::move(attempt));
    }
  }

  void receive_all() {
    for (size_t i = 0; i < sockets_.size(); ++i) {
      if (!sockets_.readable(i)) continue;
      for (Bytes d = sockets_.receive(i); !d.empty(); d = sockets_.receive(i)) take(d);
    }
  }

  void take(Bytes datagram) {
    const uint64_t spi = wire::Reader(datagram).u64();
    const auto found = attempts_.find(spi);
    if (found == attempts_.end()) return;
    Attempt& attempt = found->second;
    auto next = attempt.initiator.receive(provider_, random_, datagram);
    const Instant now = runtime::monotonic_now();
    if (!next) {
      attempts_.erase(found);
      conclude(now, std::string(next.error().what));
    } else if (*next) {
      attempt.request = **std::move(next);
      attempt.tries = 1;
      attempt.sent = now;
      sockets_.send(attempt.source, attempt.request);
      timers_.push_back({now + kFirstTimeout, spi});
    } else if (attempt.initiator.established()) {
      outcome_.latencies.push_back(now - attempt.started);
      attempts_.erase(found);
      ++outcome_.established;
      conclude(now, {});
    }
  }

  // One more is over; an empty cause is success.
  void conclude(Instant, std::string cause) {
    if (!cause.empty()) ++outcome_.failures[std::move(cause)];
    ++finished_;
    if (finished_ == options_.window) first_end_ = mark();
    if (finished_ + options_.window == options_.count) last_start_ = mark();
  }

  // Every send arms one timer of the same length, so they are due in their order; the longer waits
  // of later tries pass several of them.
  void expire(Instant now) {
    while (!timers_.empty() && timers_.front().first <= now) {
      const uint64_t spi = timers_.front().second;
      timers_.pop_front();
      const auto found = attempts_.find(spi);
      if (found == attempts_.end()) continue;
      Attempt& attempt = found->second;
      const Duration wait = kFirstTimeout * (1 << (attempt.tries - 1));
      if (now < attempt.sent + wait) {
        if (attempt.tries > 1) timers_.push_back({now + kFirstTimeout, spi});
        continue;
      }
      if (attempt.tries == kTriesMax) {
        attempts_.erase(found);
        conclude(now, "timeout");
        continue;
      }
      ++attempt.tries;
      attempt.sent = now;
      ++outcome_.retransmissions;
      sockets_.send(attempt.source, attempt.request);
      timers_.push_back({now + kFirstTimeout, spi});
    }
  }

  Outcome finish() {
    const Mark end = mark();
    outcome_.memory_after = usage_of(options_.watch).memory;
    outcome_.all = span(start_, end, options_.count);
    const uint64_t window = std::min(options_.window, options_.count);
    outcome_.first = span(start_, window == options_.count ? end : first_end_, window);
    outcome_.last = span(last_start_, end, window);
    std::ranges::sort(outcome_.latencies);
    return std::move(outcome_);
  }

  const Options& options_;
  const Plan& plan_;
  crypto::Provider& provider_;
  Random& random_;
  Sockets sockets_;
  std::unordered_map<uint64_t, Attempt> attempts_;
  std::deque<std::pair<Instant, uint64_t>> timers_;
  uint64_t started_ = 0;
  uint64_t finished_ = 0;
  Mark start_, first_end_, last_start_;
  Outcome outcome_;
};

}  // namespace

Result<Outcome> run(const Options& options, const Plan& plan, crypto::Provider& provider,
                    Random& random) {
  return Run(options, plan, provider, random).go();
}

}  // namespace ike::load
