// The kernel process: SAs and flows, in the kernel or in our own ESP.  It keeps CAP_NET_ADMIN, so
// it takes no request that the policy from the parent does not cover.
#include <sys/epoll.h>

#include "base/overloaded.h"
#include "kernel/factory.h"
#include "kernel/guard.h"
#include "privsep/remote_log.h"
#include "privsep/service.h"
#include "runtime/os_random.h"

namespace ike::privsep {
namespace {

constexpr Ticket kOwnFlush{~uint64_t{0}};  // the engine counts from 1

class KernelService final : public Service, public runtime::Timed {
 public:
  explicit KernelService(Start& start)
      : loop_(start.loop),
        parent_(start.parent),
        engine_(start.take(Use::to_engine)),
        control_(start.take(Use::to_control)),
        log_(control_, start.setup.verbosity) {}

  Result<void> open(Start& start) {
    kernel::Resources resources;
    resources.kind = start.setup.backend;
    resources.device = start.setup.device;
    resources.device_index = start.setup.device_index;
    resources.vnet_header = start.setup.vnet_header;
    for (size_t i = 0; i < start.descriptors.size(); ++i) {
      const Descriptor& descriptor = start.setup.descriptors[i];
      if (descriptor.use == Use::kernel_resource) {
        resources.add(descriptor.resource, std::move(start.descriptors[i]));
      }
    }
    provider_ = start.make_provider();
    if (!provider_) return fail(Fault::internal, "no crypto provider");
    IKE_TRY(backend_, kernel::make_backend(std::move(resources), {*provider_, random_}));
    connect();
    return {};
  }

  void on(FromParent&& message) override {
    std::visit(overloaded{
                   [this](NewPolicy&& news) {
                     guard_.set_policy(std::move(news.policy));
                     parent_.post<ToParent>(Loaded{news.generation});
                   },
                   [this](const SetVerbosity& set) { log_.set_verbosity(set.verbosity); },
                   [this](const Stop&) { flush(); },
                   [](const auto&) {},
               },
               std::move(message));
  }
  void abandoned() override {
    if (!backend_) return;
    flush();
    backend_->poll(loop_.now(), events_);
    close();
  }

  std::optional<Instant> next_deadline() const override {
    return backend_ ? backend_->next_deadline() : std::nullopt;
  }
  void on_deadline(Instant) override { due_ = true; }

 private:
  void connect() {
    engine_.attach(loop_,
                   receiver_of<EngineToKernel>(
                       texts_, [this](EngineToKernel request) { take(std::move(request)); }),
                   report_to(parent_, Role::engine));
    control_.attach(
        loop_, [](Bytes) { return fail(Fault::refused, "may not send anything here"); },
        report_to(parent_, Role::control));
    for (const int fd : backend_->fds()) {
      loop_.watch(fd, EPOLLIN, [this](uint32_t) { due_ = true; });
    }
    loop_.add_timed(*this);
    loop_.at_turn_end([this] { end_turn(); });
  }

  // The back end takes its rules of routing with it; they would outlive the process.
  void close() {
    for (const int fd : backend_->fds()) loop_.forget(fd);
    backend_.reset();
  }

  void flush() {
    if (!backend_) return;
    backend_->submit(loop_.now(), model::FlushAll{kOwnFlush});
    due_ = true;
  }

  void take(EngineToKernel&& request) {
    if (!backend_) return;
    if (const auto allowed = guard_.admit(request); !allowed) {
      const Ticket ticket = std::visit([](const auto& r) { return r.ticket; }, request);
      log_.emit(events::PortFailed{"kernel", "", std::string(allowed.error().what), ""});
      engine_.post<KernelToEngine>(model::KernelReply{ticket, std::unexpected(allowed.error())});
      return;
    }
    backend_->submit(loop_.now(), std::move(request));
    due_ = true;
  }

  // All requests of the turn are with the back end: one poll makes one batch of them.
  void end_turn() {
    if (!backend_) return;
    if (due_) {
      due_ = false;
      backend_->poll(loop_.now(), events_);
      for (model::KernelEvent& event : events_) give(std::move(event));
      events_.clear();
      if (std::string complaint = backend_->take_complaint(); !complaint.empty()) {
        log_.emit(events::Notice{events::Severity::warning, std::move(complaint)});
      }
      if (flushed_) {
        close();
        parent_.post<ToParent>(Stopped{});
      }
    }
    engine_.flush();
    control_.flush();
  }

  void give(model::KernelEvent&& event) {
    guard_.observe(event);
    const auto* reply = std::get_if<model::KernelReply>(&event);
    if (reply != nullptr && reply->ticket == kOwnFlush) {
      flushed_ = true;
      return;
    }
    engine_.post<KernelToEngine>(event);
  }

  runtime::Loop& loop_;
  Channel& parent_;
  TextTable texts_;
  Channel engine_;
  Channel control_;
  RemoteLog<KernelToControl> log_;
  runtime::OsRandom random_;
  std::unique_ptr<crypto::Provider> provider_;
  kernel::Guard guard_;
  std::unique_ptr<kernel::KernelBackend> backend_;
  std::vector<model::KernelEvent> events_;
  bool due_ = true;
  bool flushed_ = false;  // nothing of ours is left in the kernel, as the parent wished
};

}  // namespace

Result<std::unique_ptr<Service>> make_kernel_service(Start start, std::string& detail) {
  auto service = std::make_unique<KernelService>(start);
  if (const auto opened = service->open(start); !opened) {
    detail = std::string(kernel::to_text(start.setup.backend));
    return std::unexpected(opened.error());
  }
  return service;
}

}  // namespace ike::privsep
