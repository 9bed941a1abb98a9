#include "tools/ike/sa_keys.h"

#include "unit/wire/octets.h"

namespace ike::tools {
namespace {

using test::reason;

std::string entry(const std::string& encr, const std::string& sk_e, const std::string& from) {
  return R"({"ispi":"0102030405060708","rspi":"","encr":")" + encr + R"(","sk_e":")" + sk_e +
         R"(","integ":"NONE","sk_a":"","from":")" + from + "\"}";
}

std::string file(const std::string& entries) { return R"({"ikev2":[)" + entries + "]}"; }

TEST(SaKeys, ReadKeysAndTellTheirLength) {
  const std::string gcm256(2 * 36, 'a');
  const auto keys = parse_keys(file(entry("AES_GCM_16", gcm256, "responder")), "x.pcap");
  ASSERT_TRUE(keys) << reason(keys);
  ASSERT_EQ(keys->size(), 1u);
  const SaKeys& k = keys->front();
  EXPECT_EQ(k.spi_i, IkeSpi(0x0102030405060708));
  EXPECT_EQ(k.spi_r, IkeSpi(0));
  EXPECT_FALSE(k.from_initiator);
  EXPECT_EQ(k.protection, (crypto::Protection{Encr::aes_gcm_16, 256, Integ::none}));
  EXPECT_EQ(k.encr.size(), 36u);
}

TEST(SaKeys, AreThoseOfTheNamedCapture) {
  const std::string key(2 * 24, 'a');
  const std::string both =
      R"({"a.pcap":)" + file(entry("3DES", key, "initiator")) + R"(,"b.pcap":{"ikev1":{}}})";
  EXPECT_EQ(parse_keys(both, "a.pcap")->size(), 1u);
  EXPECT_TRUE(parse_keys(both, "b.pcap")->empty());
  EXPECT_TRUE(parse_keys(both, "c.pcap")->empty());
}

TEST(SaKeys, NameWhatIsBroken) {
  const auto broken = [](const std::string& text) { return reason(parse_keys(text, "x")); };
  EXPECT_EQ(broken("{"), "key file: not a JSON object");
  EXPECT_EQ(broken("[]"), "key file: not a JSON object");
  EXPECT_EQ(broken(file("1")), "key file: an SA is not an object");
  EXPECT_EQ(broken(file(entry("AES_CBC", "aa", "initiator"))),
            "key file: sk_e has not the size of a key of its cipher");
  EXPECT_EQ(broken(file(entry("ROT13", "aa", "initiator"))), "key file: unknown cipher");
  EXPECT_EQ(broken(file(entry("3DES", "xx", "initiator"))), "key file: a key is not hex");
  EXPECT_EQ(broken(file(entry("3DES", std::string(48, 'a'), "me"))),
            "key file: \"from\" is neither initiator nor responder");
  EXPECT_EQ(broken(R"({"ikev2":[{"ispi":"01"}]})"), "key file: an SPI is shorter than 8 octets");
  EXPECT_EQ(broken(R"({"ikev2":[{"ispi":7,"sk_e":[]}]})"), "key file: unknown cipher");
  EXPECT_TRUE(parse_keys("{}", "x"));
  EXPECT_TRUE(parse_keys(R"({"x":7})", "x"));
}

}  // namespace
}  // namespace ike::tools
