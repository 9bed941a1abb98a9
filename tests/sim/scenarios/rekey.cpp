// New keys for old, from one end and from both.
#include <algorithm>

#include "sim/scenarios/pair.h"

namespace ike::sim {
namespace {

void soft_expire_all(Node& node) {
  for (const EspSpi spi : inbound_spis(node)) node.kernel().expire(spi, false);
}

Weather some_weather(World& world) { return world.random().chance(400) ? kRough : kFair; }

void rekey_child(World& world) {
  Pair p(world);
  p.both([](Relation& r) { r.child_lifetime = seconds(100); });
  p.both([&](Relation& r) { r.pfs = p.ab.pfs; });
  p.connect();
  world.watch_traffic(true);
  world.network().set_weather(some_weather(world));
  world.run_for(seconds(300));
  world.watch_traffic(false);
  p.end();
}

// Both kernels say at the same moment that the SA is old.
void rekey_child_at_once(World& world) {
  Pair p(world);
  p.both([](Relation& r) { r.children = 2; });
  const bool pfs = world.random().chance(500);
  p.both([&](Relation& r) { r.pfs = pfs; });
  p.connect();
  world.watch_traffic(true);
  world.network().set_weather(some_weather(world));
  for (int round = 0; round < 3; ++round) {
    soft_expire_all(*p.a.node);
    world.run_for(world.random().between(Duration(0), milliseconds(60)));
    soft_expire_all(*p.b.node);
    world.run_for(seconds(200));
  }
  world.watch_traffic(false);
  p.end();
}

void rekey_ike(World& world) {
  Pair p(world);
  p.ab.ike_lifetime = seconds(120);
  p.both([](Relation& r) { r.children = 2; });
  p.connect();
  world.watch_traffic(true);
  world.network().set_weather(some_weather(world));
  world.run_for(seconds(500));
  world.watch_traffic(false);
  p.end();
}

// Short lifetimes at both ends make both begin within seconds, now and then at once.
void rekey_ike_at_once(World& world) {
  Pair p(world);
  p.both([](Relation& r) {
    r.ike_lifetime = seconds(20);
    r.children = 2;
  });
  p.connect();
  world.watch_traffic(true);
  Weather slow = kFair;
  slow.delay_min = milliseconds(200);
  slow.delay_max = milliseconds(900);
  world.network().set_weather(slow);
  world.run_for(seconds(200));
  world.watch_traffic(false);
  p.end();
}

// IKE SA and Child SAs are renewed at both ends, in bad weather, for an hour.
void rekey_everything(World& world) {
  Pair p(world);
  p.both([&](Relation& r) {
    r.ike_lifetime =
        seconds(static_cast<int64_t>(world.random().between(uint64_t{60}, uint64_t{300})));
    r.child_lifetime =
        seconds(static_cast<int64_t>(world.random().between(uint64_t{60}, uint64_t{200})));
    r.children = 2;
  });
  p.connect();
  world.network().set_weather(kRough);
  world.run_for(seconds(1200));
  p.end();
}

void rekey_against_delete(World& world) {
  Pair p(world);
  p.both([](Relation& r) { r.children = 3; });
  p.connect();
  Weather slow = some_weather(world);
  slow.delay_max = milliseconds(400);
  world.network().set_weather(slow);
  for (int round = 0; round < 4; ++round) {
    Node& one = world.random().chance(500) ? *p.a.node : *p.b.node;
    Node& other = &one == p.a.node ? *p.b.node : *p.a.node;
    soft_expire_all(one);
    world.run_for(world.random().between(Duration(0), milliseconds(500)));
    for (const EspSpi spi : inbound_spis(other)) {
      if (world.random().chance(500)) other.kernel().expire(spi, true);
    }
    world.run_for(world.random().between(seconds(1), seconds(20)));
    for (unsigned child = 0; child < 3; ++child) {
      p.a.node->kernel().send_packet(packet_between(p.a, p.b, child));
    }
  }
  p.end();
}

// The operator closes the IKE SA at one end while the other renews it.
void rekey_ike_against_delete(World& world) {
  Pair p(world);
  p.ba.ike_lifetime = seconds(20);
  p.connect();
  Weather slow = kFair;
  slow.delay_max = milliseconds(900);
  world.network().set_weather(slow);
  world.run_for(world.random().between(seconds(12), seconds(19)));
  p.a.node->control(model::ResetSas{});
  world.run_for(seconds(200));
  p.end();
}

constexpr Scenario kScenarios[] = {
    {"rekey-child", "a Child SA is renewed again and again", rekey_child},
    {"rekey-child-both", "both ends renew the same Child SAs at once", rekey_child_at_once},
    {"rekey-ike", "the IKE SA is renewed again and again", rekey_ike},
    {"rekey-ike-both", "both ends renew the IKE SA, often at once", rekey_ike_at_once},
    {"rekey-everything", "everything is renewed from both ends in bad weather", rekey_everything},
    {"rekey-delete", "one end renews Child SAs while the other deletes them", rekey_against_delete},
    {"rekey-ike-delete", "one end renews the IKE SA while the other closes it",
     rekey_ike_against_delete},
};

}  // namespace

std::span<const Scenario> rekey_scenarios() { return kScenarios; }

}  // namespace ike::sim
