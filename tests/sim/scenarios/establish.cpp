// From nothing to SAs.
#include <array>

#include "sim/scenarios/pair.h"

namespace ike::sim {
namespace {

void establish(World& world) {
  Pair p(world);
  world.network().set_weather(world.random().chance(500) ? kRough : kFair);
  p.start();
  world.run_for(seconds(60));
  p.end();
}

void establish_signatures(World& world) {
  Pair p(world);
  p.both([](Relation& r) { r.signatures = true; });
  world.network().set_weather(kRough);
  p.start();
  world.run_for(seconds(60));
  p.end();
}

// Both begin at once: two IKE SAs may come of it, but each of them is whole.
void establish_from_both_ends(World& world) {
  Pair p(world);
  p.ba.active = true;
  p.both([&](Relation& r) { r.initial_contact = world.random().chance(500); });
  world.network().set_weather(world.random().chance(500) ? kRough : kFair);
  p.start();
  world.run_for(seconds(60));
  p.end();
}

void many_children(World& world) {
  Pair p(world);
  const auto children = static_cast<unsigned>(world.random().between(uint64_t{2}, uint64_t{12}));
  p.both([&](Relation& r) {
    r.children = children;
    r.pfs = world.random().chance(500);
  });
  p.ba.pfs = p.ab.pfs;
  world.network().set_weather(world.random().chance(500) ? kRough : kFair);
  p.start();
  world.run_for(seconds(90));
  p.end();
}

// A hub and its spokes, whose addresses the hub does not know.
void hub_and_spokes(World& world) {
  const End hub{&world.add_node("hub", Address::v4(203, 0, 113, 1)), 1};
  std::vector<End> spokes;
  std::vector<model::ConnectionPtr> at_hub;
  Relation relation;
  const uint64_t count = world.random().between(uint64_t{2}, uint64_t{8});
  for (uint8_t i = 0; i < count; ++i) {
    spokes.push_back({&world.add_node("spoke" + std::to_string(i),
                                      Address::v4(192, 0, 2, static_cast<uint8_t>(10 + i))),
                      static_cast<uint8_t>(10 + i)});
    relation.any_peer = true;
    at_hub.push_back(make_connection(hub, spokes.back(), relation));
  }
  hub.node->start(make_policy(at_hub));
  relation.any_peer = false;
  relation.active = true;
  world.network().set_weather(kRough);
  for (const End& spoke : spokes) {
    spoke.node->start(make_policy({make_connection(spoke, hub, relation)}));
  }
  world.run_for(seconds(60));
  world.settle();
  check_quiet(world);
  for (const End& spoke : spokes) check_connected(world, spoke, hub, relation);
  check_shutdown(world);
}

// No SA before a packet asks for one.
void acquire(World& world) {
  Pair p(world);
  p.ab.active = false;
  p.both([](Relation& r) { r.children = 3; });
  p.start();
  world.run_for(seconds(5));
  check_nothing(world);
  for (int i = 0; i < 30; ++i) {
    const auto child = static_cast<unsigned>(world.random().between(uint64_t{0}, uint64_t{2}));
    p.a.node->kernel().send_packet(packet_between(p.a, p.b, child));
    if (world.random().chance(300)) {
      p.b.node->kernel().send_packet(packet_between(p.b, p.a, child));
    }
    world.run_for(world.random().between(milliseconds(1), seconds(1)));
  }
  for (unsigned child = 0; child < 3; ++child) {
    p.a.node->kernel().send_packet(packet_between(p.a, p.b, child));
    world.run_for(seconds(5));
  }
  p.end();
}

void another_group(World& world) {
  Pair p(world);
  p.both([](Relation& r) { r.pfs = true; });
  p.ab.first_group = KeMethod::modp2048;
  p.ba.first_group = KeMethod::ecp256;
  p.ba.only_first_group = true;
  world.network().set_weather(world.random().chance(500) ? kRough : kFair);
  p.start();
  world.run_for(seconds(60));
  p.end();
}

// The responder's half differs from the initiator's, at set-up and when either side rekeys.
void key_encapsulation(World& world) {
  constexpr std::array kMethods{KeMethod::sntrup761x25519, KeMethod::ml_kem_512,
                                KeMethod::ml_kem_768};
  Pair p(world);
  const KeMethod method = kMethods[world.random().between(uint64_t{0}, kMethods.size() - 1)];
  p.both([method](Relation& r) {
    r.first_group = method;
    r.pfs = true;
    r.child_lifetime = seconds(60);
    r.ike_lifetime = seconds(150);
  });
  // Or the responder wants Diffie-Hellman after all.
  if (world.random().chance(300)) {
    p.ba.first_group = KeMethod::curve25519;
    p.ba.only_first_group = true;
  }
  world.network().set_weather(world.random().chance(500) ? kRough : kFair);
  p.start();
  world.run_for(seconds(400));
  p.end();
}

void fragments(World& world) {
  Pair p(world);
  p.both([](Relation& r) {
    r.fragmentation = true;
    r.certificate_sized = true;
  });
  world.network().set_weather(kRough);
  p.start();
  world.run_for(seconds(90));
  p.end();
}

void slow_ports(World& world) {
  Pair p(world);
  for (Node* node : {p.a.node, p.b.node}) {
    node->kernel().set_habits({.delay_min = milliseconds(1), .delay_max = seconds(2), .refuse = 0});
    node->set_habits({.delay_min = milliseconds(1), .delay_max = seconds(2), .refuse = 0},
                     {.delay_min = milliseconds(1), .delay_max = seconds(1), .slow = 300});
  }
  p.both([](Relation& r) { r.children = 3; });
  p.start();
  world.run_for(seconds(60));
  p.end();
}

// Ports that refuse now and then: SAs may fail, but nothing is left lying about.
void refusing_ports(World& world) {
  Pair p(world);
  for (Node* node : {p.a.node, p.b.node}) {
    node->kernel().set_habits({.refuse = 250});
    node->set_habits({.refuse = 150}, {});
  }
  p.both([](Relation& r) {
    r.children = 3;
    r.child_lifetime = seconds(60);
  });
  p.start();
  world.run_for(seconds(300));
  for (Node* node : {p.a.node, p.b.node}) {
    node->kernel().set_habits({});
    node->set_habits({}, {});
  }
  world.settle();
  check_quiet(world);
  check_shutdown(world);
}

void wrong_key(World& world) {
  Pair p(world);
  p.ba.psk = Blob(16, 0x77);
  world.network().set_weather(world.random().chance(300) ? kRough : kFair);
  p.start();
  world.run_for(seconds(300));
  check_nothing(world);
  check_shutdown(world);
}

void nothing_in_common(World& world) {
  Pair p(world);
  p.both([](Relation& r) { r.only_first_group = true; });
  p.ba.first_group = KeMethod::ecp384;
  p.start();
  world.run_for(seconds(300));
  check_nothing(world);
  check_shutdown(world);
}

constexpr Scenario kScenarios[] = {
    {"establish", "one IKE SA with one Child SA, in any weather", establish},
    {"establish-signatures", "the same with signatures", establish_signatures},
    {"establish-both", "both ends begin at once", establish_from_both_ends},
    {"many-children", "up to twelve Child SAs, with and without PFS", many_children},
    {"hub", "a hub whose spokes come from anywhere", hub_and_spokes},
    {"acquire", "packets ask for SAs", acquire},
    {"another-group", "the responder wants another group", another_group},
    {"key-encapsulation", "methods whose halves differ, with rekeys", key_encapsulation},
    {"fragments", "messages that need fragments", fragments},
    {"slow-ports", "kernel, keys and crypto take seconds", slow_ports},
    {"refusing-ports", "kernel and keys refuse now and then", refusing_ports},
    {"wrong-key", "the shared keys differ: nothing may come of it", wrong_key},
    {"no-proposal", "no group in common: nothing may come of it", nothing_in_common},
};

}  // namespace

std::span<const Scenario> establish_scenarios() { return kScenarios; }

}  // namespace ike::sim
