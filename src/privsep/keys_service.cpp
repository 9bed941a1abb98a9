// The keys process: long-term secrets, and nothing that faces a network.
#include "base/overloaded.h"
#include "keys/service.h"
#include "privsep/remote_log.h"
#include "privsep/service.h"

namespace ike::privsep {
namespace {

class KeysService final : public Service {
 public:
  KeysService(Start start, std::unique_ptr<crypto::Provider> provider)
      : loop_(start.loop),
        parent_(start.parent),
        engine_(start.take(Use::to_engine)),
        control_(start.take(Use::to_control)),
        log_(control_, start.setup.verbosity),
        provider_(std::move(provider)),
        service_(keys::Keyring(), peer_keys(start), *provider_, log_) {
    engine_.attach(loop_,
                   receiver_of<EngineToKeys>(texts_,
                                             [this](const EngineToKeys& request) {
                                               engine_.post<KeysToEngine>(
                                                   service_.handle(loop_.now(), request));
                                             }),
                   report_to(parent_, Role::engine));
    control_.attach(
        loop_, [](Bytes) { return fail(Fault::refused, "may not send anything here"); },
        report_to(parent_, Role::control));
    loop_.at_turn_end([this] {
      engine_.flush();
      control_.flush();
    });
  }

  void on(FromParent&& message) override {
    std::visit(overloaded{
                   [this](NewSecrets&& news) { load(std::move(news)); },
                   [this](const SetVerbosity& set) { log_.set_verbosity(set.verbosity); },
                   [](const auto&) {},
               },
               std::move(message));
  }

 private:
  static keys::PeerKeys peer_keys(Start& start) {
    return {keys::Directory(start.take(Use::public_keys).release(), start.setup.keys_directory),
            start.setup.invoker};
  }

  void load(NewSecrets&& news) {
    keys::LocalKey local{std::nullopt, std::move(news.problem)};
    if (!news.local_key.empty()) {
      local = keys::parse_local_key(news.local_key.view(), news.local_path);
    }
    service_.replace(keys::Keyring(std::move(news.secrets), std::move(local)));
    parent_.post<ToParent>(Loaded{news.generation});
  }

  runtime::Loop& loop_;
  Channel& parent_;
  TextTable texts_;
  Channel engine_;
  Channel control_;
  RemoteLog<KeysToControl> log_;
  std::unique_ptr<crypto::Provider> provider_;
  keys::Service service_;
};

}  // namespace

Result<std::unique_ptr<Service>> make_keys_service(Start start, std::string& detail) {
  auto provider = start.make_provider();
  if (!provider) {
    detail = "no crypto provider";
    return fail(Fault::internal, "crypto");
  }
  return std::make_unique<KeysService>(std::move(start), std::move(provider));
}

}  // namespace ike::privsep
