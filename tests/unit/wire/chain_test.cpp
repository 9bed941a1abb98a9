#include "wire/chain.h"

#include "unit/wire/octets.h"

namespace ike::wire {
namespace {

using test::octets;
using test::reason;

// Walks to the end; the number of payloads seen.
size_t walk(Chain& chain) {
  size_t count = 0;
  while (chain.next()) ++count;
  return count;
}

TEST(Chain, YieldsTypeBodyAndOffsetOfEachPayload) {
  const Blob octets_ = octets("28000006aabb 0080000511");
  Chain chain(PayloadType::ke, octets_, 28);
  const auto first = chain.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, PayloadType::ke);
  EXPECT_FALSE(first->critical);
  EXPECT_EQ(first->at, 32u);
  EXPECT_EQ(to_hex(first->body), "aabb");
  const auto second = chain.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->type, PayloadType::nonce);
  EXPECT_TRUE(second->critical);
  EXPECT_FALSE(chain.next());
  EXPECT_TRUE(chain.done());
}

TEST(Chain, IsEmptyWhereNoPayloadIsAnnounced) {
  Chain chain(PayloadType::none, {});
  EXPECT_EQ(walk(chain), 0u);
  EXPECT_TRUE(chain.done());
}

TEST(Chain, RefusesALengthBelowTheGenericHeader) {
  for (const char* hex : {"00000000", "21000000", "21000003"}) {
    const Blob data = octets(hex);
    Chain chain(PayloadType::sa, data);
    EXPECT_EQ(walk(chain), 0u);
    EXPECT_EQ(reason(chain.done()), "payload shorter than its own header") << hex;
  }
}

TEST(Chain, RefusesAPayloadBeyondTheMessage) {
  for (const char* hex : {"00", "0000", "000000", "00000005", "21000004"}) {
    const Blob data = octets(hex);
    Chain chain(PayloadType::sa, data);
    walk(chain);
    EXPECT_EQ(reason(chain.done()), "payload runs out of the message") << hex;
  }
}

TEST(Chain, RefusesOctetsAfterTheLastPayload) {
  const Blob data = octets("00000004 00");
  Chain chain(PayloadType::sa, data, 28);
  EXPECT_EQ(walk(chain), 1u);
  EXPECT_EQ(reason(chain.done()), "octets after the last payload");
  EXPECT_EQ(chain.done().error().at, 32u);
}

//= RFC 7296 section 3.14: SK ends the chain and names what is inside
TEST(Chain, EndsWithTheEncryptedPayload) {
  const Blob data = octets("23000006 aabb");
  Chain chain(PayloadType::sk, data);
  const auto sk = chain.next();
  ASSERT_TRUE(sk);
  EXPECT_EQ(sk->next, PayloadType::id_i);
  EXPECT_FALSE(chain.next());
  EXPECT_TRUE(chain.done());
}

TEST(Chain, StopsAtTheBoundOfPayloads) {
  Blob data;
  for (size_t i = 0; i < limits::kPayloadsMax; ++i) append(data, octets("2b000004"));
  data[data.size() - 4] = 0;
  Chain fits(PayloadType::vendor, data);
  EXPECT_EQ(walk(fits), limits::kPayloadsMax);
  EXPECT_TRUE(fits.done());

  append(data, octets("00000004"));
  data[data.size() - 8] = 0x2b;
  Chain full(PayloadType::vendor, data);
  EXPECT_EQ(walk(full), limits::kPayloadsMax);
  EXPECT_EQ(full.done().error().fault, Fault::limit);
}

}  // namespace
}  // namespace ike::wire
