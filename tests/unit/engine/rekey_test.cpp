#include "unit/engine/pair.h"

namespace ike::engine::test {
namespace {

using model::Direction;

model::Connection with_pfs(model::Connection c) {
  c.children[0].proposals[0].transforms.push_back(model::Transform::ke(KeMethod::curve25519));
  return c;
}

TEST(ChildRekey, ReplacesThePairAndDeletesTheOldOne) {
  Pair p;
  p.up();
  const model::SaId old = p.sa_of(p.a, Direction::inbound).id;
  p.expire(p.a, p.sa_of(p.a, Direction::inbound));
  p.world.settle();
  p.expect_agreement(1);
  EXPECT_FALSE(p.a.kernel_sas.contains(old.text()));
  EXPECT_EQ(p.a.recorder.last<events::ChildSaEstablished>()->rekeyed, true);
  EXPECT_EQ(p.a.kernel_flows.size(), 1u) << "the flow outlives the pair";
}

TEST(ChildRekey, WorksFromTheRespondersSideToo) {
  Pair p;
  p.up();
  p.expire(p.b, p.sa_of(p.b, Direction::outbound));
  p.world.settle();
  p.expect_agreement(1);
  EXPECT_EQ(p.b.recorder.count<events::ChildSaEstablished>(), 2u);
}

TEST(ChildRekey, ExchangesKeysAgainWithPfs) {
  Pair p;
  p.up(with_pfs(left()), with_pfs(right()));
  p.expect_agreement(1);
  p.expire(p.a, p.sa_of(p.a, Direction::inbound));
  p.world.settle();
  p.expect_agreement(1);
  EXPECT_NE(p.a.recorder.last<events::ChildSaEstablished>()->suite.find("curve25519"),
            std::string::npos);
}

//= RFC 7296 section 2.8.1: of two new pairs one is redundant
TEST(ChildRekey, LeavesOnePairWhenBothSidesBeginAtOnce) {
  for (int seed = 0; seed < 4; ++seed) {
    Pair p;
    for (int i = 0; i < seed; ++i) p.world.add("x", Address::v4(192, 0, 2, 99));
    p.up(with_pfs(left()), with_pfs(right()));
    p.expire(p.a, p.sa_of(p.a, Direction::inbound));
    p.expire(p.b, p.sa_of(p.b, Direction::inbound));
    p.world.settle();
    p.world.advance(seconds(10));
    p.expect_agreement(1);
    EXPECT_EQ(p.a.recorder.count<events::IkeSaGone>(), 0u);
    EXPECT_EQ(p.a.kernel_flows.size(), 1u);
    EXPECT_EQ(p.b.kernel_flows.size(), 1u);
  }
}

TEST(ChildRekey, OfAPairThatThePeerJustDeletesEndsWithoutIt) {
  Pair p;
  p.up();
  p.expire(p.a, p.sa_of(p.a, Direction::inbound));
  p.expire(p.b, p.sa_of(p.b, Direction::inbound), true);
  p.world.settle();
  p.world.advance(seconds(10));
  EXPECT_EQ(p.a.kernel_sas.size(), p.b.kernel_sas.size());
  EXPECT_EQ(p.a.recorder.count<events::IkeSaGone>(), 0u);
}

//= RFC 7296 section 2.8: the new inbound SA is there before the answer leaves
TEST(ChildRekey, AnswersOnlyOnceTheKernelHasTheInboundSa) {
  Pair p;
  p.up();
  p.b.hold_kernel = true;
  p.expire(p.a, p.sa_of(p.a, Direction::inbound));
  p.world.settle();
  const size_t sent = p.world.seen.size();
  ASSERT_EQ(p.b.held.size(), 1u);
  p.b.hold_kernel = false;
  p.world.put(p.b, std::move(p.b.held.front()));
  p.world.settle();
  EXPECT_GT(p.world.seen.size(), sent);
  p.expect_agreement(1);
}

TEST(ChildRekey, KeepsTheOldPairWhenTheKernelRefuses) {
  Pair p;
  p.up();
  p.b.refuse_installs = true;
  p.expire(p.a, p.sa_of(p.a, Direction::inbound));
  p.world.settle();
  p.expect_agreement(1);
  p.b.refuse_installs = false;
  p.world.advance(seconds(5));  // TEMPORARY_FAILURE: once more
  p.expect_agreement(1);
  EXPECT_EQ(p.b.recorder.count<events::ChildSaEstablished>(), 2u);
}

model::Connection short_lived(model::Connection c) {
  c.ike_lifetime = seconds(1000);
  return c;
}

TEST(IkeRekey, HandsTheChildSasOverToTheSuccessor) {
  Pair p;
  p.up(short_lived(left()), right());
  p.world.advance(seconds(960));
  EXPECT_EQ(p.a.recorder.count<events::IkeSaRekeyed>(), 1u);
  EXPECT_EQ(p.b.recorder.count<events::IkeSaRekeyed>(), 1u);
  p.world.advance(seconds(20));
  EXPECT_EQ(p.a.engine.ike_sas(), 1u);
  EXPECT_EQ(p.b.engine.ike_sas(), 1u);
  p.expect_agreement(1);
  EXPECT_EQ(p.a.recorder.count<events::ChildSaGone>(), 0u);

  p.expire(p.b, p.sa_of(p.b, Direction::inbound));
  p.world.settle();
  p.expect_agreement(1);
  EXPECT_EQ(p.b.recorder.count<events::ChildSaEstablished>(), 2u);
}

//= RFC 7296 section 2.8.2: both sides rekey the IKE SA at once
TEST(IkeRekey, LeavesOneIkeSaWhenBothSidesBeginAtOnce) {
  Pair p;
  p.up(short_lived(left()), short_lived(right()));
  // Each request waits until the other side has sent its own.
  std::vector<Flight> held;
  p.world.wire = [&](Flight& f) {
    const bool create = f.data[18] == 36;
    if (!create || held.size() > 1) return true;
    held.push_back(f);
    return false;
  };
  p.world.advance(seconds(951));
  p.world.wire = nullptr;
  for (Flight& f : held) p.world.under_way.push_back(f);
  p.world.settle();
  p.world.advance(seconds(60));
  EXPECT_EQ(p.a.engine.ike_sas(), 1u);
  EXPECT_EQ(p.b.engine.ike_sas(), 1u);
  p.expect_agreement(1);
  EXPECT_EQ(p.a.recorder.count<events::ChildSaGone>(), 0u);
}

TEST(IkeRekey, GoesOnForAWholeDay) {
  Pair p;
  p.up(short_lived(left()), short_lived(right()));
  for (int i = 0; i < 24; ++i) {
    p.world.advance(hours(1));
    p.expire(i % 2 == 0 ? p.a : p.b, p.sa_of(i % 2 == 0 ? p.a : p.b, Direction::inbound));
    p.world.settle();
  }
  p.world.advance(seconds(30));
  EXPECT_EQ(p.a.engine.ike_sas(), 1u);
  p.expect_agreement(1);
  EXPECT_EQ(p.a.recorder.count<events::IkeSaEstablished>(), 1u) << "never lost";
}

}  // namespace
}  // namespace ike::engine::test
