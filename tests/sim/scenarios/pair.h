// Two nodes with one relation, which most scenarios begin with.
#pragma once

#include "sim/checkers.h"
#include "sim/scenario.h"

namespace ike::sim {

struct Pair {
  World& world;
  End a;
  End b;
  Relation ab;
  Relation ba;
  model::Global global;

  explicit Pair(World& w)
      : world(w),
        a{&w.add_node("left", Address::v4(192, 0, 2, 1)), 1},
        b{&w.add_node("right", Address::v4(198, 51, 100, 2)), 2} {
    ab.active = true;
  }
  void both(const std::function<void(Relation&)>& change) {
    change(ab);
    change(ba);
  }
  model::PolicyPtr policy_of_a() const { return make_policy({make_connection(a, b, ab)}, global); }
  model::PolicyPtr policy_of_b() const { return make_policy({make_connection(b, a, ba)}, global); }
  void start() {
    b.node->start(policy_of_b());
    a.node->start(policy_of_a());
  }
  bool is_connected() const { return connected(a, b, ab); }
  // Both up and connected in good weather.
  void connect() {
    start();
    if (!world.run_until([&] { return is_connected(); }, seconds(30))) {
      world.violate("no connection within 30 s on a fair network");
    }
    world.run_for(seconds(2));
  }
  // One for each Child SA: what bad times took away comes back when it is needed.
  void send_packets() {
    for (unsigned child = 0; child < ab.children; ++child) {
      a.node->kernel().send_packet(packet_between(a, b, child));
      world.run_for(seconds(5));
    }
  }
  // The usual end of a run.
  void end() {
    world.settle();
    send_packets();
    check_quiet(world);
    check_connected(world, a, b, ab);
    check_shutdown(world);
  }
};

// The SPIs of the inbound ESP SAs that a node has.
std::vector<EspSpi> inbound_spis(Node& node);

// By file.
std::span<const Scenario> establish_scenarios();
std::span<const Scenario> rekey_scenarios();
std::span<const Scenario> trouble_scenarios();
std::span<const Scenario> hostile_scenarios();

}  // namespace ike::sim
