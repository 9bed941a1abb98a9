// ike-load(1): thousands of IKEv2 initiators in one process, against any responder.
#include <getopt.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "crypto/openssl/openssl_provider.h"
#include "runtime/os_random.h"
#include "tools/ike-load/report.h"

namespace {

using namespace ike;

constexpr const char* kUsage =
    "usage: ike-load [-j] [option ...] ADDRESS[:PORT]\n"
    "(ike-load --help explains the options)\n";
constexpr const char* kHelp =
    "usage: ike-load [-j] [option ...] ADDRESS[:PORT]\n"
    "how many and how fast:\n"
    "  --count N               handshakes in all (1000)\n"
    "  --concurrency N         of them under way at a time (32)\n"
    "  --rate N                started per second (as the concurrency allows)\n"
    "  --first-number N        number of the first initiator (0)\n"
    "  --sources FIRST[-LAST]  addresses to call from, one socket each (the system's choice)\n"
    "who they are and what they ask for:\n"
    "  --psk TEXT              shared key\n"
    "  --key FILE              private key of all initiators, PEM, instead of a shared key\n"
    "  --peer-key FILE         public key of the responder, PEM; else its proof is not checked\n"
    "  --id-domain NAME        initiator 7 is FQDN/i7.NAME (load.example)\n"
    "  --same-id               all are FQDN/i.NAME instead\n"
    "  --group NAME            x25519 (default), ecp256, modp2048\n"
    "  --local-ts FIRST-LAST   initiator 7 asks for the 7th of these (10.64.0.0-10.64.255.255)\n"
    "  --remote-ts FIRST-LAST  to reach these (10.128.0.0-10.128.255.255)\n"
    "what is reported:\n"
    "  --watch PID             CPU and memory of this process and its descendants; may be "
    "repeated\n"
    "  --window N              the first and the last N on their own, too (1000)\n"
    "  -j                      JSON\n"
    "instead of handshakes:\n"
    "  --flood N               N requests a second, each from a random address of --sources\n"
    "  --seconds N             for so long (5)\n";

struct CommandLine {
  load::Options options;
  load::Plan plan;
  load::FloodOptions flood{.target = {}, .sources = {}, .per_second = 0, .watch = {}};
  bool json = false;
  bool help = false;
};

bool parse_number(std::string_view text, auto& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool parse_range(std::string_view text, AddressRange& out) {
  const size_t dash = text.find('-');
  const auto first = Address::parse(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : Address::parse(text.substr(dash + 1));
  if (!first || !last || first->family() != last->family() || *last < *first) return false;
  out = {*first, *last};
  return true;
}

bool expand(const AddressRange& range, std::vector<Address>& out) {
  constexpr size_t kSourcesMax = 1024;
  for (std::optional<Address> a = range.first; a && range.contains(*a); a = a->next()) {
    if (out.size() == kSourcesMax) return false;
    out.push_back(*a);
  }
  return true;
}

bool parse_group(std::string_view text, KeMethod& out) {
  if (text == "x25519")
    out = KeMethod::curve25519;
  else if (text == "ecp256")
    out = KeMethod::ecp256;
  else if (text == "modp2048")
    out = KeMethod::modp2048;
  else
    return false;
  return true;
}

// 192.0.2.1, 192.0.2.1:500, 2001:db8::1, [2001:db8::1]:500
bool parse_target(std::string_view text, Endpoint& out) {
  out.port = 500;
  std::string_view host = text;
  const size_t colon = text.rfind(':');
  const bool brackets = text.starts_with('[');
  if (brackets || (colon != std::string_view::npos && text.find(':') == colon)) {
    const size_t end = brackets ? text.find(']') : colon;
    if (end == std::string_view::npos) return false;
    host = text.substr(brackets ? 1 : 0, end - (brackets ? 1 : 0));
    const std::string_view rest = text.substr(end + (brackets ? 1 : 0));
    if (!rest.empty() && !(rest.front() == ':' && parse_number(rest.substr(1), out.port))) {
      return false;
    }
  }
  const auto address = Address::parse(host);
  if (address) out.address = *address;
  return address.has_value();
}

std::string content_of(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool load_key(const char* path, load::Plan& plan) {
  auto key = crypto::openssl::SigningKey::from_pem(content_of(path));
  if (key) plan.key = *std::move(key);
  return key.has_value();
}

bool load_peer_key(const char* path, load::Plan& plan) {
  auto spki = crypto::openssl::load_public_key_pem(content_of(path));
  if (spki) plan.peer_key = *std::move(spki);
  return spki.has_value();
}

bool parse_seconds(std::string_view text, Duration& out) {
  unsigned count = 0;
  if (!parse_number(text, count) || count == 0) return false;
  out = seconds(count);
  return true;
}

bool parse_watch(std::string_view text, std::vector<pid_t>& out) {
  pid_t pid = 0;
  if (!parse_number(text, pid)) return false;
  out.push_back(pid);
  return true;
}

enum Option : int {
  kCount = 256,
  kConcurrency,
  kRate,
  kSources,
  kFirstNumber,
  kPsk,
  kKey,
  kPeerKey,
  kIdDomain,
  kSameId,
  kGroup,
  kLocalTs,
  kRemoteTs,
  kWindow,
  kWatch,
  kFlood,
  kSeconds,
};

bool take(int option, const char* value, CommandLine& line) {
  load::Options& o = line.options;
  switch (option) {
    case 'j': return line.json = true;
    case kCount: return parse_number(value, o.count) && o.count > 0;
    case kConcurrency: return parse_number(value, o.concurrency) && o.concurrency > 0;
    case kRate: return parse_number(value, o.rate);
    case kSources: return parse_range(value, line.flood.sources);
    case kFirstNumber: return parse_number(value, o.first_number);
    case kPsk: line.plan.psk = Secret(as_bytes(value)); return true;
    case kKey: return load_key(value, line.plan);
    case kPeerKey: return load_peer_key(value, line.plan);
    case kIdDomain: line.plan.id_domain = value; return true;
    case kSameId: return line.plan.same_id = true;
    case kGroup: return parse_group(value, line.plan.suite.ke);
    case kLocalTs: return parse_range(value, line.plan.local_ts);
    case kRemoteTs: return parse_range(value, line.plan.remote_ts);
    case kWindow: return parse_number(value, o.window) && o.window > 0;
    case kFlood: return parse_number(value, line.flood.per_second);
    case kSeconds: return parse_seconds(value, line.flood.length);
    case kWatch: return parse_watch(value, o.watch);
    default: return false;
  }
}

bool complain(const char* what) {
  std::fprintf(stderr, "ike-load: %s\n", what);
  return false;
}
bool complain(const char* option, const char* value) {
  std::fprintf(stderr, "ike-load: %s: cannot use \"%s\"\n", option, value == nullptr ? "" : value);
  return false;
}

// What depends on several options at once.
bool complete(CommandLine& line) {
  if (line.flood.per_second != 0) {
    line.flood.target = line.options.target;
    line.flood.watch = line.options.watch;
    const bool v4 = line.flood.sources.family() == Family::ipv4 &&
                    line.flood.target.address.family() == Family::ipv4;
    return v4 || complain("--flood needs an IPv4 responder and IPv4 addresses by --sources");
  }
  if (line.plan.psk.empty() && !line.plan.key) return complain("--psk or --key is needed");
  if (line.flood.sources.family() != Family::unspecified) {
    return expand(line.flood.sources, line.options.sources) ||
           complain("--sources: at most 1024 addresses");
  }
  line.options.sources.push_back(Address::any(line.options.target.address.family()));
  return true;
}

bool parse(int argc, char** argv, CommandLine& line) {
  static const option kLong[] = {{"count", 1, nullptr, kCount},
                                 {"concurrency", 1, nullptr, kConcurrency},
                                 {"rate", 1, nullptr, kRate},
                                 {"sources", 1, nullptr, kSources},
                                 {"first-number", 1, nullptr, kFirstNumber},
                                 {"psk", 1, nullptr, kPsk},
                                 {"key", 1, nullptr, kKey},
                                 {"peer-key", 1, nullptr, kPeerKey},
                                 {"id-domain", 1, nullptr, kIdDomain},
                                 {"same-id", 0, nullptr, kSameId},
                                 {"group", 1, nullptr, kGroup},
                                 {"local-ts", 1, nullptr, kLocalTs},
                                 {"remote-ts", 1, nullptr, kRemoteTs},
                                 {"window", 1, nullptr, kWindow},
                                 {"watch", 1, nullptr, kWatch},
                                 {"flood", 1, nullptr, kFlood},
                                 {"seconds", 1, nullptr, kSeconds},
                                 {"help", 0, nullptr, 'h'},
                                 {nullptr, 0, nullptr, 0}};
  int index = 0;
  for (int c; (c = ::getopt_long(argc, argv, "jh", kLong, &index)) != -1;) {
    if (c == 'h') return line.help = true;
    if (c == '?') return false;  // getopt_long has said why
    if (!take(c, optarg, line)) return complain(kLong[index].name, optarg);
  }
  if (optind + 1 != argc)
    return complain("the responder's address is missing, or too much is there");
  if (!parse_target(argv[optind], line.options.target)) return complain("address", argv[optind]);
  return complete(line);
}

template <typename Outcome>
int report(const Result<Outcome>& outcome, bool json) {
  if (!outcome) {
    std::fprintf(stderr, "ike-load: %s\n", std::string(outcome.error().what).c_str());
    return 2;
  }
  const std::string text = json ? load::json_of(*outcome) : load::text_of(*outcome);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  parse_range("10.64.0.0-10.64.255.255", line.plan.local_ts);
  parse_range("10.128.0.0-10.128.255.255", line.plan.remote_ts);
  if (!parse(argc, argv, line)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  if (line.help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  const auto provider = crypto::openssl::make_provider();
  runtime::OsRandom random;
  if (line.flood.per_second != 0) {
    const auto outcome = load::flood(line.flood, line.plan, *provider, random);
    return report(outcome, line.json);
  }
  const auto outcome = load::run(line.options, line.plan, *provider, random);
  const int code = report(outcome, line.json);
  return code == 0 && !outcome->failures.empty() ? 1 : code;
}
