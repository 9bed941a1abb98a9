// The control process: operators come in, log lines go out.
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <array>
#include <map>

#include "base/overloaded.h"
#include "control/server.h"
#include "privsep/service.h"
#include "runtime/clock.h"
#include "runtime/log.h"

namespace ike::privsep {
namespace {

class ControlService final : public Service {
 public:
  explicit ControlService(Start start)
      : loop_(start.loop),
        parent_(start.parent),
        keys_(start.take(Use::to_keys)),
        kernel_(start.take(Use::to_kernel)),
        engine_(start.take(Use::to_engine)),
        listening_(start.take(Use::control_socket)),
        log_(static_cast<runtime::LogTarget>(start.setup.log_target), "iked",
             start.take(Use::syslog)) {
    log_.set_verbosity(start.setup.verbosity);
    keys_.attach(loop_, log_only<KeysToControl>(), report_to(parent_, Role::keys));
    kernel_.attach(loop_, log_only<KernelToControl>(), report_to(parent_, Role::kernel));
    engine_.attach(loop_,
                   receiver_of<EngineToControl>(
                       texts_,
                       [this](EngineToControl message) {
                         std::visit(overloaded{
                                        [this](const events::Event& event) { take(event); },
                                        [this](model::ControlReply&& reply) {
                                          server_.answer(std::move(reply));
                                        },
                                    },
                                    std::move(message));
                       }),
                   report_to(parent_, Role::engine));
    loop_.watch(listening_.value(), EPOLLIN, [this](uint32_t) { accept_client(); });
    loop_.at_turn_end([this] { end_turn(); });
  }

  void on(FromParent&& message) override {
    std::visit(overloaded{
                   [this](const SetVerbosity& set) { log_.set_verbosity(set.verbosity); },
                   [this](const events::Event& event) { tell_monitors(event); },
                   [this](ReloadDone&& done) {
                     server_.finish(done.ticket, {done.ok, std::move(done.text)});
                   },
                   [](const auto&) {},
               },
               std::move(message));
  }

 private:
  template <typename Message>
  Channel::Receiver log_only() {
    return receiver_of<Message>(texts_, [this](Message message) {
      std::visit([this](auto&& event) { take(std::move(event)); }, std::move(message));
    });
  }
  void take(const events::Event& event) {
    log_.emit(event);
    tell_monitors(event);
  }
  void tell_monitors(const events::Event& event) {
    if (!server_.has_monitors()) return;
    server_.event(control::record_of(event, runtime::unix_microseconds()));
  }

  void accept_client() {
    Fd fd(accept4(listening_.value(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd.valid()) return;
    const auto id = server_.connect();
    if (!id) return;  // hung up on: there are too many
    loop_.watch(fd.value(), EPOLLIN, [this, id = *id](uint32_t events) { serve(id, events); });
    clients_[*id] = std::move(fd);
  }

  void serve(control::ClientId id, uint32_t events) {
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
    std::array<uint8_t, 4096> octets;
    const ssize_t got = recv(clients_[id].value(), octets.data(), octets.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      drop(id);
      return;
    }
    auto forward = server_.receive(id, Bytes(octets).first(static_cast<size_t>(got)));
    if (forward) carry_out(*std::move(forward));
  }

  void carry_out(control::Server::Forward&& forward) {
    const Ticket ticket = forward.ticket;
    std::visit(
        overloaded{
            [&](const control::EngineCommand& command) {
              engine_.post<ControlToEngine>({ticket, command});
            },
            [&](const control::Reload&) { parent_.post<ToParent>(Reload{ticket, ""}); },
            [&](control::Load&& load) {
              parent_.post<ToParent>(Reload{ticket, std::move(load.path)});
            },
            [&](const control::SetVerbosity& set) {
              parent_.post<ToParent>(SetVerbosity{static_cast<uint8_t>(set.verbose ? 2 : 0)});
              server_.finish(ticket, {});
            },
            [](const control::Monitor&) {},
        },
        std::move(forward.request));
  }

  void end_turn() {
    for (const control::ClientId id : server_.clients()) send_output(id);
    keys_.flush();
    kernel_.flush();
    engine_.flush();
    log_.flush();
  }

  void send_output(control::ClientId id) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return;
    bool room = true;
    while (room && !server_.output(id).empty()) {
      const Bytes out = server_.output(id);
      const ssize_t sent =
          send(found->second.value(), out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent > 0) server_.sent(id, static_cast<size_t>(sent));
      if (sent < 0 && errno != EAGAIN && errno != EINTR) return drop(id);
      room = sent > 0;
    }
    if (server_.closing(id)) return drop(id);
    const bool waits = !server_.output(id).empty();
    loop_.change(found->second.value(), waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }

  void drop(control::ClientId id) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return;
    loop_.forget(found->second.value());
    clients_.erase(found);
    server_.disconnect(id);
  }

  runtime::Loop& loop_;
  Channel& parent_;
  TextTable texts_;
  Channel keys_;
  Channel kernel_;
  Channel engine_;
  Fd listening_;
  runtime::LogWriter log_;
  control::Server server_;
  std::map<control::ClientId, Fd> clients_;
};

}  // namespace

Result<std::unique_ptr<Service>> make_control_service(Start start, std::string&) {
  return std::make_unique<ControlService>(std::move(start));
}

}  // namespace ike::privsep
