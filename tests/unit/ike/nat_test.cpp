#include "ike/nat.h"

#include <gtest/gtest.h>

#include "crypto/openssl/openssl_provider.h"
#include "unit/ike/fixed_random.h"
#include "unit/ike/records.h"

namespace ike::proto {
namespace {

const NatSpis kSpis{IkeSpi(1), IkeSpi(2)};
const Endpoint kUs{Address::v4(192, 0, 2, 1), 500};
const Endpoint kPeer{Address::v4(198, 51, 100, 7), 500};

class NatTest : public ::testing::Test {
 protected:
  // What we make of hashes that the peer made over these two endpoints.
  NatVerdict verdict(const Endpoint& peer_thinks_itself, const Endpoint& peer_thinks_us) {
    const NatHashes h = nat_hashes(*provider_, kSpis, peer_thinks_itself, peer_thinks_us);
    const Bytes source(h.source);
    const Bytes destination(h.destination);
    return judge_nat(*provider_, kSpis, {&source, 1}, {&destination, 1}, {kPeer, kUs});
  }
  std::unique_ptr<crypto::Provider> provider_ = crypto::openssl::make_provider();
};

//= RFC 7296 section 2.23: the hash, as others make it
TEST_F(NatTest, HashesAsOthersDo) {
  int fitting = 0;
  for (const testing::Record& r : testing::records_of("nat_detection.vec")) {
    const Endpoint e{*Address::parse(r.text("address")),
                     static_cast<uint16_t>(std::stoul(r.text("port")))};
    const NatHash hash = nat_hash(*provider_, {r.spi("spi_i"), r.spi("spi_r")}, e);
    EXPECT_EQ(equal(hash, r.octets("hash")), r.text("matches") == "1") << r.text("name");
    fitting += r.text("matches") == "1" ? 1 : 0;
  }
  EXPECT_GT(fitting, 5);
}

TEST_F(NatTest, SeesNoneWhereBothHashesFit) { EXPECT_FALSE(verdict(kPeer, kUs).any()); }

TEST_F(NatTest, TellsWhoIsBehindOne) {
  const Endpoint inside{Address::v4(10, 0, 0, 1), 500};
  EXPECT_TRUE(verdict(inside, kUs).there);
  EXPECT_FALSE(verdict(inside, kUs).here);
  EXPECT_TRUE(verdict(kPeer, inside).here);
  EXPECT_FALSE(verdict(kPeer, inside).there);
}

TEST_F(NatTest, NoticesAChangedPort) { EXPECT_TRUE(verdict({kPeer.address, 1024}, kUs).there); }

//= RFC 7296 section 2.23: several sources may be named
TEST_F(NatTest, TakesOneOfSeveralSources) {
  const NatHash other = nat_hash(*provider_, kSpis, {Address::v4(10, 9, 9, 9), 500});
  const NatHash right = nat_hash(*provider_, kSpis, kPeer);
  const NatHash us = nat_hash(*provider_, kSpis, kUs);
  const std::array<Bytes, 2> sources{other, right};
  const std::array<Bytes, 1> destinations{us};
  EXPECT_FALSE(judge_nat(*provider_, kSpis, sources, destinations, {kPeer, kUs}).any());
}

TEST_F(NatTest, IsSilentWithoutBothNotifies) {
  const NatHash wrong{};
  const std::array<Bytes, 1> one{wrong};
  EXPECT_FALSE(judge_nat(*provider_, kSpis, one, {}, {kPeer, kUs}).any());
  EXPECT_FALSE(judge_nat(*provider_, kSpis, {}, one, {kPeer, kUs}).any());
}

TEST_F(NatTest, ForcesEncapsulationByHashesThatFitNothing) {
  testing::FixedRandom random;
  const NatHashes h = forced_nat_hashes(random);
  const std::array<Bytes, 1> source{h.source};
  const std::array<Bytes, 1> destination{h.destination};
  const NatVerdict v = judge_nat(*provider_, kSpis, source, destination, {kPeer, kUs});
  EXPECT_TRUE(v.here && v.there);
}

}  // namespace
}  // namespace ike::proto
