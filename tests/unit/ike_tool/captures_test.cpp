// Every capture of other implementations, decoded and compared with what an independent decoder
// found in it.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "crypto/openssl/openssl_provider.h"
#include "tools/ike/decode_command.h"
#include "unit/ike_tool/files.h"

namespace ike::tools {
namespace {

using nlohmann::json;

json load(const std::string& path) {
  const Blob text = test::read_file(path);
  return json::parse(as_text(text), nullptr, false);
}

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const auto& entry : std::filesystem::directory_iterator(test::kCaptures + "expected")) {
    list.push_back(entry.path().stem().string());
  }
  std::sort(list.begin(), list.end());
  return list;
}

struct Decoded {
  DecodeSummary summary;
  std::string text;
};

Decoded decode(const std::string& name, bool as_json) {
  const Blob file = test::read_file(test::kCaptures + name);
  const Blob key_file = test::read_file(test::kCaptures + "keys.json");
  auto keys = parse_keys(as_text(key_file), name);
  EXPECT_TRUE(keys) << keys.error().what;
  const auto provider = crypto::openssl::make_provider();
  const Opener opener(*provider, keys ? std::move(*keys) : std::vector<SaKeys>{});
  DecodeOptions options{
      .json = as_json, .raw_message = name.ends_with(".bin"), .ports = {}, .capture = name};
  Decoded decoded;
  decoded.summary =
      decode_file(file, options, &opener, [&](std::string_view text) { decoded.text += text; });
  return decoded;
}

// [type, length] of each payload; one whose length is impossible has no length there.
json shape(const json& payloads) {
  json list = json::array();
  for (const json& p : payloads) {
    if (p.contains("len")) list.push_back({p["type"], p["len"]});
  }
  return list;
}

void compare_payloads(const json& ours, const json& theirs) {
  json expected = shape(theirs);
  // The one message over our bound is shown up to there.
  if (expected.size() > limits::kPayloadsMax) {
    expected.erase(expected.begin() + limits::kPayloadsMax, expected.end());
  }
  EXPECT_EQ(shape(ours), expected);
}

void compare_members(const json& ours, const json& theirs,
                     std::initializer_list<const char*> names) {
  for (const char* name : names)
    EXPECT_EQ(ours.value(name, json()), theirs.value(name, json())) << name;
}

void compare_message(const json& ours, const json& theirs, bool has_frames) {
  if (has_frames) {
    compare_members(ours, theirs, {"frame", "src", "dst", "sport", "dport", "non_esp_marker"});
  }
  compare_members(ours, theirs, {"ike_octets", "encrypted", "chain_well_formed"});
  for (const auto& [name, value] : theirs["header"].items()) EXPECT_EQ(ours["header"][name], value);
  compare_payloads(ours.value("payloads", json::array()), theirs.value("payloads", json::array()));
  if (!theirs.contains("decrypted") || theirs["encrypted"] == "ikev1") return;
  ASSERT_TRUE(ours.contains("decrypted"));
  compare_members(
      ours["decrypted"], theirs["decrypted"],
      {"icv_ok", "first_payload", "plaintext_with_padding_hex", "inner_hex", "inner_well_formed"});
  compare_payloads(ours["decrypted"]["inner_payloads"], theirs["decrypted"]["inner_payloads"]);
}

class Captures : public testing::TestWithParam<std::string> {};

TEST_P(Captures, AreDecodedAsByOthers) {
  const json theirs = load(test::kCaptures + "expected/" + GetParam() + ".json");
  const Decoded decoded = decode(GetParam(), true);
  EXPECT_TRUE(decoded.summary.end);
  const json ours = json::parse(decoded.text, nullptr, false);
  ASSERT_TRUE(ours.is_object()) << decoded.text;
  EXPECT_EQ(ours["capture"], GetParam());
  ASSERT_EQ(ours["messages"].size(), theirs["messages"].size());
  EXPECT_EQ(decoded.summary.messages, theirs["messages"].size());
  for (size_t i = 0; i < theirs["messages"].size(); ++i) {
    SCOPED_TRACE("message " + std::to_string(i));
    compare_message(ours["messages"][i], theirs["messages"][i], !GetParam().ends_with(".bin"));
  }
}

// What real peers sent must not look broken to us, except in the captures that were made to be.
TEST_P(Captures, AreWellFormedUnlessMadeNotToBe) {
  constexpr std::string_view kBroken[] = {
      "tcpdump-ikev2-id-normal.pcap",
      "tcpdump-isakmp-delete-segfault.pcap",
      "tcpdump-isakmp-pointer-loop.pcap",
      "tcpdump-isakmpv1-attr-oobr.pcap",
      "tcpdump-ikev2pI2-segfault.pcapng",
      "tcpdump-isakmp-no-none-np.pcapng",
      "openswan-lp88-rekeyv2-inval-R1-rekeyCI1.pcap",  // a nonce of two octets
  };
  const bool is_broken =
      std::find(std::begin(kBroken), std::end(kBroken), GetParam()) != std::end(kBroken);
  const Decoded decoded = decode(GetParam(), false);
  EXPECT_EQ(decoded.summary.malformed, is_broken ? 1u : 0u) << decoded.text;
  EXPECT_EQ(decoded.text.find("malformed") != std::string::npos, is_broken) << decoded.text;
}

INSTANTIATE_TEST_SUITE_P(All, Captures, testing::ValuesIn(names()), [](const auto& param) {
  std::string name = param.param;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

TEST(CapturesAsText, ShowATreeWithPayloadNames) {
  const std::string text = decode("wireshark-ikev2-aes256cbc.pcapng", false).text;
  EXPECT_NE(text.find("frame 3 +0.900214 192.168.1.2:500 -> 192.168.1.14:500  IKEv2 IKE_AUTH "
                      "request 1, 256 octets: SK\n"),
            std::string::npos);
  EXPECT_NE(text.find("    decrypted: yes\n"
                      "      IDi: 12 octets\n"
                      "        type: IPV4\n"
                      "        identity: 192.168.1.2\n"),
            std::string::npos);
  const std::string v1 = decode("tcpdump-ISAKMP_sa_setup.pcap", false).text;
  EXPECT_NE(v1.find("IKEv1 ID_PROT 00000000"), std::string::npos);
  EXPECT_NE(v1.find("  encrypted: "), std::string::npos);
}

}  // namespace
}  // namespace ike::tools
