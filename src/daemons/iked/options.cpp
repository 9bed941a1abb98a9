#include "daemons/iked/options.h"

#include <getopt.h>

#include <array>
#include <charconv>

namespace ike::daemon {
namespace {

using config::iked::NatTraversal;

enum LongOption { kKernel = 256, kCollapse, kUser, kEtc, kLog, kRole, kHelp };

constexpr std::array<option, 8> kLongOptions{{
    {"kernel", required_argument, nullptr, kKernel},
    {"collapse", no_argument, nullptr, kCollapse},
    {"user", required_argument, nullptr, kUser},
    {"etc", required_argument, nullptr, kEtc},
    {"log", required_argument, nullptr, kLog},
    {"role", required_argument, nullptr, kRole},
    {"help", no_argument, nullptr, kHelp},
    {nullptr, 0, nullptr, 0},
}};

std::expected<uint16_t, std::string> parse_port(std::string_view text) {
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string shown(text);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::unexpected("port is invalid: " + shown + "\n");
  }
  if (value < 1) return std::unexpected("port is too small: " + shown + "\n");
  if (value > 65535) return std::unexpected("port is too large: " + shown + "\n");
  return static_cast<uint16_t>(value);
}

class Parser {
 public:
  // Empty when all is well.
  std::string take(int flag, const char* argument);
  std::string finish();
  Options& options() { return options_; }

 private:
  std::string take_long(int flag, const std::string& argument);

  Options options_;
  bool forced_ = false;
  bool off_ = false;
};

std::string Parser::take(int flag, const char* argument) {
  Options& o = options_;
  switch (flag) {
    case '6': o.warnings.emplace_back("the option -6 is ignored and may go away"); break;
    case 'D':
      if (auto macro = config::iked::parse_macro(argument)) {
        o.load.macros.push_back(*std::move(macro));
      } else {
        o.warnings.push_back("could not parse macro definition " + std::string(argument));
      }
      break;
    case 'd': ++o.foreground; break;
    case 'f': o.load.path = argument; break;
    case 'h': o.show_help = true; break;
    case 'n': o.check_only = true; break;
    case 'p': {
      const auto port = parse_port(argument);
      if (!port) return port.error();
      o.load.natt_port = *port;
      forced_ = true;
      break;
    }
    case 'S': o.load.passive = true; break;
    case 's': o.control_path = argument; break;
    case 'T': off_ = true; break;
    case 't': forced_ = true; break;
    case 'V': o.show_version = true; break;
    case 'v': ++o.verbosity; break;
    default: return take_long(flag, argument == nullptr ? "" : argument);
  }
  return {};
}

std::string Parser::take_long(int flag, const std::string& argument) {
  switch (flag) {
    case kKernel:
      if (const auto kind = kernel::parse_backend_kind(argument)) {
        options_.backend = *kind;
        return {};
      }
      return "unknown kernel interface " + argument + ": auto, xfrm, tun or none\n";
    case kCollapse: options_.collapsed = true; return {};
    case kUser: options_.user = argument; return {};
    case kEtc: options_.etc_directory = argument; return {};
    case kLog:
      if (argument != "text" && argument != "json") {
        return "unknown log format " + argument + ": text or json\n";
      }
      options_.json_log = argument == "json";
      return {};
    case kRole:
      options_.role = privsep::parse_role(argument);
      return options_.role ? std::string() : usage();
    case kHelp: options_.show_help = true; return {};
    default: return usage();
  }
}

std::string Parser::finish() {
  if (forced_ && off_) {
    return "-T and -t/-p are mutually exclusive\n";
  }
  if (off_) options_.load.nat_traversal = NatTraversal::off;
  if (forced_) options_.load.nat_traversal = NatTraversal::forced;
  options_.load.normalised = options_.verbosity > 0;
  return {};
}

// What getopt_long stumbled over.
std::string bad_option(char** argv) {
  const std::string letter(1, static_cast<char>(optopt));
  const bool is_short = optopt > 0 && optopt < 128;
  const bool wants_argument = is_short && std::string_view("Dfps").contains(letter[0]);
  if (wants_argument) return "iked: -" + letter + " wants an argument\n";
  if (is_short) return "iked: unknown option -" + letter + "\n";
  return "iked: wrong option " + std::string(argv[optind - 1]) + "\n";
}

}  // namespace

std::expected<Options, std::string> parse_options(int argc, char** argv) {
  Parser parser;
  opterr = 0;
  for (int flag; (flag = getopt_long(argc, argv, "+6D:df:hnp:Ss:TtVv", kLongOptions.data(),
                                     nullptr)) != -1;) {
    if (flag == '?') return std::unexpected(bad_option(argv) + usage());
    if (std::string error = parser.take(flag, optarg); !error.empty()) {
      return std::unexpected(std::move(error));
    }
  }
  if (optind != argc) {
    return std::unexpected("iked: unexpected argument " + std::string(argv[optind]) + "\n" +
                           usage());
  }
  if (std::string error = parser.finish(); !error.empty()) {
    return std::unexpected(std::move(error));
  }
  return std::move(parser.options());
}

std::string usage() {
  return "usage: iked [-dhnSTtVv] [-D macro=value] [-f file] [-p udpencap_port] [-s socket]\n"
         "            [--kernel auto|xfrm|tun|none] [--user account] [--etc directory]\n"
         "            [--log text|json] [--collapse] [--help]\n";
}

std::string help() {
  return usage() +
         "\n"
         "  -D macro=value   define a macro, which beats a definition in the file\n"
         "  -d               stay in the foreground and log to stderr\n"
         "  -f file          configuration, instead of /etc/iked.conf; - is standard input\n"
         "  -h, --help       print this and exit\n"
         "  -n               check the configuration and exit; with -v print what it means\n"
         "  -p port          UDP port for encapsulated traffic instead of 4500; implies -t\n"
         "  -S               start passive: wait for peers\n"
         "  -s socket        control socket, instead of /var/run/iked.sock\n"
         "  -T               no NAT traversal: only port 500\n"
         "  -t               always encapsulate in UDP: only the NAT-T port\n"
         "  -V               print the version and exit\n"
         "  -v               more output; twice for debug messages\n"
         "  --kernel which   what carries ESP: the kernel (xfrm), this daemon (tun), nobody "
         "(none);\n"
         "                   auto takes xfrm where the kernel can, else tun\n"
         "  --user account   run unprivileged processes as this account instead of _iked\n"
         "  --etc directory  keys, instead of /etc/iked\n"
         "  --log json       log lines as JSON objects on stderr (with -d)\n"
         "  --collapse       all in one process, without privilege separation\n";
}

}  // namespace ike::daemon
