// Policies as an administrator writes them, with their verdicts.
#include <gtest/gtest.h>

#include "support.h"

namespace ike::keynote {
namespace {

using test::AttributeMap;
using test::verdict;

std::string asked(const std::string& policy, const std::vector<std::string>& who,
                  AttributeMap attributes) {
  attributes["app_domain"] = "IPsec policy";
  attributes["doi"] = "ipsec";
  return verdict(policy, who, attributes);
}

// What a peer with the pre-shared key "open sesame" asks as; the hashes are of the key's octets.
const std::vector<std::string> kSesame{
    "passphrase:open sesame", "passphrase-md5-hex:54ef36ec71201fdf9d1423fd26f97f6b",
    "passphrase-sha1-hex:5bcaff7f22ff533ca099b3408ead876c0ebba9a7"};

TEST(ExamplePolicy, OnePassphraseAndAMinimumOfCiphers) {
  const std::string policy =
      "KeyNote-Version: 2\n"
      "Comment: peers with this secret use ESP with AES or 3DES and an HMAC\n"
      "Authorizer: \"POLICY\"\n"
      "Licensees: \"passphrase:open sesame\" ||\n"
      "           \"passphrase-md5-hex:227f500abfe58f5f5d61e7f6053d8d85\"\n"
      "Conditions: app_domain == \"IPsec policy\" && doi == \"ipsec\" &&\n"
      "            esp_present == \"yes\" && ah_present == \"no\" &&\n"
      "            (esp_enc_alg == \"aes\" || esp_enc_alg == \"3des\") &&\n"
      "            esp_auth_alg ~= \"^hmac-\" -> \"true\";\n";
  const std::vector<std::string> other{"passphrase:mekmitasdigoat",
                                       "passphrase-md5-hex:227f500abfe58f5f5d61e7f6053d8d85"};
  const auto esp = [&](const std::vector<std::string>& who, const std::string& ah,
                       const std::string& cipher, const std::string& auth) {
    return asked(policy, who,
                 {{"esp_present", "yes"},
                  {"ah_present", ah},
                  {"esp_enc_alg", cipher},
                  {"esp_auth_alg", auth}});
  };
  EXPECT_EQ(esp(kSesame, "no", "aes", "hmac-sha2-256"), "true");
  EXPECT_EQ(esp(other, "no", "3des", "hmac-sha"), "true");
  EXPECT_EQ(esp({"passphrase:Open sesame"}, "no", "aes", "hmac-sha"), "false");
  EXPECT_EQ(esp(kSesame, "no", "cast", "hmac-sha"), "false");
  EXPECT_EQ(esp(kSesame, "no", "aes", ""), "false");
  EXPECT_EQ(esp(kSesame, "yes", "aes", "hmac-sha"), "false");
  EXPECT_EQ(esp({"rsa-hex:3006020101020103", "DN:/CN=x"}, "no", "aes", "hmac-sha"), "false");
}

TEST(ExamplePolicy, AnAuthorityByNameWithBoundsOnLifetimeAndSelector) {
  const std::string policy =
      "KeyNote-Version: 2\n"
      "Local-Constants: LO = \"010.002.000.000\" HI = \"010.002.255.255\"\n"
      "Authorizer: \"POLICY\"\n"
      "Licensees: \"DN:/C=SE/O=Example/CN=Example CA\"\n"
      "Conditions: app_domain == \"IPsec policy\" && pfs == \"yes\" &&\n"
      "            @esp_life_seconds > 0 && @esp_life_seconds <= 3600 &&\n"
      "            remote_filter_addr_lower >= LO && remote_filter_addr_upper <= HI;\n";
  // What a validated certificate says.
  const auto certificate = [](const std::string& issuer) {
    return "\nAuthorizer: \"DN:" + issuer +
           "\"\nLicensees: \"DN:/C=SE/O=Example/CN=alice\"\n"
           "Conditions: app_domain == \"IPsec policy\" && GMTTimeOfDay >= \"20240101000000\" &&\n"
           "            GMTTimeOfDay <= \"20341231235959\";\n";
  };
  struct Row {
    std::string pfs, life, lower, upper, now, issuer, verdict;
  };
  const std::string authority = "/C=SE/O=Example/CN=Example CA";
  const std::string low = "010.002.003.000";
  const std::string high = "010.002.003.255";
  const std::string one = "010.002.003.004";
  const std::string now = "20261128120000";
  const std::vector<Row> rows{
      {"yes", "1200", low, high, now, authority, "true"},
      {"yes", "1200", one, one, now, authority, "true"},
      {"no", "1200", one, one, now, authority, "false"},
      {"yes", "7200", one, one, now, authority, "false"},
      {"yes", "", one, one, now, authority, "false"},
      {"yes", "1200", "010.002.000.000", "010.003.255.255", now, authority, "false"},
      {"yes", "1200", one, one, "20350101000000", authority, "false"},
      {"yes", "1200", one, one, now, "/C=SE/O=Example/CN=Other CA", "false"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(asked(policy + certificate(row.issuer), {"DN:/C=SE/O=Example/CN=alice"},
                    {{"pfs", row.pfs},
                     {"esp_life_seconds", row.life},
                     {"remote_filter_addr_lower", row.lower},
                     {"remote_filter_addr_upper", row.upper},
                     {"GMTTimeOfDay", row.now}}),
              row.verdict)
        << row.pfs << " " << row.life << " " << row.lower << " " << row.now << " " << row.issuer;
  }
}

TEST(ExamplePolicy, RulesByNameWithNestedClausesAndGroups) {
  const std::string policy = R"(KeyNote-Version: 2
Authorizer: "POLICY"
Licensees: "vpn-rules"
Conditions: app_domain == "IPsec policy";

Authorizer: "vpn-rules"
Licensees: "passphrase-sha1-hex:5bcaff7f22ff533ca099b3408ead876c0ebba9a7"
Conditions: phase_1 == "main" && @phase1_group_desc >= 14 ->
              { remote_id_type == "FQDN" &&
                  remote_id ~= "^([a-z0-9-]+)\\.example\\.net$" && _1 != "guest" -> "true";
                remote_id_type == "IPv4 address" &&
                  remote_id == remote_negotiation_address -> "true"; };
            initiator == "yes" -> "true";
)";
  struct Row {
    std::string phase_1, group, type, id, address, initiator, verdict;
  };
  const std::string peer = "192.000.002.077";
  const std::vector<Row> rows{
      {"main", "19", "FQDN", "lab1.example.net", peer, "no", "true"},
      {"main", "19", "FQDN", "guest.example.net", peer, "no", "false"},
      {"main", "2", "FQDN", "lab1.example.net", peer, "no", "false"},
      {"aggressive", "14", "FQDN", "lab1.example.net", peer, "no", "false"},
      {"aggressive", "2", "FQDN", "other.example.org", peer, "yes", "true"},
      {"main", "14", "IPv4 address", peer, peer, "no", "true"},
      {"main", "14", "IPv4 address", "010.000.000.005", peer, "no", "false"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(asked(policy, kSesame,
                    {{"phase_1", row.phase_1},
                     {"phase1_group_desc", row.group},
                     {"remote_id_type", row.type},
                     {"remote_id", row.id},
                     {"remote_negotiation_address", row.address},
                     {"initiator", row.initiator}}),
              row.verdict)
        << row.phase_1 << " " << row.group << " " << row.id << " " << row.initiator;
  }
}

// The shapes of the examples in RFC 2704, appendix: delegation for mail, spending with co-signers.
TEST(ExamplePolicy, SpendingNeedsMoreSignersTheMoreItIs) {
  const std::string policy =
      "Authorizer: \"POLICY\"\n"
      "Licensees: \"treasurer\"\n"
      "Conditions: app_domain == \"SPEND\" ->\n"
      "  { @dollars < 10000; };\n\n"
      "Authorizer: \"treasurer\"\n"
      "Licensees: 2-of(\"ann\", \"ben\", \"cai\")\n"
      "Conditions: app_domain == \"SPEND\" && @dollars < 7500 -> _MAX_TRUST;\n\n"
      "Authorizer: \"treasurer\"\n"
      "Licensees: \"ann\" || \"ben\" || \"cai\"\n"
      "Conditions: @dollars < 2500 -> \"ApproveAndLog\";\n"
      "            @dollars < 100 -> \"Approve\";\n";
  const std::vector<std::string> values{"Reject", "ApproveAndLog", "Approve"};
  const auto spend = [&](const std::vector<std::string>& who, const std::string& dollars) {
    return verdict(policy, who, {{"app_domain", "SPEND"}, {"dollars", dollars}}, values);
  };
  EXPECT_EQ(spend({"ann"}, "45"), "Approve");
  EXPECT_EQ(spend({"ann"}, "600"), "ApproveAndLog");
  EXPECT_EQ(spend({"ann"}, "5500"), "Reject");
  EXPECT_EQ(spend({"ann", "cai"}, "5500"), "Approve");
  EXPECT_EQ(spend({"ann", "cai"}, "8500"), "Reject");
  EXPECT_EQ(spend({"treasurer"}, "8500"), "Approve");
  EXPECT_EQ(spend({"dee"}, "45"), "Reject");
}

}  // namespace
}  // namespace ike::keynote
