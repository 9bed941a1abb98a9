#include "control/command_line.h"

#include <algorithm>
#include <array>
#include <vector>

namespace ike::control {

namespace {

using Maker = Command (*)(std::string_view argument);

// A word of a command.  What follows it: another word of `next`, one free `argument`, or nothing.
struct Word {
  std::string_view text;
  std::span<const Word> next{};
  std::string_view argument{};  // its placeholder, "<path>"
  Maker make = nullptr;
  std::string_view help{};
};

template <typename T>
Command engine_command(std::string_view) {
  return {EngineCommand{T{}}, {}, Show::nothing, {}};
}
constexpr std::string_view kResetSent = "reset request sent.";
constexpr std::string_view kLoggingSent = "logging request sent.";

template <bool kPassive>
Command set_passive(std::string_view) {
  return {EngineCommand{model::SetPassive{kPassive}},
          {},
          Show::nothing,
          kPassive ? "passive: initiating nothing." : "active: initiating as the policies say."};
}
template <bool kCoupled>
Command set_coupled(std::string_view) {
  return {EngineCommand{model::SetCoupled{kCoupled}},
          {},
          Show::nothing,
          kCoupled ? "coupled: SAs and flows are in the kernel."
                   : "decoupled: no SA and no flow is in the kernel."};
}
template <bool kVerbose>
Command set_verbosity(std::string_view) {
  return {SetVerbosity{kVerbose}, {}, Show::nothing, kLoggingSent};
}
constexpr std::string_view kLoaded = "configuration loaded.";
Command load(std::string_view path) {
  return {Load{std::string(path)}, {}, Show::nothing, kLoaded};
}
Command reload(std::string_view) { return {Reload{}, {}, Show::nothing, kLoaded}; }
Command monitor(std::string_view) { return {Monitor{}, {}, Show::events, {}}; }
Command show_sas(std::string_view) { return {EngineCommand{model::ShowSas{}}, {}, Show::sas, {}}; }
Command show_stats(std::string_view) {
  return {EngineCommand{model::ShowStats{}}, {}, Show::stats, {}};
}
template <typename T>
Command reset(std::string_view) {
  return {EngineCommand{T{}}, {}, Show::nothing, kResetSent};
}
Command reset_id(std::string_view id) {
  return {EngineCommand{model::ResetSas{true, std::string(id)}}, {}, Show::nothing, kResetSent};
}
Command not_yet(std::string what) { return {std::nullopt, std::move(what), Show::nothing, {}}; }
Command reset_ca(std::string_view) { return not_yet("reset ca (certificates)"); }
Command reset_user(std::string_view) { return not_yet("reset user (EAP users)"); }
Command show_ca(std::string_view) { return not_yet("show ca (certificates)"); }
Command show_certstore(std::string_view) { return not_yet("show certstore (certificates)"); }
Command ca(std::string_view) { return not_yet("ca (certificates)"); }

constexpr std::array kLog{
    Word{"brief", {}, {}, set_verbosity<false>, "log as started without -v"},
    Word{"verbose", {}, {}, set_verbosity<true>, "log debug messages too"},
};
constexpr std::array kReset{
    Word{"all", {}, {}, reset<model::ResetAll>, "drop policies and SAs, telling nobody"},
    Word{"ca", {}, {}, reset_ca, "not supported yet"},
    Word{"id", {}, "<ikeid>", reset_id, "delete the SAs with this peer, as FQDN/gw.example.org"},
    Word{"policy", {}, {}, reset<model::ResetPolicy>, "drop the policies, keep the SAs"},
    Word{"sa", {}, {}, reset<model::ResetSas>, "delete all SAs"},
    Word{"user", {}, {}, reset_user, "not supported yet"},
};
constexpr std::array kShow{
    Word{"ca", {}, "<caname>", show_ca, "not supported yet"},
    Word{"certstore", {}, {}, show_certstore, "not supported yet"},
    Word{"sa", {}, {}, show_sas, "list IKE SAs, Child SAs and flows"},
    Word{"stats", {}, {}, show_stats, "print counters"},
};
constexpr std::array kCommands{
    Word{"active", {}, {}, set_passive<false>, "initiate as the policies say"},
    Word{"ca", {}, "<caname>", ca, "not supported yet"},
    Word{"couple", {}, {}, set_coupled<true>, "load SAs and flows into the kernel"},
    Word{"decouple", {}, {}, set_coupled<false>, "take SAs and flows out of the kernel"},
    Word{"load", {}, "<path>", load, "replace the policies by those of this file"},
    Word{"log", kLog},
    Word{"monitor", {}, {}, monitor, "print events until interrupted"},
    Word{"passive", {}, {}, set_passive<true>, "stop initiating"},
    Word{"reload", {}, {}, reload, "read the configuration file again"},
    Word{"reset", kReset},
    Word{"show", kShow},
};

std::string valid_words(std::span<const Word> words) {
  std::string text = "valid commands/args:\n";
  for (const Word& word : words) text += "  " + std::string(word.text) + "\n";
  return text;
}

std::expected<const Word*, std::string> find(std::span<const Word> words, std::string_view given) {
  std::vector<const Word*> matches;
  for (const Word& word : words) {
    if (word.text == given) return &word;
    if (word.text.starts_with(given)) matches.push_back(&word);
  }
  if (matches.size() == 1 && !given.empty()) return matches.front();
  const bool ambiguous = matches.size() > 1 && !given.empty();
  return std::unexpected((ambiguous ? "ambiguous argument: " : "unknown argument: ") +
                         std::string(given) + "\n" + valid_words(words));
}

}  // namespace

std::expected<Command, std::string> parse_command(std::span<const std::string_view> given) {
  std::span<const Word> words = kCommands;
  for (size_t i = 0;;) {
    if (i == given.size()) return std::unexpected("missing argument:\n" + valid_words(words));
    const auto found = find(words, given[i++]);
    if (!found) return std::unexpected(found.error());
    const Word& word = **found;
    if (!word.next.empty()) {
      words = word.next;
      continue;
    }
    std::string_view argument;
    if (!word.argument.empty()) {
      if (i == given.size() || given[i].empty()) {
        return std::unexpected("missing argument:\nvalid commands/args:\n  " +
                               std::string(word.argument) + "\n");
      }
      argument = given[i++];
    }
    Command command = word.make(argument);
    // What we cannot do may be followed by anything: the answer is the same.
    if (i < given.size() && command.request) {
      return std::unexpected("superfluous argument: " + std::string(given[i]) + "\n");
    }
    return command;
  }
}

namespace {

void summarize(std::string& out, std::span<const Word> words, const std::string& before) {
  for (const Word& word : words) {
    std::string line = before + std::string(word.text);
    if (!word.next.empty()) {
      summarize(out, word.next, line + " ");
      continue;
    }
    if (!word.argument.empty()) line += " " + std::string(word.argument);
    line.resize(std::max<size_t>(line.size() + 2, 20), ' ');
    out += "  " + line + std::string(word.help) + "\n";
  }
}

}  // namespace

std::string command_summary() {
  std::string out;
  summarize(out, kCommands, "");
  return out;
}

}  // namespace ike::control
