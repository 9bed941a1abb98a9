// Loads iked.conf: the one entry for the daemon.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "config/text/diagnostic.h"
#include "config/text/environment.h"
#include "model/policy.h"

namespace ike::config::iked {

using MacroDefinition = std::pair<std::string, std::string>;

enum class NatTraversal : uint8_t {
  automatic,
  off,     // -T
  forced,  // -t, -p
};

struct LoadOptions {
  std::string path = "/etc/iked.conf";  // "-" = standard input
  std::vector<MacroDefinition> macros;  // -D; they beat definitions in the file, at every load
  bool passive = false;                 // -S; "set active" in the file beats it
  NatTraversal nat_traversal = NatTraversal::automatic;
  uint16_t natt_port = 4500;  // -p
  bool normalised = false;    // make Loaded::normalised
};

struct Loaded {
  model::Policy policy;
  model::Secrets secrets;
  std::vector<Diagnostic> warnings;
  std::vector<std::string> normalised;  // a line per user and policy, as -nv prints them
};

inline constexpr size_t kFileSizeMax = 64U << 20;    // octets of one file
inline constexpr size_t kTotalSizeMax = 128U << 20;  // of a file with all it includes
inline constexpr size_t kConnectionsMax = 250'000;

// Either all of it or, on any error, all diagnostics (warnings among them) in the order of the
// file.  Asks the system only through `environment`.
std::expected<Loaded, std::vector<Diagnostic>> load(const LoadOptions& options,
                                                    Environment& environment);

// "name=value", split at the last "=" as ever; nothing when there is none.
std::optional<MacroDefinition> parse_macro(const std::string& argument);

}  // namespace ike::config::iked
