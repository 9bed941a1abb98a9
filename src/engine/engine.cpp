#include "engine/engine.h"

#include "engine/core.h"

namespace ike::engine {

Engine::Engine(crypto::Provider& provider, Random& random, events::Sink& events,
               EngineConfig config)
    : core_(std::make_unique<Core>(provider, random, events, config)) {}

Engine::~Engine() = default;

void Engine::handle(Instant now, Input&& input, std::vector<Action>& out) noexcept {
  core_->handle(now, std::move(input), out);
}

std::optional<Instant> Engine::next_deadline() const { return core_->next_deadline(); }

size_t Engine::ike_sas() const { return core_->ike_sas(); }

}  // namespace ike::engine
