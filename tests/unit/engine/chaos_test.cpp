// A lossy wire, kernels that answer late, and both sides doing things at random: in the end both
// hold the same SAs.
#include "unit/engine/pair.h"

namespace ike::engine::test {
namespace {

void late_answers(World& world, Node& node, SeededRandom& random) {
  node.hold_kernel = random.below(2) == 0;
  while (!node.hold_kernel && !node.held.empty()) {
    Input input = std::move(node.held.front());
    node.held.pop_front();
    world.put(node, std::move(input));
  }
}

void chaos(uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  SeededRandom random(seed);
  Pair p;
  for (uint64_t i = random.below(5); i-- > 0;) p.world.add("x", Address::v4(192, 0, 2, 99));
  model::Connection l = left(), r = right();
  l.active = r.active = true;
  l.ike_lifetime = r.ike_lifetime = seconds(600);
  if (random.below(2) == 0) {
    for (model::Connection* c : {&l, &r}) {
      c->children[0].proposals[0].transforms.push_back(model::Transform::ke(KeMethod::curve25519));
    }
  }
  std::vector<Flight> delayed;
  p.world.wire = [&](Flight& f) {
    const uint64_t fate = random.below(10);
    if (fate == 0) return false;
    if (fate == 1 && p.world.under_way.size() < 1000) p.world.under_way.push_back(f);
    if (fate == 2) {
      delayed.push_back(f);
      return false;
    }
    return true;
  };
  p.up(l, r);
  for (int i = 0; i < 60; ++i) {
    Node& node = random.below(2) == 0 ? p.a : p.b;
    if (!node.kernel_sas.empty()) {
      auto it = node.kernel_sas.begin();
      std::advance(it, static_cast<long>(random.below(node.kernel_sas.size())));
      if (random.below(3) > 0) p.expire(node, it->second, random.below(12) == 0);
    }
    late_answers(p.world, p.a, random);
    late_answers(p.world, p.b, random);
    for (Flight& f : delayed) p.world.under_way.push_back(f);
    delayed.clear();
    p.world.advance(milliseconds(random.below(30'000)));
  }
  p.world.wire = nullptr;
  p.a.hold_kernel = p.b.hold_kernel = false;
  for (Node* n : {&p.a, &p.b}) {
    while (!n->held.empty()) {
      Input input = std::move(n->held.front());
      n->held.pop_front();
      p.world.put(*n, std::move(input));
    }
  }
  p.world.advance(seconds(700));
  for (const auto& [id, sa] : p.a.kernel_sas) {
    const auto other = p.b.kernel_sas.find(id);
    ASSERT_NE(other, p.b.kernel_sas.end()) << id << " only at a";
    EXPECT_TRUE(sa.encryption_key == other->second.encryption_key) << id;
  }
  for (const auto& [id, sa] : p.b.kernel_sas) {
    ASSERT_TRUE(p.a.kernel_sas.contains(id)) << id << " only at b";
  }
  EXPECT_GE(p.a.kernel_sas.size(), 2u);
  EXPECT_LE(p.a.engine.ike_sas(), 4u);
}

TEST(Chaos, EndsInAgreement) {
  for (uint64_t seed = 1; seed <= 200 && !HasFatalFailure(); ++seed) chaos(seed);
}

}  // namespace
}  // namespace ike::engine::test
