#include "sim/world.h"

#include <fmt/format.h>

#include "sim/checkers.h"
#include "wire/header.h"

namespace ike::sim {
namespace {

// More than any of the scenarios needs: beyond it two engines keep each other busy for nothing.
constexpr uint64_t kDatagramsMax = 60'000;

std::string describe(const engine::Send& send) {
  Bytes data = *send.data;
  if (data.size() > wire::kNonEspMarkerSize && equal(data.first(4), Blob(4, 0))) {
    data = data.subspan(4);
  }
  const auto header = wire::Header::parse_fields(data);
  if (!header) return fmt::format("{} octets", data.size());
  return fmt::format("{} {} {}, {} octets", to_text(header->exchange),
                     header->is_response() ? "response" : "request", header->message_id.raw(),
                     data.size());
}

}  // namespace

World::World(uint64_t seed, bool verbose)
    : verbose_(verbose), random_(seed), network_(clock_, random_.fork()) {}

Node& World::add_node(const std::string& name, const Address& address) {
  nodes_.push_back(std::make_unique<Node>(*this, name, address));
  return *nodes_.back();
}

void World::run_for(Duration duration) {
  const Instant until = clock_.now() + duration;
  while (!violation_ && clock_.step(until)) after_step();
}

bool World::run_until(const std::function<bool()>& holds, Duration at_most) {
  const Instant until = clock_.now() + at_most;
  while (!violation_) {
    if (holds()) return true;
    // Asking costs more than running, so it is done now and then.
    const Instant next = std::min(until, clock_.now() + milliseconds(200));
    while (!violation_ && clock_.step(next)) after_step();
    if (clock_.now() >= until) return !violation_ && holds();
  }
  return false;
}

void World::settle(Duration duration) {
  say("the weather is fair");
  network_.set_weather(kFair);
  network_.mend();
  run_for(duration);
}

void World::after_step() {
  if (watch_traffic_) check_traffic(*this);
  for (const auto& node : nodes_) {
    if (const auto& refusal = node->kernel().refusal()) {
      violate(node->name() + " asked its kernel too much: " + std::string(refusal->what));
    }
  }
  if (network_.sent() > kDatagramsMax) violate("the engines never come to rest");
}

void World::violate(std::string what) {
  if (violation_) return;
  say("VIOLATION: " + what);
  violation_ = std::move(what);
}

void World::say(const std::string& line) {
  if (!verbose_) return;
  const auto ms = std::chrono::duration_cast<milliseconds>(clock_.now() - Instant(hours(1)));
  story_.push_back(fmt::format("{:>10.3f}  {}", static_cast<double>(ms.count()) / 1000, line));
}

void World::on_sent(const Node& node, const engine::Send& send) {
  if (!verbose_) return;
  say(fmt::format("{} -> {}: {}", node.name(), send.to.text(), describe(send)));
}

void World::on_event(const Node& node, const events::Event& event) {
  if (!verbose_) return;
  const std::string_view name = events::name_of(event);
  if (name == events::MessageSent::kName || name == events::MessageReceived::kName) return;
  say(fmt::format("{}: {}", node.name(), events::to_text(event)));
}

}  // namespace ike::sim
