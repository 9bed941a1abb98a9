#include "runtime/driver.h"

#include <sys/epoll.h>

#include "base/overloaded.h"

namespace ike::runtime {

Driver::Driver(Parts parts)
    : parts_(parts),
      udp_(parts.loop, [this](const engine::Datagram& datagram) { input(datagram); }) {
  parts_.loop.add_timed(*this);
  if (parts_.pool == nullptr) return;
  parts_.loop.watch(parts_.pool->event_fd(), EPOLLIN, [this](uint32_t) {
    std::vector<engine::CryptoDone> done;
    parts_.pool->collect(done);
    for (engine::CryptoDone& each : done) input(std::move(each));
  });
}

void Driver::on_deadline(Instant) { input(engine::Tick{}); }

void Driver::input(engine::Input&& first) {
  follow_ups_.push_back(std::move(first));
  while (!follow_ups_.empty()) {
    engine::Input next = std::move(follow_ups_.front());
    follow_ups_.pop_front();
    parts_.engine.handle(parts_.loop.now(), std::move(next), actions_);
    for (engine::Action& action : actions_) carry_out(std::move(action));
    actions_.clear();
  }
}

void Driver::carry_out(engine::Action&& action) {
  std::visit(overloaded{
                 [&](engine::Send&& send) { udp_.send(std::move(send)); },
                 [&](model::KernelRequest&& request) { parts_.ports.submit(std::move(request)); },
                 [&](model::KeysRequest&& request) { parts_.ports.submit(std::move(request)); },
                 [&](model::ControlReply&& reply) { parts_.ports.answer(std::move(reply)); },
                 [&](engine::RunCrypto&& work) { run(std::move(work)); },
                 [&](engine::Finished&&) { parts_.ports.finished(); },
             },
             std::move(action));
}

void Driver::run(engine::RunCrypto&& work) {
  const Ticket ticket = work.ticket;
  if (parts_.pool == nullptr || is_cheap(work.job)) {
    follow_ups_.push_back(
        engine::CryptoDone{ticket, crypto::run(parts_.provider, parts_.random, work.job)});
  } else if (!parts_.pool->submit(std::move(work))) {
    follow_ups_.push_back(
        engine::CryptoDone{ticket, fail(Fault::limit, "too many key exchanges at once")});
  }
}

}  // namespace ike::runtime
