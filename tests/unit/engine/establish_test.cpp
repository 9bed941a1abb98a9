#include <gtest/gtest.h>

#include "crypto/openssl/openssl_provider.h"
#include "unit/engine/pair.h"

namespace ike::engine::test {
namespace {

void establish_and_close(Pair& p) {
  p.up();
  EXPECT_EQ(p.a.recorder.count<events::IkeSaEstablished>(), 1u);
  EXPECT_EQ(p.b.recorder.count<events::IkeSaEstablished>(), 1u);
  EXPECT_EQ(p.a.kernel_sas.size(), 2u);
  EXPECT_EQ(p.a.kernel_flows.size(), 1u);
  p.expect_agreement(1);
  EXPECT_EQ(p.world.seen.size(), 4u) << "two exchanges and no more";

  p.world.put(p.a, Shutdown{});
  p.world.settle();
  p.world.advance(seconds(1));
  EXPECT_TRUE(p.a.finished);
  EXPECT_EQ(p.a.kernel_sas.size(), 0u);
  EXPECT_EQ(p.b.kernel_sas.size(), 0u);
  p.world.advance(seconds(20));
  EXPECT_EQ(p.b.engine.ike_sas(), 0u);
}

TEST(TwoEngines, EstablishByPresharedKeyAndCloseOrderly) {
  Pair p;
  establish_and_close(p);
}

TEST(TwoEngines, EstablishWithRealCryptoToo) {
  Pair p([] { return crypto::openssl::make_provider(); });
  establish_and_close(p);
}

TEST(TwoEngines, RefuseEachOtherWhenTheSecretsDiffer) {
  Pair p;
  p.world.load(p.b, policy_of({right()}));
  for (auto& [id, psk] : p.b.psks) psk = to_blob(as_bytes("another secret"));
  p.world.load(p.a, policy_of({left()}));
  p.world.settle();
  EXPECT_EQ(p.a.recorder.count<events::IkeSaEstablished>(), 0u);
  EXPECT_EQ(p.b.recorder.count<events::IkeSaEstablished>(), 0u);
  EXPECT_TRUE(p.a.kernel_sas.empty());
  ASSERT_NE(p.b.recorder.last<events::NegotiationRefused>(), nullptr);
  EXPECT_EQ(p.b.recorder.last<events::NegotiationRefused>()->cause, "AUTHENTICATION_FAILED");
}

//= RFC 7296 section 2.1: the initiator repeats its request, the responder its answer
TEST(TwoEngines, GetOverTheLossOfEveryFirstDatagram) {
  Pair p;
  std::map<Blob, int> times;
  p.world.wire = [&](Flight& f) { return ++times[f.data] > 1; };
  p.up();
  p.world.advance(seconds(30));
  EXPECT_EQ(p.a.recorder.count<events::IkeSaEstablished>(), 1u);
  EXPECT_EQ(p.b.recorder.count<events::IkeSaEstablished>(), 1u);
  p.expect_agreement(1);
}

TEST(TwoEngines, NoticeThatThePeerIsGone) {
  Pair p;
  p.up();
  p.world.wire = [](Flight&) { return false; };
  p.world.advance(seconds(300 + 60 + 126 + 1));
  EXPECT_EQ(p.a.recorder.count<events::IkeSaGone>(), 1u);
  EXPECT_TRUE(p.a.kernel_sas.empty());
}

TEST(TwoEngines, SurviveATimeOfSilenceByLivenessChecks) {
  Pair p;
  p.up();
  p.world.advance(hours(1));
  EXPECT_EQ(p.a.recorder.count<events::IkeSaGone>(), 0u);
  EXPECT_EQ(p.b.recorder.count<events::IkeSaGone>(), 0u);
  EXPECT_EQ(p.a.kernel_sas.size(), 2u);
}

}  // namespace
}  // namespace ike::engine::test
