#include <gtest/gtest.h>

#include <set>

#include "base/limits.h"
#include "crypto/algorithms.h"
#include "crypto/openssl/openssl_provider.h"
#include "unit/engine/pair.h"
#include "wire/v2/message.h"

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

//= RFC 7296 section 2.10: at least 128 bits and half the key of the prf, and never the same again
TEST(TwoEngines, SendFreshNoncesOfOneSize) {
  Pair p;
  p.up();
  std::set<Blob> nonces;
  for (const Flight& f : p.world.seen) {
    const auto header = wire::Header::parse(f.data);
    if (!header || header->exchange != ExchangeType::ike_sa_init) continue;
    const auto message = wire::v2::parse_message(*header, f.data);
    ASSERT_TRUE(message && message->nonce);
    EXPECT_EQ(message->nonce->data.size(), limits::kNonceSize);
    nonces.insert(to_blob(message->nonce->data));
  }
  EXPECT_EQ(nonces.size(), 2u);
  EXPECT_GE(limits::kNonceSize, limits::kNonceMin);
  for (const auto& prf : crypto::all_prf()) EXPECT_GE(limits::kNonceSize, prf.size / 2);
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
