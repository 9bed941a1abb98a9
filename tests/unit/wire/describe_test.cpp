#include "wire/describe.h"

#include "unit/wire/octets.h"

namespace ike::wire {
namespace {

using test::octets;

std::string tree_of(int type, const char* body_hex, PayloadType next = PayloadType::none) {
  const Blob body = octets(body_hex);
  RawPayload p;
  p.type = static_cast<PayloadType>(type);
  p.next = next;
  p.body = body;
  return to_tree({describe_payload(p)});
}

TEST(Describe, SaysAMessageInOneLine) {
  const Blob message = octets(
      "0102030405060708 0000000000000000 29 20 22 08 00000000 00000030"
      "2100000900004006c0"
      "00000004"
      "2b000004"
      "000000");
  const auto h = Header::parse(message);
  ASSERT_TRUE(h);
  EXPECT_EQ(describe(*h, message), "IKE_SA_INIT request 0, 48 octets: N(COOKIE) SA ...");
  EXPECT_EQ(to_tree({describe_header(*h)}),
            "IKE header: IKE_SA_INIT\n"
            "  initiator SPI: 0102030405060708\n"
            "  responder SPI: 0000000000000000\n"
            "  version: 2.0\n"
            "  flags: 08 initiator\n"
            "  message ID: 0\n"
            "  length: 48\n");
}

TEST(Describe, SaysThatAMessageIsEmpty) {
  const Blob message = octets("0102030405060708 1112131415161718 00 20 25 28 00000003 0000001c");
  EXPECT_EQ(describe(*Header::parse(message), message),
            "INFORMATIONAL response 3, 28 octets: nothing");
}

TEST(Describe, ShowsProposals) {
  EXPECT_EQ(tree_of(33,
                    "0000002c 01030403 c61ea2a0 0300000c 0100000c 800e0080 03000008 03000063"
                    "0000000c 05000000 80630001"),
            "SA: 48 octets\n"
            "  proposal 1: ESP SPI c61ea2a0\n"
            "    ENCR: aes-cbc 128 bits\n"
            "    INTEG: 99\n"
            "    ESN: noesn\n"
            "      attributes: 80630001\n");
}

TEST(Describe, ShowsNotifiesWithTheirData) {
  EXPECT_EQ(tree_of(41, "00000011 001f"),
            "N: 10 octets\n  type: INVALID_KE_PAYLOAD\n  data: curve25519\n");
  EXPECT_EQ(tree_of(41, "00000011 00"),
            "N: 9 octets\n  type: INVALID_KE_PAYLOAD\n  malformed: INVALID_KE_PAYLOAD\n"
            "  data: 00\n");
  EXPECT_EQ(tree_of(41, "0000402f 00020004"),
            "N: 12 octets\n  type: SIGNATURE_HASH_ALGORITHMS\n  data: sha2-256 sha2-512\n");
  EXPECT_EQ(tree_of(41, "03044009 c61ea2a0"),
            "N: 12 octets\n  type: REKEY_SA\n  protocol: ESP\n  SPI: c61ea2a0\n");
}

TEST(Describe, ShowsIdentitiesAsWhatTheyAre) {
  EXPECT_EQ(tree_of(35, "01000000 c0000201"),
            "IDi: 12 octets\n  type: IPV4\n  identity: 192.0.2.1\n");
  EXPECT_EQ(tree_of(36, "02000000 67771b"), "IDr: 11 octets\n  type: FQDN\n  identity: gw\\x1b\n");
}

TEST(Describe, ShowsSelectors) {
  EXPECT_EQ(tree_of(44, "02000000 07060010 01bb01bb 0a010000 0a01ffff 09000006 abcd"),
            "TSi: 30 octets\n"
            "  selector: 10.1.0.0/16 protocol 6 port 443\n"
            "  selector of type 9: abcd\n");
}

TEST(Describe, ShowsBrokenPayloadsWithTheReason) {
  EXPECT_EQ(tree_of(34, "001f"), "KE: 6 octets\n  malformed: truncated at octet 2\n  body: 001f\n");
  EXPECT_EQ(tree_of(53, "0001"), "SKF: 6 octets\n  malformed: truncated\n");
  EXPECT_EQ(tree_of(99, "aa"), "99: 5 octets\n  body: aa\n");
}

TEST(Describe, ShowsTheRest) {
  EXPECT_EQ(tree_of(42, "03040001 00000100"), "D: 12 octets\n  protocol: ESP\n  SPI: 00000100\n");
  EXPECT_EQ(tree_of(47, "01000000 00010000 00080011 20010db8000000000000000000000001 40"),
            "CP: 33 octets\n  type: CFG_REQUEST\n  INTERNAL_IP4_ADDRESS\n"
            "  INTERNAL_IP6_ADDRESS: 2001:db8::1/64\n");
  EXPECT_EQ(tree_of(48, "01070005 01"),
            "EAP: 9 octets\n  code: request\n  identifier: 7\n  type: 1\n  data\n");
  EXPECT_EQ(tree_of(43, "6162"), "V: 6 octets\n  vendor ID: 6162\n  text: ab\n");
  EXPECT_EQ(tree_of(53, "00020003 aa"),
            "SKF: 9 octets\n  fragment: 2 of 3\n  first payload inside: none\n"
            "  encrypted: 1 octets with IV and ICV\n");
}

}  // namespace
}  // namespace ike::wire
