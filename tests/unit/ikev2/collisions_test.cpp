#include "ikev2/collisions.h"

#include <gtest/gtest.h>

namespace ike::v2 {
namespace {

const Blob kLow{1, 2, 3};
const Blob kLowLonger{1, 2, 3, 0};
const Blob kHigh{9};
const Blob kHigher{9, 9};

//= RFC 7296 section 2.8.1: the exchange with the lowest of the four nonces loses
TEST(SimultaneousRekey, CompetesByTheLowerNonceOfAnExchangeWhoeverSentIt) {
  EXPECT_TRUE(equal(lowest_nonce(kLow, kHigher), kLow));
  EXPECT_TRUE(equal(lowest_nonce(kHigher, kLow), kLow));
}

//= RFC 7296 section 2.8.1: of two that begin alike the shorter one is lower
TEST(SimultaneousRekey, ComparesOctetByOctet) {
  EXPECT_TRUE(nonce_less(kLow, kLowLonger));
  EXPECT_FALSE(nonce_less(kHigh, kLowLonger));
}

struct Row {
  PeerRequest request;
  UnderWay state;
  CollisionAnswer answer;
};
using enum PeerRequest;
using enum CollisionAnswer;
using Ike = IkeState;
using Child = ChildState;

//= RFC 7296 section 2.25.1: requests about a Child SA
//= RFC 7296 section 2.25.2: requests about the IKE SA
const Row kRows[] = {
    {create_child, {Ike::idle, Child::idle, true}, proceed},
    {create_child, {Ike::rekeying, Child::idle, false}, temporary_failure},
    {create_child, {Ike::closing, Child::idle, false}, temporary_failure},
    {rekey_child, {Ike::idle, Child::idle, false}, proceed},
    {rekey_child, {Ike::idle, Child::rekeying, true}, proceed_compare_nonces},
    {rekey_child, {Ike::idle, Child::closing, true}, temporary_failure},
    {rekey_child, {Ike::idle, Child::unknown, false}, child_sa_not_found},
    {rekey_child, {Ike::rekeying, Child::idle, false}, temporary_failure},
    {delete_child, {Ike::idle, Child::idle, false}, proceed},
    {delete_child, {Ike::idle, Child::closing, true}, empty_response},
    {delete_child, {Ike::idle, Child::unknown, false}, empty_response},
    {delete_child, {Ike::idle, Child::rekeying, true}, proceed_forget_ours},
    {delete_child, {Ike::rekeying, Child::idle, false}, proceed},
    {rekey_ike, {Ike::idle, Child::idle, false}, proceed},
    {rekey_ike, {Ike::idle, Child::idle, true}, temporary_failure},
    {rekey_ike, {Ike::rekeying, Child::idle, false}, proceed_compare_nonces},
    {rekey_ike, {Ike::closing, Child::idle, false}, temporary_failure},
    {delete_ike, {Ike::idle, Child::idle, false}, proceed},
    {delete_ike, {Ike::rekeying, Child::idle, false}, proceed_forget_ours},
    {delete_ike, {Ike::closing, Child::idle, false}, proceed_forget_ours},
};

TEST(Collisions, AreAnsweredByTheTable) {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    EXPECT_EQ(answer_to(kRows[i].request, kRows[i].state), kRows[i].answer) << "row " << i;
  }
}

}  // namespace
}  // namespace ike::v2
