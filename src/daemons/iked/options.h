// The command line of iked.
#pragma once

#include <expected>
#include <string>

#include "config/iked/load.h"
#include "kernel/factory.h"
#include "privsep/role.h"
#include "runtime/log.h"

namespace ike::daemon {

struct Options {
  config::iked::LoadOptions load;
  std::string control_path = "/var/run/iked.sock";
  std::string etc_directory = "/etc/iked";
  std::string user = "_iked";
  kernel::BackendKind backend = kernel::BackendKind::automatic;
  unsigned foreground = 0;  // how often -d was given
  unsigned verbosity = 0;
  bool check_only = false;
  bool collapsed = false;
  bool json_log = false;
  bool show_version = false;
  bool show_help = false;
  std::optional<privsep::Role> role;  // a child of ours
  std::vector<std::string> warnings;
};

// The error is what to print on stderr before exit code 1.
std::expected<Options, std::string> parse_options(int argc, char** argv);

std::string usage();
std::string help();

}  // namespace ike::daemon
