// One machine: an engine with its kernel, its keys and its crypto pool.
#pragma once

#include <memory>
#include <string>

#include "crypto/fake/fake_provider.h"
#include "engine/engine.h"
#include "sim/fake_kernel.h"
#include "sim/network.h"

namespace ike::sim {

class World;

// Answers late, sometimes never does what it should.
struct KeysHabits {
  Duration delay_min = microseconds(100);
  Duration delay_max = milliseconds(4);
  unsigned refuse = 0;  // per mille
};
struct CryptoHabits {
  Duration delay_min = microseconds(50);
  Duration delay_max = milliseconds(5);
  unsigned slow = 0;  // per mille that take up to three seconds
};

class Node final : public events::Sink {
 public:
  Node(World& world, std::string name, const Address& address);
  ~Node() override;

  const std::string& name() const { return name_; }
  const Address& address() const { return address_; }
  FakeKernel& kernel() { return kernel_; }
  bool running() const { return engine_ != nullptr; }
  bool finished() const { return finished_; }

  void set_psk(ConnectionId connection, Blob psk) { psks_[connection] = std::move(psk); }
  // Public keys of peers by identity; ours is the key that we "sign" with.
  void set_key(Blob ours) { key_ = std::move(ours); }
  void trust(const model::Identity& peer, Blob key) { peers_.emplace_back(peer, std::move(key)); }
  void set_habits(const KeysHabits& keys, const CryptoHabits& crypto) {
    keys_habits_ = keys;
    crypto_habits_ = crypto;
  }

  void start(model::PolicyPtr policy);
  // A new policy takes the place of the old one.
  void reload(model::PolicyPtr policy);
  // As by kill -9 or loss of power: the kernel forgets, too.
  void crash();
  void shut_down();
  // Its clock jumps ahead, as after a suspension.
  void jump(Duration ahead);

  void feed(engine::Input&& input);
  void control(decltype(model::ControlRequest::command) command);
  std::vector<model::IkeSaReport> sas();
  uint64_t counter(std::string_view name);
  size_t ike_sas() const { return engine_ ? engine_->ike_sas() : 0; }
  bool has_deadline() const { return engine_ && engine_->next_deadline().has_value(); }
  size_t requests_waiting() const { return waiting_ + kernel_.waiting(); }
  uint64_t datagrams_sent() const { return datagrams_sent_; }

  // events::Sink
  bool wants(events::Severity severity) const override;
  void emit(const events::Event& event) override;

 private:
  Instant now() const;
  void perform(engine::Action&& action);
  void run_job(engine::RunCrypto&& job);
  void ask_keys(model::KeysRequest&& request);
  model::KeysReply answer(const model::KeysRequest& request);
  void arm_tick();
  void later(Duration delay, engine::Input&& input);

  World& world_;
  std::string name_;
  Address address_;
  SimRandom random_;
  std::unique_ptr<crypto::Provider> provider_ = crypto::make_fake_provider();
  FakeKernel kernel_;
  std::unique_ptr<engine::Engine> engine_;
  uint64_t life_ = 0;  // started so often: what belongs to an earlier life is dropped
  Duration ahead_{0};
  std::optional<Instant> armed_;
  KeysHabits keys_habits_;
  CryptoHabits crypto_habits_;
  std::map<ConnectionId, Blob> psks_;
  Blob key_;
  std::vector<std::pair<model::Identity, Blob>> peers_;
  size_t waiting_ = 0;
  uint64_t datagrams_sent_ = 0;
  bool finished_ = false;
  std::vector<model::ControlReply> replies_;
  uint64_t next_ticket_ = 1;
};

}  // namespace ike::sim
