// A simulated world: nodes, a network, virtual time, and everything that must hold in it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/node.h"

namespace ike::sim {

class World {
 public:
  World(uint64_t seed, bool verbose);

  Scheduler& clock() { return clock_; }
  SimRandom& random() { return random_; }
  Network& network() { return network_; }
  bool verbose() const { return verbose_; }

  Node& add_node(const std::string& name, const Address& address);
  std::vector<std::unique_ptr<Node>>& nodes() { return nodes_; }

  // Runs on; stops early at a violation.
  void run_for(Duration duration);
  // Until it holds, at most so long; false: it did not.
  bool run_until(const std::function<bool()>& holds, Duration at_most);
  // Fair weather, all cuts mended, and time for every retransmission to come to its end.
  void settle(Duration duration = seconds(400));

  // The first violation ends the run.
  void violate(std::string what);
  const std::optional<std::string>& violation() const { return violation_; }

  // For the story that -v tells.
  void say(const std::string& line);
  const std::vector<std::string>& story() const { return story_; }

  // From then on a node's newest outbound SA must always be one that the peer accepts.
  void watch_traffic(bool on) { watch_traffic_ = on; }

  // From nodes.
  void on_sent(const Node& node, const engine::Send& send);
  void on_event(const Node& node, const events::Event& event);

 private:
  void after_step();

  bool verbose_;
  SimRandom random_;
  Scheduler clock_;
  Network network_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::string> story_;
  std::optional<std::string> violation_;
  bool watch_traffic_ = false;
};

}  // namespace ike::sim
