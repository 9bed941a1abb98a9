// Two engines that know each other.
#pragma once

#include <gtest/gtest.h>

#include "unit/engine/world.h"

namespace ike::engine::test {

struct Pair {
  explicit Pair(MakeProvider make = crypto::make_fake_provider)
      : world(std::move(make)),
        a(world.add("a", Address::v4(192, 0, 2, 1))),
        b(world.add("b", Address::v4(192, 0, 2, 2))) {}

  void up() { up(left(), right()); }
  void up(model::Connection l, model::Connection r) {
    world.load(b, policy_of({std::move(r)}));
    world.load(a, policy_of({std::move(l)}));
    world.settle();
  }
  // The soft (or hard) limit of an SA of `node` is reached.
  void expire(Node& node, const model::SaSpec& sa, bool hard = false) {
    world.put(node, model::KernelEvent(model::Expired{sa.id, hard}));
  }
  const model::SaSpec& sa_of(const Node& node, model::Direction direction) const {
    for (const auto& [id, sa] : node.kernel_sas) {
      if (sa.direction == direction) return sa;
    }
    ADD_FAILURE() << "no SA";
    static const model::SaSpec none;
    return none;
  }
  // Both kernels hold the same SAs with the same keys, seen from either side.
  void expect_agreement(size_t pairs) const {
    EXPECT_EQ(a.kernel_sas.size(), 2 * pairs);
    EXPECT_EQ(b.kernel_sas.size(), 2 * pairs);
    for (const auto& [id, sa] : a.kernel_sas) {
      const auto other = b.kernel_sas.find(id);
      ASSERT_NE(other, b.kernel_sas.end()) << id;
      EXPECT_TRUE(sa.encryption_key == other->second.encryption_key) << id;
      EXPECT_NE(sa.direction, other->second.direction) << id;
    }
  }

  World world;
  Node& a;
  Node& b;
};

}  // namespace ike::engine::test
