#include "keys/peer_keys.h"

#include <gtest/gtest.h>

#include "unit/keys/fixture.h"

namespace ike::keys {
namespace {

using model::Identity;

Identity fqdn(std::string_view name) { return {IdType::fqdn, to_blob(as_bytes(name))}; }

PeerKeys peer_keys(const EtcDirectory& etc) { return {etc.open("pubkeys"), ::geteuid()}; }

TEST(PublicKeyFileName, IsTypeAndPrintedIdentity) {
  EXPECT_EQ(public_key_file_name(fqdn("gw.example.org")), "fqdn/gw.example.org");
  EXPECT_EQ(public_key_file_name({IdType::ufqdn, to_blob(as_bytes("a@example.org"))}),
            "ufqdn/a@example.org");
  EXPECT_EQ(public_key_file_name({IdType::ipv4, {192, 0, 2, 1}}), "ipv4/192.0.2.1");
  EXPECT_EQ(public_key_file_name(Identity::from_address(*Address::parse("2001:db8:0::1"))),
            "ipv6/2001:db8::1");
}

TEST(PublicKeyFileName, NeverLeavesItsFolder) {
  using namespace std::string_view_literals;
  for (const auto name : {""sv, "."sv, ".."sv, "../fqdn/a"sv, "a/b"sv, "/etc/passwd"sv, "a\0b"sv,
                          "a\n"sv, "a b"sv, ".hidden"sv, "\x80"sv, "a/../../x"sv}) {
    EXPECT_FALSE(public_key_file_name(fqdn(name))) << name;
    EXPECT_FALSE(public_key_file_name({IdType::ufqdn, to_blob(as_bytes(name))})) << name;
  }
  EXPECT_TRUE(public_key_file_name(fqdn(std::string(255, 'a'))));
  EXPECT_FALSE(public_key_file_name(fqdn(std::string(256, 'a'))));
  EXPECT_FALSE(public_key_file_name({IdType::ipv4, {1, 2, 3}}));
  EXPECT_FALSE(public_key_file_name({IdType::ipv6, {1, 2, 3, 4}}));
  EXPECT_FALSE(public_key_file_name({IdType::asn1_dn, {0x30, 0}}));
  EXPECT_FALSE(public_key_file_name({IdType::key_id, to_blob(as_bytes("a"))}));
}

TEST(PeerKeys, TakesBothPublicFormsOfAKey) {
  EtcDirectory etc;
  etc.write("pubkeys/fqdn/spki", test_key("rsa2048.pub"), 0644);
  etc.write("pubkeys/fqdn/pkcs1", test_key("rsa2048.pkcs1.pub"), 0644);
  PeerKeys keys = peer_keys(etc);
  std::string detail;
  const auto spki = keys.find(fqdn("spki"), detail);
  const auto pkcs1 = keys.find(fqdn("pkcs1"), detail);
  ASSERT_TRUE(spki && pkcs1) << detail;
  EXPECT_EQ(*spki, *pkcs1);
}

TEST(PeerKeys, FollowsTheFileWithoutAReload) {
  EtcDirectory etc;
  PeerKeys keys = peer_keys(etc);
  std::string detail;
  EXPECT_FALSE(keys.find(fqdn("peer"), detail));
  EXPECT_EQ(detail, etc.path("pubkeys/fqdn/peer") + ": No such file or directory");

  etc.write("pubkeys/fqdn/peer", test_key("p256.pub"), 0644);
  const auto first = keys.find(fqdn("peer"), detail);
  ASSERT_TRUE(first) << detail;
  EXPECT_EQ(keys.cached(), 1u);
  EXPECT_EQ(keys.find(fqdn("peer"), detail), *first);

  etc.write("pubkeys/fqdn/peer", test_key("ed25519.pub"), 0644);
  const auto second = keys.find(fqdn("peer"), detail);
  ASSERT_TRUE(second) << detail;
  EXPECT_NE(*first, *second);

  etc.remove("pubkeys/fqdn/peer");
  EXPECT_FALSE(keys.find(fqdn("peer"), detail)) << "a removed key must not live on in the cache";
  EXPECT_EQ(keys.cached(), 0u);
}

TEST(PeerKeys, ModesThatChangeLaterCountToo) {
  EtcDirectory etc;
  etc.write("pubkeys/fqdn/peer", test_key("p256.pub"), 0644);
  PeerKeys keys = peer_keys(etc);
  std::string detail;
  ASSERT_TRUE(keys.find(fqdn("peer"), detail));
  ASSERT_EQ(::chmod(etc.path("pubkeys/fqdn/peer").c_str(), 0666), 0);
  EXPECT_FALSE(keys.find(fqdn("peer"), detail));
}

TEST(PeerKeys, NamesTheFileThatHoldsNoKey) {
  EtcDirectory etc;
  etc.write("pubkeys/fqdn/peer", "not a key", 0644);
  PeerKeys keys = peer_keys(etc);
  std::string detail;
  EXPECT_FALSE(keys.find(fqdn("peer"), detail));
  EXPECT_TRUE(detail.starts_with(etc.path("pubkeys/fqdn/peer") + ": ")) << detail;
}

TEST(PeerKeys, CacheKeepsItsBound) {
  EtcDirectory etc;
  const std::string pem = test_key("ed25519.pub");
  PeerKeys keys = peer_keys(etc);
  std::string detail;
  for (size_t i = 0; i < kPeerKeysCachedMax + 2; ++i) {
    const std::string name = "p" + std::to_string(i);
    etc.write("pubkeys/fqdn/" + name, pem, 0644);
    ASSERT_TRUE(keys.find(fqdn(name), detail)) << detail;
  }
  EXPECT_EQ(keys.cached(), kPeerKeysCachedMax);
}

}  // namespace
}  // namespace ike::keys
