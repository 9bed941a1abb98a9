// The words after `ikectl`: what they ask for, or what is wrong with them.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "control/message.h"

namespace ike::control {

enum class Show : uint8_t { nothing, sas, stats, events };

struct Command {
  std::optional<Request> request;  // nothing: `unsupported` says what we do not do yet
  std::string unsupported;
  Show show = Show::nothing;
  std::string_view acknowledgement;  // printed when it succeeded
};

// Every keyword may be cut to what is unique.  The error is what goes to stderr, with its last
// newline.  A relative file name is left as it is: only the caller knows where it stands.
std::expected<Command, std::string> parse_command(std::span<const std::string_view> words);

// One command a line, indented, for --help.
std::string command_summary();

}  // namespace ike::control
