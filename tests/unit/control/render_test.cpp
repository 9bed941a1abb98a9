#include "control/render.h"

#include <gtest/gtest.h>

#include "control/json.h"
#include "unit/control/samples.h"

namespace ike::control {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = text.find('\n', start);
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

TEST(ShowSa, IsSilentWithoutSas) { EXPECT_EQ(show_sas_text({}), ""); }

// Tokens are 12 hex digits wide and no SPI is.
std::string without_tokens(const std::string& line) {
  std::string result;
  for (size_t i = 0; i < line.size();) {
    const size_t end = line.find_first_not_of("0123456789abcdefx", i);
    const std::string word = line.substr(i, end - i);
    result += word.size() == 14 && word.starts_with("0x") ? "PTR" : word;
    if (end == std::string::npos) break;
    result += line[end];
    i = end + 1;
  }
  return result;
}

TEST(ShowSa, HasTheLinesOfTheOriginalInItsOrder) {
  const auto lines = lines_of(show_sas_text({sample_sa()}));
  const std::string sa =
      "PTR rspi 0xfedcba9876543210 ispi 0x0123456789abcdef "
      "192.0.2.1:4500->198.51.100.7:4500<FQDN/peer.id>[] ESTABLISHED i natt udpecap nexti 0x0 "
      "pol PTR";
  const std::string in =
      "PTR ESP 0xaabbccdd in 198.51.100.7 -> 192.0.2.1 (LA) B=0x0 P=PTR @PTR packets 10 bytes 840";
  const std::string out =
      "PTR ESP 0x11223344 out 192.0.2.1 -> 198.51.100.7 (L) B=0x0 P=PTR @PTR packets 10 bytes 840";
  const std::string flow_out = "PTR ESP out 10.0.1.0/24 -> 10.0.2.9/32 [0]@-1 (L) @PTR";
  const std::string flow_in = "PTR ESP in 10.0.2.9/32 -> 10.0.1.0/24 [0]@-1 (L) @PTR";
  const std::vector<std::string> wanted{"iked_sas: " + sa,        "  sa_childsas: " + in,
                                        "  sa_childsas: " + out,  "  sa_flows: " + flow_out,
                                        "  sa_flows: " + flow_in, "iked_activesas: " + in,
                                        "iked_activesas: " + out, "iked_flows: " + flow_out,
                                        "iked_flows: " + flow_in, "iked_dstid_sas: " + sa};
  ASSERT_EQ(lines.size(), wanted.size());
  for (size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(without_tokens(lines[i]), wanted[i]);
}

std::string word_after(const std::string& line, const std::string& mark) {
  const size_t at = line.find(mark) + mark.size();
  return line.substr(at, line.find(' ', at) - at);
}

TEST(ShowSa, TokensJoinTheLines) {
  const auto lines = lines_of(show_sas_text({sample_sa()}));
  const std::string sa = word_after(lines[0], "iked_sas: ");
  const std::string in = word_after(lines[1], "sa_childsas: ");
  const std::string out = word_after(lines[2], "sa_childsas: ");
  EXPECT_EQ(word_after(lines[1], " @"), sa);
  EXPECT_EQ(word_after(lines[3], "(L) @"), sa);
  EXPECT_EQ(word_after(lines[1], "P="), out);
  EXPECT_EQ(word_after(lines[2], "P="), in);
  EXPECT_EQ(word_after(lines[5], "iked_activesas: "), in);
  EXPECT_EQ(word_after(lines[9], "iked_dstid_sas: "), sa);
  EXPECT_NE(in, out);
  EXPECT_NE(sa, in);
}

TEST(ShowSa, LeavesOutWhatIsNotThere) {
  model::IkeSaReport sa = sample_sa();
  sa.state = "SA_INIT";
  sa.remote_id.clear();
  sa.natt = sa.encapsulated = sa.initiator = false;
  sa.children.clear();
  sa.flows.clear();
  const auto lines = lines_of(show_sas_text({sa}));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("<>[] SA_INIT r nexti"), std::string::npos) << lines[0];
}

TEST(ShowSa, WhatIsNotLoadedIsNotListedAsActive) {
  model::IkeSaReport sa = sample_sa();
  for (auto& c : sa.children) c.loaded = false;
  for (auto& f : sa.flows) f.loaded = false;
  const std::string text = show_sas_text({sa});
  EXPECT_EQ(text.find("iked_activesas"), std::string::npos);
  EXPECT_EQ(text.find("iked_flows"), std::string::npos);
  EXPECT_NE(text.find("(A)"), std::string::npos);
}

TEST(ShowSa, SortsBySpi) {
  std::vector<model::IkeSaReport> sas(3, sample_sa());
  sas[0].spi_i = IkeSpi{3};
  sas[1].spi_i = IkeSpi{1};
  sas[2].spi_i = IkeSpi{2};
  sort_by_spi(sas);
  EXPECT_EQ(sas[0].spi_i, IkeSpi{1});
  EXPECT_EQ(sas[2].spi_i, IkeSpi{3});
}

TEST(ShowSa, AsJsonHasEverything) {
  EXPECT_EQ(show_sas_json({}), "[]\n");
  const std::string json = show_sas_json({sample_sa()});
  for (const char* part :
       {R"("spi_i": "0x0123456789abcdef")", R"("state": "ESTABLISHED")", R"("role": "initiator")",
        R"("remote": "198.51.100.7:4500")", R"("remote_id": "FQDN/peer.id")",
        R"("origin": "/etc/iked.conf:12")", R"("age_s": 61)", R"("natt": true)",
        R"("spi": "0xaabbccdd")", R"("direction": "in")", R"("bytes": 840)", R"("esn": true)",
        R"("local": "10.0.1.0/24")"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  }
}

TEST(ShowStats, FollowsTheOriginalsOrderAndNumber) {
  const std::string text = show_stats_text(
      {{"messages_sent", 2}, {"ike_sas_created", 1}, {"cookies_demanded", 3}}, false);
  EXPECT_TRUE(text.starts_with("ike:\n\t1 IKE SA created\n\t0 IKE SAs established\n")) << text;
  EXPECT_NE(text.find("\n\t2 messages sent\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\t0 keepalive messages sent\n\t3 cookies demanded\n")) << text;
  EXPECT_EQ(lines_of(text).size(), 28u);
}

TEST(ShowStats, QuietLeavesZerosOut) {
  EXPECT_EQ(show_stats_text({{"messages_sent", 1}, {"acquires", 0}}, true),
            "ike:\n\t1 message sent\n");
  EXPECT_EQ(show_stats_json({{"messages_sent", 1}, {"acquires", 0}}),
            "{\"messages_sent\": 1, \"acquires\": 0}\n");
}

TEST(MonitorLines, CarryTimeSeverityAndText) {
  EXPECT_EQ(event_text(sample_event()),
            "2023-11-14T22:13:20.250000Z info spi=0x0000000000000001: sa_free: timeout\n");
  EXPECT_EQ(event_json(sample_event()),
            "{\"time\": \"2023-11-14T22:13:20.250000Z\", \"severity\": \"info\", \"event\": "
            "\"ike_sa_gone\", \"spi_i\": \"0x0000000000000001\", \"peer\": \"192.0.2.1:500\", "
            "\"policy\": \"east\", \"reason\": \"timeout\"}\n");
}

TEST(MonitorLines, ExplanationsAreIndentedAndControlCharactersShown) {
  EventRecord event;
  event.text = "refused\npeer \x1b[2J\n";
  EXPECT_EQ(event_text(event), "1970-01-01T00:00:00.000000Z info refused\n\tpeer \\x1b[2J\n");
}

TEST(JsonWriter, EscapesWhatMustBeAndReplacesWhatIsNotText) {
  Json json;
  json.open_array()
      .value("a\"b\\c\n\x01")
      .value("\xc3\xa9 \xf0\x9f\x98\x80")
      .value("\xff\xc0\x80\xed\xa0\x80")
      .value("\xe2\x82")
      .close_array();
  EXPECT_EQ(json.text(),
            "[\"a\\\"b\\\\c\\n\\u0001\", \"\xc3\xa9 \xf0\x9f\x98\x80\", "
            "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\", "
            "\"\xef\xbf\xbd\xef\xbf\xbd\"]");
}

TEST(JsonWriter, NestsWithCommasInTheRightPlaces) {
  Json json;
  json.open_object().key("a").open_array().value(1).value(true).null().close_array();
  json.key("b").open_object().close_object().field("c", -5).close_object();
  EXPECT_EQ(json.text(), "{\"a\": [1, true, null], \"b\": {}, \"c\": -5}");
}

}  // namespace
}  // namespace ike::control
