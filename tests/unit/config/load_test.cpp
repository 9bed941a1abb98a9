#include "config/iked/load.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <set>

#include "base/limits.h"
#include "config/iked/lexer.h"
#include "config/iked/parser.h"
#include "config/iked/proposals.h"
#include "fake_environment.h"

namespace ike::config::iked {
namespace {

constexpr const char* kPath = "/etc/iked.conf";
constexpr const char* kFlow = " from 10.0.0.0/8 to 10.1.0.0/16 peer 192.0.2.1 ";

using Outcome = std::expected<Loaded, std::vector<Diagnostic>>;

Outcome load_text(const std::string& text, LoadOptions options = {}) {
  FakeEnvironment environment;
  environment.add_file(kPath, text);
  return load(options, environment);
}

std::string all_messages(const Outcome& outcome) {
  std::string text;
  for (const auto& d : outcome ? outcome->warnings : outcome.error()) text += d.text() + "\n";
  return text;
}

std::string policy(const std::string& tail) { return std::string("ikev2") + kFlow + tail + "\n"; }

TEST(Load, SecretsAreKeptApartAndFoundByConnection) {
  const auto loaded =
      load_text(policy("psk \"a secret of sixteen\"") + policy("rsa") + policy("psk 0x00ff10"));
  ASSERT_TRUE(loaded) << all_messages(loaded);
  const auto& connections = loaded->policy.connections;
  ASSERT_EQ(connections.size(), 3u);
  ASSERT_EQ(loaded->secrets.connections.size(), 2u);
  EXPECT_EQ(loaded->secrets.connections[0].connection, connections[0]->id);
  EXPECT_EQ(as_text(loaded->secrets.connections[0].psk.view()), "a secret of sixteen");
  EXPECT_EQ(loaded->secrets.connections[1].connection, connections[2]->id);
  EXPECT_EQ(to_hex(loaded->secrets.connections[1].psk.view()), "00ff10");
  EXPECT_EQ(dump(loaded->policy).find("sixteen"), std::string::npos);
}

TEST(Load, NoMessageShowsAKeyWhateverIsWrongWithIt) {
  const std::string enough(kTokenMax, 'x');
  const std::string tails[] = {
      "psk \"tr0ub4dor",
      "psk 'tr0ub4dor",
      "srcid \"gw psk \"tr0ub4dor",
      "srcid \"gw psk tr0ub4dor",
      "psk \"tr0ub4dor" + enough + "\"",
      "psk tr0ub4dor" + enough,
      std::string("psk \"tr0ub4dor\0\"", 17),
      "psk 0xtr0ub4dor",
      "psk tr0ub4dor&3 tr0ub4dor",
      "psk $tr0ub4dor",
      "pks tr0ub4dor",
      "psk \"a\" tr0ub4dor",
  };
  for (const std::string& tail : tails) {
    const auto outcome = load_text(policy(tail) + "ikev2 nonsense\n");
    const std::string messages = all_messages(outcome);
    EXPECT_FALSE(outcome) << tail;
    EXPECT_EQ(messages.find("tr0ub4dor"), std::string::npos) << messages;
    EXPECT_FALSE(messages.empty());
  }
  const auto number = load_text(policy("psk 99999999999999999999"));
  EXPECT_EQ(all_messages(number).find("9999"), std::string::npos) << all_messages(number);
}

TEST(Load, TheCaretStaysWhereItIsBehindAHiddenKey) {
  const auto outcome = load_text(policy("psk \"kee\" frob"));
  ASSERT_FALSE(outcome);
  const Diagnostic& d = outcome.error().at(0);
  EXPECT_EQ(d.excerpt.caret.size(), d.column);
  EXPECT_EQ(d.excerpt.line.find("kee"), std::string::npos) << d.text();
  EXPECT_EQ(d.excerpt.line.size(), policy("psk \"kee\" frob").size() - 1);
}

TEST(Load, TheNormalisedPrintHasNoSecrets) {
  LoadOptions options;
  options.normalised = true;
  const auto loaded =
      load_text(policy("psk \"a secret of sixteen\"") + policy("psk 0x0badcafe"), options);
  ASSERT_TRUE(loaded) << all_messages(loaded);
  for (const std::string& line : loaded->normalised) {
    EXPECT_TRUE(line.ends_with(" psk ****")) << line;
  }
  EXPECT_EQ(loaded->normalised.size(), 2u);
}

TEST(Load, WordsOfTheFileSteerNoTerminal) {
  LoadOptions options;
  options.normalised = true;
  const auto bad =
      load_text("set frag\x1b[2Jmentation\n" + policy("dstid \"\x1b]0;x\x07\" nonsense") +
                    "include \"/a\xe2\x80\xae\x9b\"\n",
                options);
  ASSERT_FALSE(bad);
  const std::string messages = all_messages(bad);
  EXPECT_EQ(messages.find_first_of("\x1b\x07\x9b"), std::string::npos) << messages;
  EXPECT_EQ(messages.find("\xe2\x80\xae"), std::string::npos) << messages;
  const auto good =
      load_text("ikev2 \"na\x1bme\"" + std::string(kFlow) + "tag \"\x1b\"\n", options);
  ASSERT_TRUE(good) << all_messages(good);
  EXPECT_EQ(good->normalised.at(0).find('\x1b'), std::string::npos);
}

TEST(Load, KeyFilesMayHoldAnyKeyUpToTheLimit) {
  FakeEnvironment environment;
  environment.add_file(kPath, policy("psk file \"/k\""));
  const auto size_of = [&](const std::string& text) -> size_t {
    environment.add_file("/k", text);
    const auto loaded = load({}, environment);
    return loaded ? loaded->secrets.connections.at(0).psk.size() : 0;
  };
  EXPECT_EQ(size_of("00"), 1u);
  EXPECT_EQ(size_of("0001\n"), 2u) << "a newline at the end is harmless";
  EXPECT_EQ(size_of(std::string(2 * 300, 'a')), 300u) << "longer than one octet counts";
  EXPECT_EQ(size_of(std::string(2 * limits::kPskMax, 'a') + "\n"), limits::kPskMax);
  EXPECT_EQ(size_of(std::string(2 * limits::kPskMax + 2, 'a')), 0u);
  EXPECT_EQ(size_of(""), 0u);
  EXPECT_EQ(size_of("0x00"), 0u);
}

TEST(Load, MacrosOfTheCommandLineBeatTheFileAtEveryLoad) {
  FakeEnvironment environment;
  environment.add_file(kPath, "gw = 192.0.2.1\nikev2 from any to any peer $gw srcid $name\n");
  LoadOptions options;
  options.macros = {{"gw", "198.51.100.9"}, {"name", "me.example.org"}};
  for (int reload = 0; reload < 2; ++reload) {
    const auto loaded = load(options, environment);
    ASSERT_TRUE(loaded) << all_messages(loaded);
    EXPECT_EQ(loaded->policy.connections[0]->remote->text(), "198.51.100.9");
    EXPECT_EQ(loaded->policy.connections[0]->local_id.text(), "FQDN/me.example.org");
  }
}

TEST(Load, MacroDefinitionsAreSplitAtTheLastEqualsSign) {
  EXPECT_EQ(parse_macro("a=b"), (MacroDefinition{"a", "b"}));
  EXPECT_EQ(parse_macro("a=b=c"), (MacroDefinition{"a=b", "c"}));
  EXPECT_EQ(parse_macro("a="), (MacroDefinition{"a", ""}));
  EXPECT_EQ(parse_macro("a"), std::nullopt);
  EXPECT_EQ(parse_macro("=a"), std::nullopt);
}

TEST(Load, PassiveOfTheCommandLineYieldsToTheFile) {
  LoadOptions options;
  options.passive = true;
  EXPECT_TRUE(load_text(policy(""), options)->policy.global.passive);
  EXPECT_FALSE(load_text(policy("") + "set active\n", options)->policy.global.passive);
  EXPECT_TRUE(load_text("set passive\n" + policy(""))->policy.global.passive);
  EXPECT_FALSE(load_text(policy(""))->policy.global.passive);
}

TEST(Load, NatTraversalFlagsReachEveryConnection) {
  LoadOptions off;
  off.nat_traversal = NatTraversal::off;
  EXPECT_FALSE(load_text(policy(""), off)->policy.connections[0]->features.nat_detection);
  LoadOptions forced;
  forced.nat_traversal = NatTraversal::forced;
  forced.natt_port = 4501;
  const auto loaded = load_text(policy(""), forced);
  EXPECT_TRUE(loaded->policy.global.natt_only);
  EXPECT_EQ(loaded->policy.global.natt_port, 4501);
  EXPECT_TRUE(loaded->policy.connections[0]->features.force_encapsulation);
  const auto one = load_text(std::string("ikev2 natt") + kFlow + "\n" + policy(""));
  EXPECT_TRUE(one->policy.connections[0]->features.force_encapsulation);
  EXPECT_FALSE(one->policy.connections[1]->features.force_encapsulation);
  EXPECT_FALSE(one->policy.global.natt_only);
}

TEST(Load, OptionsCountWhereverTheyStand) {
  const auto loaded = load_text(policy("") + "set fragmentation\nset novendorid\n");
  EXPECT_TRUE(loaded->policy.connections[0]->features.fragmentation);
  EXPECT_FALSE(loaded->policy.connections[0]->features.vendor_id);
}

TEST(Load, PoliciesKnowTheirPlaceAndEqualOnesStayDistinct) {
  const auto loaded = load_text("\n# x\n" + policy("") + "ikev2 \"n\"" + kFlow +
                                "\\\n lifetime 1h\n" + "ikev2 \"n\"" + kFlow + "lifetime 1h\n");
  ASSERT_TRUE(loaded) << all_messages(loaded);
  const auto& c = loaded->policy.connections;
  EXPECT_EQ(c[0]->origin.text(), "/etc/iked.conf:3");
  EXPECT_EQ(c[1]->origin.text(), "/etc/iked.conf:4");
  EXPECT_EQ(dump(*c[1]), dump(*c[2]));
  EXPECT_NE(c[1]->id, c[2]->id);
}

// What a reload leaves alone: a policy that only moved keeps its id, whatever its secret.
TEST(Load, IdsDependOnMeaningOnly) {
  const auto a = load_text("ikev2 \"n\"" + std::string(kFlow) + "psk \"one key of many, long\"\n");
  const auto b = load_text(
      "# moved\n\nnet = \"10.0.0.0/8\"\nikev2 \"n\" passive esp from $net \\\n"
      "to 10.1.0.0/16 peer 192.0.2.1 psk \"another key of many\"\n");
  EXPECT_EQ(a->policy.connections[0]->id, b->policy.connections[0]->id);
}

TEST(Load, UnnamedPoliciesAreCountedWithFailedOnes) {
  const auto loaded = load_text("ikev2 broken broken\nikev2 from x\n" + policy("lifetime x"));
  ASSERT_FALSE(loaded);
  EXPECT_NE(all_messages(loaded).find("\"policy3\""), std::string::npos);
}

TEST(Load, AnyErrorMakesTheWholeFileInvalid) {
  const auto loaded = load_text(policy("") + "set nonsense\n" + policy(""));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 1u);
  EXPECT_EQ(loaded.error()[0].line, 2u);
}

TEST(Load, AFileThatOthersMayReadIsNotParsedAtAll) {
  FakeEnvironment environment;
  environment.add_file(kPath, "this is no configuration\n", 0644);
  const auto loaded = load({}, environment);
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.error().size(), 1u);
  EXPECT_EQ(loaded.error()[0].text(),
            "/etc/iked.conf: group writable or world read/writable (mode 0644, wanted 0600 or "
            "0640; run: chmod 0600 /etc/iked.conf)");
  environment.add_file(kPath, policy(""), 0600, 4711);
  EXPECT_FALSE(load({}, environment));
}

TEST(Load, StandardInputHasNoModeToCheck) {
  FakeEnvironment environment;
  environment.add_file("(standard input)", policy(""), 0644, 4711);
  LoadOptions options;
  options.path = "-";
  const auto loaded = load(options, environment);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->policy.connections[0]->origin.text(), "stdin:1");
}

TEST(Load, AMissingFileIsNamed) {
  FakeEnvironment environment;
  const auto loaded = load({}, environment);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error()[0].text(), "/etc/iked.conf: No such file or directory");
}

TEST(Load, EachNameIsAskedForOnce) {
  FakeEnvironment environment;
  std::string text;
  for (int i = 0; i < 50; ++i) text += "ikev2 from peer.example.org to any peer peer.example.org\n";
  environment.add_file(kPath, text);
  ASSERT_TRUE(load({}, environment));
  EXPECT_EQ(environment.questions, 1);
}

TEST(Load, TokensMacrosFlowsAndProposalsAreLimited) {
  const auto fails_with = [](const std::string& text, const std::string& message) {
    const auto loaded = load_text(text);
    EXPECT_FALSE(loaded);
    EXPECT_NE(all_messages(loaded).find(message), std::string::npos) << all_messages(loaded);
  };
  fails_with("ikev2 \"" + std::string(kTokenMax + 1, 'x') + "\" from any to any\n",
             "string too long");
  fails_with("ikev2 " + std::string(kTokenMax + 1, 'x') + " from any to any\n", "string too long");
  std::string macros;
  for (size_t i = 0; i < kMacrosMax; ++i) macros += "m" + std::to_string(i) + " = x\n";
  EXPECT_TRUE(load_text(macros));
  fails_with(macros + "one_more = x\n", "too many macros");
  std::string long_one = "x =";
  while (long_one.size() + kTokenMax < kMacroMax) {
    long_one += " \"" + std::string(kTokenMax - 8, 'a') + "\"";
  }
  std::string many = "\ny =";
  for (size_t size = 0; size <= kExpansionMax; size += long_one.size()) many += " $x";
  fails_with(long_one + many + " $x\n", "macros expand to more than");
  fails_with("ikev2 \"" + std::string(1024, 'x') + "\" from any to any\n", "name too long");
  fails_with(policy("srcid \"" + std::string(1024, 'x') + "\""), "srcid too long");
  fails_with(policy("dstid \"" + std::string(1024, 'x') + "\""), "dstid too long");
  fails_with(policy("tag \"" + std::string(64, 'x') + "\""), "tag too long");

  std::string flows;
  for (int i = 0; i < 256; ++i) flows += " from 10.0." + std::to_string(i) + ".0/24 to any";
  fails_with("ikev2" + flows + " peer 192.0.2.1\n", "too many flows");
  std::string groups;
  for (size_t i = 0; i <= limits::kProposalsMax; ++i) groups += "ikesa enc aes-256 ";
  fails_with(policy(groups), "too many proposals");

  std::string big = "m = \"" + std::string(8000, 'x') + "\"";
  for (int i = 0; i < 9; ++i) big += " \"" + std::string(8000, 'x') + "\"";
  fails_with(big + "\n", "too many macros");
}

TEST(Load, MacrosThatMultiplyComeToAnEnd) {
  std::string text = "m = \"" + std::string(8000, ' ') + "\"\nikev2 from";
  for (int i = 0; i < 4'000; ++i) text += " $m";
  const auto loaded = load_text(text + "\n");
  ASSERT_FALSE(loaded);
  EXPECT_NE(all_messages(loaded).find("macros expand to more than"), std::string::npos);
}

std::string many(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    const std::string net =
        "10." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".0/24";
    text += "ikev2 \"spoke" + std::to_string(i) + "\" passive esp from 10.0.0.0/8 to " + net +
            " local 192.0.2.1 peer any srcid hub.example.org dstid spoke" + std::to_string(i) +
            ".example.org psk \"a secret for spoke " + std::to_string(i) + "\"\n";
  }
  return text;
}

TEST(Load, TenThousandPoliciesKeepTheirOrderAndDistinctIds) {
  const auto loaded = load_text(many(10'000));
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->policy.connections.size(), 10'000u);
  EXPECT_EQ(loaded->policy.connections[9'999]->name, "spoke9999");
  std::set<ConnectionId> ids;
  for (const auto& c : loaded->policy.connections) ids.insert(c->id);
  EXPECT_EQ(ids.size(), 10'000u);
}

// Whatever is wrong with a line, its key appears in no message.
TEST(SecrecyProperty, NoMessageShowsAKey) {
  const std::string key = "Xq7-nobody-may-see-this";
  EXPECT_TRUE(rc::check([&key] {
    const auto piece = rc::gen::element<std::string>(
        "from 10.0.0.0/8", "to any", "peer any", "active", "esp", "ikesa", "enc", "aes-999",
        "$undefined", "lifetime 5d", "tag", "srcid", "\\\n", "(", ",", "local", "set", "\"open",
        "-1", "99999999999999999999", "eap", "file");
    const auto before = *rc::gen::resize(6, rc::gen::container<std::vector<std::string>>(piece));
    const auto after = *rc::gen::resize(4, rc::gen::container<std::vector<std::string>>(piece));
    const auto introduction = *rc::gen::element<std::string>("psk", "psk local", "psk 7", "user x");
    const auto quote = *rc::gen::element<std::string>("\"", "'", "");
    std::string text = "k = \"" + key + "\"\nikev2";
    for (const auto& p : before) {
      if (p != "\"open") text += " " + p;
    }
    const bool by_macro = *rc::gen::arbitrary<bool>();
    text += " " + introduction + " " + (by_macro ? "$k" : quote + key + quote);
    for (const auto& p : after) text += " " + p;
    const auto loaded = load_text(text + "\n");
    const std::string messages = all_messages(loaded);
    RC_LOG(text + "\n" + messages);
    RC_ASSERT(messages.find(key) == std::string::npos);
  }));
}

}  // namespace
}  // namespace ike::config::iked
