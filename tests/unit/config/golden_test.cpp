// tests/config/iked/NAME.conf against NAME.policy (warnings, normalised print and dump) or
// NAME.error.  With IKE_UPDATE_GOLDEN=1 in the environment the results are written instead; review
// what changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/iked/load.h"
#include "fake_environment.h"

namespace ike::config::iked {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(IKE_TEST_DATA) / "config" / "iked";

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Outcome {
  bool ok = false;
  std::string text;
};

Outcome load_case(const fs::path& conf) {
  FakeEnvironment environment;
  for (const auto& entry : fs::directory_iterator(kFolder / "files")) {
    environment.add_file("/files/" + entry.path().filename().string(), read(entry.path()));
  }
  environment.add_file("/files/open.conf", "set active\n", 0644);
  environment.add_file("/files/open.hex", "00112233445566778899aabbccddeeff", 0640, 4711);
  environment.add_file("iked.conf", read(conf));
  LoadOptions options;
  options.path = "iked.conf";
  options.normalised = true;
  const auto loaded = load(options, environment);
  Outcome outcome;
  outcome.ok = loaded.has_value();
  for (const auto& d : loaded ? loaded->warnings : loaded.error()) outcome.text += d.text() + "\n";
  if (!loaded) return outcome;
  for (const auto& line : loaded->normalised) outcome.text += line + "\n";
  outcome.text += dump(loaded->policy);
  return outcome;
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".conf") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, MeansWhatWasReviewed) {
  const fs::path conf = kFolder / (GetParam() + ".conf");
  const Outcome outcome = load_case(conf);
  fs::path wanted = conf;
  wanted.replace_extension(outcome.ok ? ".policy" : ".error");
  if (std::getenv("IKE_UPDATE_GOLDEN") != nullptr) std::ofstream(wanted) << outcome.text;
  ASSERT_TRUE(fs::exists(wanted)) << outcome.text;
  EXPECT_EQ(outcome.text, read(wanted));
  fs::path other = conf;
  other.replace_extension(outcome.ok ? ".error" : ".policy");
  EXPECT_FALSE(fs::exists(other)) << "of two contradicting results one is stale";
}

INSTANTIATE_TEST_SUITE_P(Iked, Golden, testing::ValuesIn(cases()),
                         [](const auto& tested) { return tested.param; });

TEST(Examples, AllLoadWithoutAWarning) {
  size_t files = 0;
  const fs::path examples = fs::path(IKE_TEST_DATA).parent_path() / "examples";
  for (const auto& entry : fs::recursive_directory_iterator(examples)) {
    if (entry.path().extension() != ".conf") continue;
    const Outcome outcome = load_case(entry.path());
    EXPECT_TRUE(outcome.ok) << entry.path() << "\n" << outcome.text;
    EXPECT_EQ(outcome.text.find("warning"), std::string::npos) << outcome.text;
    ++files;
  }
  EXPECT_GE(files, 6u);
}

// What the README shows as files must be files.
TEST(Readme, ItsConfigurationsLoad) {
  const std::string page = read(fs::path(IKE_TEST_DATA).parent_path() / "README.md");
  constexpr std::string_view kBegin = "<<'END'\n", kEnd = "\nEND\n";
  size_t files = 0;
  for (size_t at = page.find(kBegin); at != std::string::npos; at = page.find(kBegin, at)) {
    at += kBegin.size();
    const size_t end = page.find(kEnd, at);
    ASSERT_NE(end, std::string::npos);
    FakeEnvironment environment;
    LoadOptions options;
    environment.add_file(options.path, page.substr(at, end + 1 - at));
    const auto loaded = load(options, environment);
    for (const auto& d : loaded ? loaded->warnings : loaded.error()) ADD_FAILURE() << d.text();
    ++files;
  }
  EXPECT_GE(files, 1u);
}

}  // namespace
}  // namespace ike::config::iked
