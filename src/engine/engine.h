// The pure engine: one input in, actions out.  It reads no clock and does no I/O.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/events.h"
#include "base/random.h"
#include "engine/io.h"

namespace ike::engine {

struct EngineConfig {
  uint8_t shard = 0;        // first octet of our IKE SPIs
  uint32_t reqid_base = 1;  // request IDs are counted from here
};

class Core;

class Engine {
 public:
  // All three must outlive the engine.
  Engine(crypto::Provider& provider, Random& random, events::Sink& events,
         EngineConfig config = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Runs to completion and never blocks.  Actions are appended to `out`, in the order in which they
  // are to be done.  `now` must not go backwards.
  void handle(Instant now, Input&& input, std::vector<Action>& out) noexcept;
  // When to send the next Tick.
  std::optional<Instant> next_deadline() const;

  // For tests and reports.
  size_t ike_sas() const;

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace ike::engine
