// Machines that restart, move, are reconfigured, and networks that fall apart.
#include "sim/scenarios/pair.h"

namespace ike::sim {
namespace {

void nat(World& world) {
  Pair p(world);
  world.network().put_behind_nat(p.a.node->address(), Address::v4(203, 0, 113, 77));
  p.ba.any_peer = true;
  world.network().set_weather(world.random().chance(500) ? kRough : kFair);
  p.start();
  world.run_for(seconds(60));
  p.end();
}

void nat_rebinding(World& world) {
  Pair p(world);
  NatBox& box = world.network().put_behind_nat(p.a.node->address(), Address::v4(203, 0, 113, 77));
  p.ba.any_peer = true;
  p.both([](Relation& r) { r.child_lifetime = seconds(150); });
  p.connect();
  for (int i = 0; i < 3; ++i) {
    box.rebind();
    world.run_for(world.random().between(seconds(1), seconds(120)));
  }
  p.end();
}

void partition(World& world) {
  Pair p(world);
  p.global.dpd_interval = seconds(30);
  p.connect();
  world.network().cut(p.a.node->address(), p.b.node->address());
  // Traffic that finds no answer makes them look for life; long silence does, too.
  for (int i = 0; i < 20; ++i) {
    p.a.node->kernel().send_packet(packet_between(p.a, p.b));
    p.b.node->kernel().send_packet(packet_between(p.b, p.a));
    world.run_for(seconds(30));
  }
  for (const auto& node : world.nodes()) {
    if (!node->kernel().sas().empty()) world.violate(node->name() + " believes in a dead peer");
  }
  p.end();
}

void short_partition(World& world) {
  Pair p(world);
  p.both([](Relation& r) { r.child_lifetime = seconds(60); });
  p.connect();
  for (int i = 0; i < 4; ++i) {
    world.network().cut(p.a.node->address(), p.b.node->address());
    world.run_for(world.random().between(seconds(1), seconds(100)));
    world.network().mend();
    world.run_for(world.random().between(seconds(1), seconds(100)));
  }
  p.end();
}

// The initiator comes back without memory; INITIAL_CONTACT, or DPD, removes what is left of it.
void restart_of_initiator(World& world) {
  Pair p(world);
  p.global.dpd_interval = seconds(30);
  p.connect();
  p.a.node->crash();
  world.run_for(world.random().between(seconds(0), seconds(30)));
  p.a.node->start(p.policy_of_a());
  world.run_for(seconds(20));
  check_connected(world, p.a, p.b, p.ab);
  if (p.b.node->ike_sas() != 1) world.violate("INITIAL_CONTACT did not remove the old IKE SA");
  p.end();
}

void restart_of_responder(World& world) {
  Pair p(world);
  p.global.dpd_interval = seconds(30);
  p.connect();
  p.b.node->crash();
  world.run_for(world.random().between(seconds(0), seconds(30)));
  p.b.node->start(p.policy_of_b());
  for (int i = 0; i < 20; ++i) {
    p.a.node->kernel().send_packet(packet_between(p.a, p.b));
    world.run_for(seconds(20));
  }
  p.end();
}

void reload_unchanged(World& world) {
  Pair p(world);
  p.connect();
  const uint64_t before = p.a.node->counter("ike_sas_created");
  p.a.node->reload(p.policy_of_a());
  p.b.node->reload(p.policy_of_b());
  world.run_for(seconds(30));
  if (p.a.node->counter("ike_sas_created") != before) {
    world.violate("a reload without a change touched an IKE SA");
  }
  p.end();
}

void reload_changed(World& world) {
  Pair p(world);
  p.connect();
  world.network().set_weather(world.random().chance(500) ? kRough : kFair);
  p.both([](Relation& r) {
    r.children = 2;
    r.flavour = 1;
  });
  p.b.node->reload(p.policy_of_b());
  world.run_for(world.random().between(Duration(0), seconds(5)));
  p.a.node->reload(p.policy_of_a());
  world.run_for(seconds(200));
  p.end();
}

void reload_to_nothing(World& world) {
  Pair p(world);
  p.connect();
  p.a.node->reload(make_policy({}));
  world.run_for(seconds(10));
  check_nothing(world);
  check_shutdown(world);
}

void decouple(World& world) {
  Pair p(world);
  p.connect();
  p.a.node->control(model::SetCoupled{false});
  world.run_for(seconds(10));
  if (!p.a.node->kernel().sas().empty()) world.violate("decoupled, and still SAs in the kernel");
  p.a.node->control(model::SetCoupled{true});
  world.run_for(seconds(20));
  p.end();
}

void clock_jump(World& world) {
  Pair p(world);
  p.both([](Relation& r) { r.child_lifetime = seconds(600); });
  p.global.dpd_interval = seconds(30);
  p.connect();
  for (int i = 0; i < 3; ++i) {
    Node& node = world.random().chance(500) ? *p.a.node : *p.b.node;
    node.jump(world.random().between(seconds(1), hours(10)));
    world.run_for(world.random().between(seconds(1), seconds(60)));
  }
  p.end();
}

void reset_by_operator(World& world) {
  Pair p(world);
  p.connect();
  world.network().set_weather(kRough);
  for (int i = 0; i < 3; ++i) {
    Node& node = world.random().chance(500) ? *p.a.node : *p.b.node;
    node.control(model::ResetSas{});
    world.run_for(seconds(100));
  }
  p.end();
}

void stormy(World& world) {
  Pair p(world);
  p.both([](Relation& r) {
    r.children = 2;
    r.child_lifetime = seconds(90);
    r.ike_lifetime = seconds(200);
  });
  p.ba.active = world.random().chance(500);
  world.network().set_weather(kStormy);
  p.start();
  world.run_for(seconds(900));
  p.end();
}

constexpr Scenario kScenarios[] = {
    {"nat", "the initiator is behind a NAT", nat},
    {"nat-rebinding", "the NAT forgets its table", nat_rebinding},
    {"partition", "the network falls apart for good, then heals", partition},
    {"short-partition", "the network falls apart for a while", short_partition},
    {"restart-initiator", "the initiator forgets everything", restart_of_initiator},
    {"restart-responder", "the responder forgets everything", restart_of_responder},
    {"reload-same", "a reload that changes nothing", reload_unchanged},
    {"reload-changed", "a reload with another Child SA", reload_changed},
    {"reload-empty", "a reload that removes the connection", reload_to_nothing},
    {"decouple", "the kernel is let go and taken back", decouple},
    {"clock-jump", "a machine sleeps for hours", clock_jump},
    {"reset", "the operator resets SAs in bad weather", reset_by_operator},
    {"stormy", "everything at once in the worst weather", stormy},
};

}  // namespace

std::span<const Scenario> trouble_scenarios() { return kScenarios; }

}  // namespace ike::sim
