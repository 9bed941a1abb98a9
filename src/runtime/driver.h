// Between the pure engine and everything that acts: inputs in, actions carried out.
#pragma once

#include <deque>
#include <vector>

#include "engine/engine.h"
#include "runtime/crypto_pool.h"
#include "runtime/loop.h"
#include "runtime/udp.h"

namespace ike::runtime {

// Who carries out what the driver cannot: other processes.
class Ports {
 public:
  virtual ~Ports() = default;
  virtual void submit(model::KernelRequest&& request) = 0;
  virtual void submit(model::KeysRequest&& request) = 0;
  virtual void answer(model::ControlReply&& reply) = 0;
  virtual void finished() = 0;
};

class Driver final : public Timed {
 public:
  struct Parts {
    Loop& loop;
    engine::Engine& engine;
    crypto::Provider& provider;  // for cheap jobs
    Random& random;
    Ports& ports;
    CryptoPool* pool = nullptr;  // null: every job runs at once
  };

  explicit Driver(Parts parts);

  // Has the engine handle it and carries out the actions, and what follows from cheap crypto.
  void input(engine::Input&& input);
  // The sockets' turn: after every batch of the loop.
  void flush() { udp_.flush(); }
  UdpPorts& udp() { return udp_; }

  std::optional<Instant> next_deadline() const override { return parts_.engine.next_deadline(); }
  void on_deadline(Instant now) override;

 private:
  void carry_out(engine::Action&& action);
  void run(engine::RunCrypto&& work);

  Parts parts_;
  UdpPorts udp_;
  std::vector<engine::Action> actions_;
  std::deque<engine::Input> follow_ups_;
};

}  // namespace ike::runtime
