#include "runtime/crypto_pool.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "crypto/fake/fake_provider.h"

namespace ike::runtime {
namespace {

std::unique_ptr<crypto::Provider> make_fake() { return crypto::make_fake_provider(); }

std::vector<engine::CryptoDone> wait_for(CryptoPool& pool, size_t count) {
  std::vector<engine::CryptoDone> done;
  pollfd readable{pool.event_fd(), POLLIN, 0};
  while (done.size() < count && poll(&readable, 1, 10'000) > 0) pool.collect(done);
  return done;
}

TEST(CryptoPool, GivesEveryJobBackWithItsTicket) {
  const auto pool = *CryptoPool::create(2, 1'000, &make_fake);
  for (uint64_t i = 1; i <= 500; ++i) {
    ASSERT_TRUE(pool->submit({Ticket(i), crypto::GenerateKeyPair{KeMethod::modp2048}}));
  }
  const auto done = wait_for(*pool, 500);
  ASSERT_EQ(done.size(), 500u);
  uint64_t sum = 0;
  for (const auto& each : done) {
    sum += each.ticket.raw();
    EXPECT_TRUE(each.result);
  }
  EXPECT_EQ(sum, 500u * 501 / 2);
}

TEST(CryptoPool, RefusesMoreThanItsBound) {
  const auto pool = *CryptoPool::create(0, 3, &make_fake);  // nobody works
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(pool->submit({Ticket(1), crypto::GenerateKeyPair{KeMethod::modp2048}}));
  }
  EXPECT_FALSE(pool->submit({Ticket(1), crypto::GenerateKeyPair{KeMethod::modp2048}}));
}

TEST(CryptoPool, EndsWithJobsStillWaiting) {
  auto pool = *CryptoPool::create(1, 10'000, &make_fake);
  for (uint64_t i = 0; i < 5'000; ++i) {
    pool->submit({Ticket(i), crypto::GenerateKeyPair{KeMethod::modp2048}});
  }
  pool.reset();
}

TEST(CheapJobs, AreThoseBelowTheCostOfAThreadsTurn) {
  EXPECT_TRUE(is_cheap(crypto::GenerateKeyPair{KeMethod::curve25519}));
  EXPECT_TRUE(is_cheap(crypto::AnswerKeyExchange{KeMethod::ecp256, {}}));
  EXPECT_TRUE(is_cheap(crypto::AnswerKeyExchange{KeMethod::ml_kem_768, {}}));
  EXPECT_FALSE(is_cheap(crypto::GenerateKeyPair{KeMethod::sntrup761x25519}));
  EXPECT_FALSE(is_cheap(crypto::GenerateKeyPair{KeMethod::modp2048}));
  EXPECT_FALSE(is_cheap(crypto::DeriveShared{nullptr, {}}));
  EXPECT_TRUE(is_cheap(crypto::VerifySignature{Blob(91), {}, {}, {}})) << "P-256";
  EXPECT_FALSE(is_cheap(crypto::VerifySignature{Blob(158), {}, {}, {}})) << "P-521";
  EXPECT_TRUE(is_cheap(crypto::VerifySignature{Blob(550), {}, {}, {}})) << "RSA-4096";
}

}  // namespace
}  // namespace ike::runtime
