#include "sim/node.h"

#include "base/overloaded.h"
#include "crypto/algorithms.h"
#include "sim/world.h"

namespace ike::sim {
namespace {

// RFC 7296 section 2.15, as the keys process does it.
Blob psk_mac(crypto::Provider& provider, PrfId prf, Bytes psk, Bytes octets) {
  const size_t size = crypto::info_of(prf)->size;
  const Bytes pad = as_bytes("Key Pad for IKEv2");
  Blob inner(size), mac(size);
  provider.prf(prf, psk, crypto::Parts(&pad, 1), inner);
  provider.prf(prf, inner, crypto::Parts(&octets, 1), mac);
  return mac;
}

}  // namespace

Node::Node(World& world, std::string name, const Address& address)
    : world_(world),
      name_(std::move(name)),
      address_(address),
      random_(world.random().fork()),
      kernel_(world.clock(), world.random().fork(), address,
              [this](model::KernelEvent e) { feed(engine::Input(std::move(e))); }) {
  world.network().attach(address,
                         [this](const Packet& p) { feed(engine::Datagram{p.from, p.to, p.data}); });
}

Node::~Node() = default;

Instant Node::now() const { return world_.clock().now() + ahead_; }

void Node::start(model::PolicyPtr policy) {
  ++life_;
  finished_ = false;
  waiting_ = 0;
  armed_.reset();
  engine_ = std::make_unique<engine::Engine>(*provider_, random_, *this);
  reload(std::move(policy));
}

void Node::reload(model::PolicyPtr policy) {
  kernel_.set_policy(policy);
  feed(engine::PolicyUpdate{Ticket(next_ticket_++), std::move(policy)});
}

void Node::crash() {
  world_.say(name_ + " crashes");
  ++life_;
  engine_.reset();
  kernel_.wipe();
}

void Node::shut_down() {
  world_.say(name_ + " is told to shut down");
  feed(engine::Shutdown{});
}

void Node::jump(Duration ahead) {
  ahead_ += ahead;
  feed(engine::Tick{});
}

void Node::feed(engine::Input&& input) {
  if (!engine_) return;
  std::vector<engine::Action> actions;
  engine_->handle(now(), std::move(input), actions);
  for (engine::Action& action : actions) perform(std::move(action));
  arm_tick();
}

void Node::later(Duration delay, engine::Input&& input) {
  ++waiting_;
  world_.clock().after(delay, [this, life = life_, i = std::move(input)]() mutable {
    if (life != life_) return;
    --waiting_;
    feed(std::move(i));
  });
}

void Node::arm_tick() {
  const auto deadline = engine_->next_deadline();
  if (!deadline || deadline == armed_) {
    armed_ = deadline;
    return;
  }
  armed_ = deadline;
  world_.clock().at(*deadline - ahead_, [this, life = life_, deadline] {
    if (life != life_ || armed_ != deadline) return;
    armed_.reset();
    feed(engine::Tick{});
  });
}

void Node::perform(engine::Action&& action) {
  std::visit(overloaded{
                 [&](engine::Send& s) {
                   ++datagrams_sent_;
                   world_.on_sent(*this, s);
                   Endpoint from = s.from;
                   if (from.address.is_any()) from.address = address_;
                   world_.network().send({from, s.to, *s.data});
                 },
                 [&](model::KernelRequest& r) { kernel_.submit(std::move(r)); },
                 [&](engine::RunCrypto& r) { run_job(std::move(r)); },
                 [&](model::KeysRequest& r) { ask_keys(std::move(r)); },
                 [&](model::ControlReply& r) { replies_.push_back(std::move(r)); },
                 [&](engine::Finished&) { finished_ = true; },
             },
             action);
}

void Node::run_job(engine::RunCrypto&& job) {
  Duration delay = random_.between(crypto_habits_.delay_min, crypto_habits_.delay_max);
  if (random_.chance(crypto_habits_.slow)) delay += random_.between(Duration(0), seconds(3));
  later(delay, engine::CryptoDone{job.ticket, crypto::run(*provider_, random_, job.job)});
}

void Node::ask_keys(model::KeysRequest&& request) {
  const Duration delay = random_.between(keys_habits_.delay_min, keys_habits_.delay_max);
  model::KeysReply reply = answer(request);
  if (random_.chance(keys_habits_.refuse)) {
    reply.result = fail(Fault::internal, "the keys process is busy");
  }
  later(delay, std::move(reply));
}

model::KeysReply Node::answer(const model::KeysRequest& request) {
  return std::visit(
      overloaded{
          [&](const model::PskMacs& r) -> model::KeysReply {
            const auto psk = psks_.find(r.connection);
            if (psk == psks_.end()) return {r.ticket, fail(Fault::refused, "no such key"), "psk"};
            model::PskMacsMade made{psk_mac(*provider_, r.prf, psk->second, r.our_octets), {}};
            if (!r.peer_octets.empty()) {
              made.peers = psk_mac(*provider_, r.prf, psk->second, r.peer_octets);
            }
            return {r.ticket, model::KeysAnswer(std::move(made)), {}};
          },
          [&](const model::SignAuth& r) -> model::KeysReply {
            if (key_.empty()) return {r.ticket, fail(Fault::refused, "no such key"), "key"};
            model::AuthSigned made;
            made.method = AuthMethod::signature;
            made.data = crypto::fake_sign(key_, made.method, r.octets);
            return {r.ticket, model::KeysAnswer(std::move(made)), {}};
          },
          [&](const model::FindPeerKey& r) -> model::KeysReply {
            for (const auto& [id, key] : peers_) {
              if (id == r.peer) return {r.ticket, model::KeysAnswer(model::PeerKeyFound{key}), {}};
            }
            return {r.ticket, fail(Fault::refused, "no key of the peer"), r.peer.text()};
          },
      },
      request);
}

void Node::control(decltype(model::ControlRequest::command) command) {
  feed(model::ControlRequest{Ticket(next_ticket_++), std::move(command)});
}

std::vector<model::IkeSaReport> Node::sas() {
  if (!engine_) return {};
  replies_.clear();
  control(model::ShowSas{});
  std::vector<model::IkeSaReport> all;
  for (model::ControlReply& r : replies_) {
    for (model::IkeSaReport& sa : r.sas) all.push_back(std::move(sa));
  }
  replies_.clear();
  return all;
}

uint64_t Node::counter(std::string_view name) {
  if (!engine_) return 0;
  replies_.clear();
  control(model::ShowStats{});
  uint64_t value = 0;
  for (const model::ControlReply& r : replies_) {
    for (const model::Counter& c : r.counters) {
      if (c.name == name) value = c.value;
    }
  }
  replies_.clear();
  return value;
}

bool Node::wants(events::Severity severity) const {
  return world_.verbose() || severity != events::Severity::debug;
}

void Node::emit(const events::Event& event) { world_.on_event(*this, event); }

}  // namespace ike::sim
