#include "daemons/iked/options.h"

#include <getopt.h>
#include <gtest/gtest.h>

namespace ike::daemon {
namespace {

std::expected<Options, std::string> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "iked");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  optind = 0;  // getopt begins anew
  return parse_options(static_cast<int>(words.size()), argv.data());
}

TEST(Options, TakeTheFlagsOfTheOriginalAlsoTogether) {
  const auto options = parse({"-dnvv", "-f", "/tmp/x.conf", "-s", "/tmp/s", "-S", "-D", "a=b=c"});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->foreground, 1u);
  EXPECT_TRUE(options->check_only);
  EXPECT_EQ(options->verbosity, 2u);
  EXPECT_EQ(options->load.path, "/tmp/x.conf");
  EXPECT_EQ(options->control_path, "/tmp/s");
  EXPECT_TRUE(options->load.passive);
  ASSERT_EQ(options->load.macros.size(), 1u);
  EXPECT_EQ(options->load.macros[0].first, "a=b");
}

TEST(Options, AskForHelpAndVersionInAnySpelling) {
  EXPECT_TRUE(parse({"-h"})->show_help);
  EXPECT_TRUE(parse({"--help"})->show_help);
  EXPECT_TRUE(parse({"-V"})->show_version);
  EXPECT_NE(help().find("--kernel"), std::string::npos);
}

TEST(Options, WrongOnesAreNamedAboveTheUsage) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"-Z"}, "iked: unknown option -Z\n"},
      {{"-dZ"}, "iked: unknown option -Z\n"},
      {{"-f"}, "iked: -f wants an argument\n"},
      {{"--nonsense"}, "iked: wrong option --nonsense\n"},
      {{"operand"}, "iked: unexpected argument operand\n"},
  };
  for (const auto& [words, wanted] : cases) {
    const auto options = parse(words);
    ASSERT_FALSE(options) << words[0];
    EXPECT_EQ(options.error(), wanted + usage());
  }
}

TEST(Options, PortsAreInRangeAndOneNatTraversalIsChosen) {
  EXPECT_EQ(parse({"-p", "0"}).error(), "port is too small: 0\n");
  EXPECT_EQ(parse({"-p", "65536"}).error(), "port is too large: 65536\n");
  EXPECT_EQ(parse({"-p", "4x"}).error(), "port is invalid: 4x\n");
  EXPECT_EQ(parse({"-p", "4501"})->load.natt_port, 4501);
  EXPECT_EQ(parse({"-T", "-t"}).error(), "-T and -t/-p are mutually exclusive\n");
  EXPECT_FALSE(parse({"-T", "-p", "4501"}));
}

TEST(Options, AMacroWithoutAValueIsOnlyWarnedOf) {
  const auto options = parse({"-D", "novalue", "-6"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->warnings.size(), 2u);
  EXPECT_EQ(options->warnings[0], "could not parse macro definition novalue");
}

}  // namespace
}  // namespace ike::daemon
