#include "control/command_line.h"

#include <gtest/gtest.h>

namespace ike::control {
namespace {

std::expected<Command, std::string> parse(std::vector<std::string_view> words) {
  return parse_command(words);
}
template <typename T>
const T* engine_command(const std::expected<Command, std::string>& command) {
  if (!command || !command->request) return nullptr;
  const auto* engine = std::get_if<EngineCommand>(&*command->request);
  return engine == nullptr ? nullptr : std::get_if<T>(engine);
}
template <typename T>
const T* request(const std::expected<Command, std::string>& command) {
  return command && command->request ? std::get_if<T>(&*command->request) : nullptr;
}

TEST(IkectlCommand, EveryCommandIsUnderstood) {
  EXPECT_NE(engine_command<model::ShowSas>(parse({"show", "sa"})), nullptr);
  EXPECT_NE(engine_command<model::ShowStats>(parse({"show", "stats"})), nullptr);
  EXPECT_EQ(engine_command<model::SetPassive>(parse({"active"}))->passive, false);
  EXPECT_EQ(engine_command<model::SetPassive>(parse({"passive"}))->passive, true);
  EXPECT_EQ(engine_command<model::SetCoupled>(parse({"couple"}))->coupled, true);
  EXPECT_EQ(engine_command<model::SetCoupled>(parse({"decouple"}))->coupled, false);
  EXPECT_NE(engine_command<model::ResetAll>(parse({"reset", "all"})), nullptr);
  EXPECT_NE(engine_command<model::ResetPolicy>(parse({"reset", "policy"})), nullptr);
  EXPECT_EQ(engine_command<model::ResetSas>(parse({"reset", "sa"}))->peer_id, "");
  EXPECT_EQ(engine_command<model::ResetSas>(parse({"reset", "id", "FQDN/a"}))->peer_id, "FQDN/a");
  EXPECT_EQ(request<SetVerbosity>(parse({"log", "verbose"}))->verbose, true);
  EXPECT_EQ(request<SetVerbosity>(parse({"log", "brief"}))->verbose, false);
  EXPECT_EQ(request<Load>(parse({"load", "/x"}))->path, "/x");
  EXPECT_NE(request<Reload>(parse({"reload"})), nullptr);
  EXPECT_EQ(parse({"monitor"})->show, Show::events);
  EXPECT_EQ(parse({"reset", "sa"})->acknowledgement, "reset request sent.");
  EXPECT_EQ(parse({"log", "brief"})->acknowledgement, "logging request sent.");
}

TEST(IkectlCommand, UniquePrefixesDo) {
  EXPECT_NE(engine_command<model::ShowSas>(parse({"sh", "sa"})), nullptr);
  EXPECT_NE(engine_command<model::ShowStats>(parse({"s", "st"})), nullptr);
  EXPECT_EQ(request<SetVerbosity>(parse({"log", "v"}))->verbose, true);
  EXPECT_NE(request<Reload>(parse({"rel"})), nullptr);
}

TEST(IkectlCommand, AmbiguousAndUnknownWordsListWhatIsValid) {
  EXPECT_EQ(parse({"show", "s"}).error(),
            "ambiguous argument: s\nvalid commands/args:\n  ca\n  certstore\n  sa\n  stats\n");
  EXPECT_EQ(parse({"log", "loud"}).error(),
            "unknown argument: loud\nvalid commands/args:\n  brief\n  verbose\n");
  EXPECT_TRUE(parse({""}).error().starts_with("unknown argument: \n"));
  EXPECT_TRUE(parse({"shows"}).error().starts_with("unknown argument: shows\n"));
}

TEST(IkectlCommand, MissingWordsListWhatIsValid) {
  EXPECT_TRUE(parse({}).error().starts_with("missing argument:\nvalid commands/args:\n  active\n"));
  EXPECT_EQ(parse({"load"}).error(), "missing argument:\nvalid commands/args:\n  <path>\n");
  EXPECT_EQ(parse({"reset", "id"}).error(), "missing argument:\nvalid commands/args:\n  <ikeid>\n");
}

TEST(IkectlCommand, SuperfluousWordsAreNamed) {
  EXPECT_EQ(parse({"reload", "now"}).error(), "superfluous argument: now\n");
  EXPECT_EQ(parse({"load", "/a", "/b"}).error(), "superfluous argument: /b\n");
}

TEST(IkectlCommand, WhatIsNotThereYetIsSaidAndNotSent) {
  for (const auto& words :
       std::vector<std::vector<std::string_view>>{{"ca", "vpn", "create"},
                                                  {"show", "certstore"},
                                                  {"show", "ca", "vpn", "certificates"},
                                                  {"reset", "ca"},
                                                  {"reset", "user"}}) {
    const auto command = parse(words);
    ASSERT_TRUE(command) << words[0];
    EXPECT_FALSE(command->request);
    EXPECT_TRUE(command->unsupported.starts_with(words[0]));
  }
}

TEST(IkectlCommand, SummaryNamesEveryCommand) {
  const std::string summary = command_summary();
  for (const char* part : {"  reset id <ikeid>", "  load <path>", "  show sa ", "  log verbose"}) {
    EXPECT_NE(summary.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace ike::control
