#include "model/identity.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "model/escape.h"

namespace ike::model {
namespace {

TEST(Identity, TypeFollowsFromTheName) {
  EXPECT_EQ(Identity::from_name("192.0.2.1").text(), "IPV4/192.0.2.1");
  EXPECT_EQ(Identity::from_name("2001:DB8::1").text(), "IPV6/2001:db8::1");
  EXPECT_EQ(Identity::from_name("noc@example.org").text(), "UFQDN/noc@example.org");
  EXPECT_EQ(Identity::from_name("gw.example.org").text(), "FQDN/gw.example.org");
  EXPECT_EQ(Identity::from_name("192.0.2.256").type, IdType::fqdn);
  EXPECT_EQ(Identity::from_name("/C=DE/CN=a@b").type, IdType::asn1_dn);
}

TEST(Identity, AddressesAreBinaryOnTheWire) {
  EXPECT_EQ(Identity::from_name("192.0.2.1").data, (Blob{192, 0, 2, 1}));
  EXPECT_EQ(Identity::from_name("::1").data.size(), 16u);
}

TEST(Identity, FromAPeerIsPrintedWithoutControlCharacters) {
  const Identity hostile{IdType::fqdn, {'a', '\n', 0x1b, '\\', 0xff}};
  EXPECT_EQ(hostile.text(), "FQDN/a\\x0a\\x1b\\x5c\\xff");
}

TEST(Identity, OfAnUnknownTypeIsPrintedInHex) {
  EXPECT_EQ((Identity{IdType{77}, {1, 2}}).text(), "77/0102");
  EXPECT_EQ((Identity{IdType::key_id, {0xab}}).text(), "KEY_ID/ab");
}

//= RFC 7296 section 3.5: an IPv4 identity has 4 octets, an IPv6 one 16
TEST(Identity, OfAWrongSizeIsNotWellFormed) {
  EXPECT_TRUE(Identity::from_name("192.0.2.1").well_formed());
  EXPECT_TRUE(Identity::from_name("2001:db8::1").well_formed());
  EXPECT_FALSE((Identity{IdType::ipv4, Blob(16)}).well_formed());
  EXPECT_FALSE((Identity{IdType::ipv6, Blob(4)}).well_formed());
  EXPECT_FALSE((Identity{IdType::ipv4, {}}).well_formed());
  EXPECT_EQ((Identity{IdType::ipv6, Blob(4)}).text(), "IPV6/00000000");
}

TEST(Identity, LongerThanTheLimitIsNotWellFormed) {
  EXPECT_TRUE((Identity{IdType::fqdn, Blob(limits::kIdentityMax, 'a')}).well_formed());
  EXPECT_FALSE((Identity{IdType::fqdn, Blob(limits::kIdentityMax + 1, 'a')}).well_formed());
}

TEST(Escape, DifferentOctetsNeverLookTheSame) {
  EXPECT_NE(escaped("a\n"), escaped("a\\x0a"));
  EXPECT_EQ(escaped("plain text."), "plain text.");
  EXPECT_EQ(escaped("say \"hi\""), "say \\x22hi\\x22");
}

}  // namespace
}  // namespace ike::model
