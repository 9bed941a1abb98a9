// The engine process: the only one that reads what the network sends.  It has no long-term secret.
#include "base/limits.h"
#include "base/overloaded.h"
#include "engine/engine.h"
#include "privsep/live_counters.h"
#include "privsep/remote_log.h"
#include "privsep/service.h"
#include "runtime/driver.h"
#include "runtime/os_random.h"

namespace ike::privsep {
namespace {

// Tickets of ours to the engine, apart from those of the control process, which counts from 1.
constexpr uint64_t kLoadTickets = uint64_t{1} << 63;

class EngineService final : public Service, public runtime::Ports {
 public:
  EngineService(Start start, std::unique_ptr<crypto::Provider> provider,
                std::unique_ptr<runtime::CryptoPool> pool)
      : loop_(start.loop),
        parent_(start.parent),
        keys_(start.take(Use::to_keys)),
        kernel_(start.take(Use::to_kernel)),
        control_(start.take(Use::to_control)),
        log_(control_, start.setup.verbosity),
        provider_(std::move(provider)),
        pool_(std::move(pool)),
        engine_(*provider_, random_, log_),
        driver_({loop_, engine_, *provider_, random_, *this, pool_.get()}) {
    keys_.attach(loop_,
                 receiver_of<KeysToEngine>(
                     texts_, [this](KeysToEngine reply) { driver_.input(std::move(reply)); }),
                 report_to(parent_, Role::keys));
    kernel_.attach(loop_,
                   receiver_of<KernelToEngine>(
                       texts_, [this](KernelToEngine event) { take(std::move(event)); }),
                   report_to(parent_, Role::kernel));
    control_.attach(
        loop_,
        receiver_of<ControlToEngine>(
            texts_, [this](ControlToEngine request) { driver_.input(std::move(request)); }),
        report_to(parent_, Role::control));
    for (size_t i = 0; i < start.descriptors.size(); ++i) {
      const Descriptor& descriptor = start.setup.descriptors[i];
      if (descriptor.use != Use::udp) continue;
      driver_.udp().add(std::move(start.descriptors[i]), descriptor.local);
    }
    loop_.at_turn_end([this] {
      driver_.flush();
      keys_.flush();
      kernel_.flush();
      control_.flush();
    });
  }

  void on(FromParent&& message) override {
    std::visit(overloaded{
                   [this](NewPolicy&& news) {
                     const Ticket ticket(kLoadTickets | news.generation);
                     driver_.input(engine::PolicyUpdate{ticket, std::move(news.policy)});
                   },
                   [this](const SetVerbosity& set) { log_.set_verbosity(set.verbosity); },
                   [this](const Stop&) { driver_.input(engine::Shutdown{}); },
                   [](const auto&) {},
               },
               std::move(message));
  }

  // ---- runtime::Ports ----
  void submit(model::KernelRequest&& request) override { kernel_.post<EngineToKernel>(request); }
  void submit(model::KeysRequest&& request) override { keys_.post<EngineToKeys>(request); }
  void answer(model::ControlReply&& reply) override {
    if ((reply.ticket.raw() & kLoadTickets) != 0) {
      parent_.post<ToParent>(Loaded{reply.ticket.raw() & ~kLoadTickets});
    } else {
      if (auto query = live_.hold(std::move(reply))) submit(*std::move(query));
      answer_held();
    }
  }
  void finished() override { parent_.post<ToParent>(Stopped{}); }

 private:
  void take(KernelToEngine&& event) {
    const auto* reply = std::get_if<model::KernelReply>(&event);
    if (reply != nullptr && live_.take(*reply)) {
      answer_held();
    } else {
      driver_.input(std::move(event));
    }
  }
  void answer_held() {
    while (auto reply = live_.next()) control_.post<EngineToControl>(*std::move(reply));
  }

  runtime::Loop& loop_;
  Channel& parent_;
  TextTable texts_;
  Channel keys_;
  Channel kernel_;
  Channel control_;
  RemoteLog<EngineToControl> log_;
  runtime::OsRandom random_;
  std::unique_ptr<crypto::Provider> provider_;
  std::unique_ptr<runtime::CryptoPool> pool_;
  engine::Engine engine_;
  runtime::Driver driver_;
  LiveCounters live_;
};

}  // namespace

Result<std::unique_ptr<Service>> make_engine_service(Start start, std::string& detail) {
  auto provider = start.make_provider();
  if (!provider) {
    detail = "no crypto provider";
    return fail(Fault::internal, "crypto");
  }
  IKE_TRY(auto pool, runtime::CryptoPool::create(start.setup.crypto_threads,
                                                 limits::kPendingJobsMax, start.make_provider));
  return std::make_unique<EngineService>(std::move(start), std::move(provider), std::move(pool));
}

}  // namespace ike::privsep
