// ike: looks at IKE from outside.  So far it has one command, decode.
#include <getopt.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "crypto/openssl/openssl_provider.h"
#include "tools/ike/decode_command.h"

namespace {

using namespace ike;
using namespace ike::tools;

enum ExitCode { kOk = 0, kUnreadable = 1, kUsage = 2, kMalformed = 3 };

constexpr uintmax_t kFileSizeMax = uintmax_t{1} << 30;

constexpr char kHelp[] =
    "usage: ike decode [-jr] [-k FILE] [-p PORT] FILE\n"
    "\n"
    "Prints every IKE message of a capture (pcap or pcapng) as a tree.\n"
    "\n"
    "  -j, --json       print JSON\n"
    "  -k, --keys FILE  open IKEv2 SK payloads with the keys in FILE (JSON, see ike(1))\n"
    "  -p, --port PORT  look at this UDP port too, besides 500 and 4500; may be repeated\n"
    "  -r, --raw        FILE is one IKE message, not a capture\n"
    "  -h, --help       print this\n"
    "\n"
    "exit status: 0 all well-formed, 1 a file cannot be read, 2 wrong usage,\n"
    "             3 a message is malformed or does not fit the keys\n";

struct Arguments {
  DecodeOptions options;
  std::string keys_path;
  std::string path;
};

int usage_error(const std::string& what) {
  std::cerr << "ike: " << what << "\n(ike --help says more)\n";
  return kUsage;
}

Result<Blob> read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return fail(Fault::refused, "is a directory");
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Fault::internal, "cannot be opened");
  Blob octets;
  for (std::istreambuf_iterator<char> it(in), end; it != end; ++it) {
    if (octets.size() == kFileSizeMax) return fail(Fault::limit, "is larger than 1 GiB");
    octets.push_back(static_cast<uint8_t>(*it));
  }
  if (in.bad()) return fail(Fault::internal, "cannot be read");
  return octets;
}

std::optional<uint16_t> parse_port(const std::string& text) {
  char* end = nullptr;
  const unsigned long port = std::strtoul(text.c_str(), &end, 10);
  const bool is_number = !text.empty() && text.front() >= '0' && text.front() <= '9';
  if (!is_number || *end != '\0' || port == 0 || port > 0xffff) return std::nullopt;
  return static_cast<uint16_t>(port);
}

int decode(const Arguments& arguments) {
  const auto unreadable = [](const std::string& path, const Error& error) {
    std::cerr << "ike: " << path << ": " << error.what << "\n";
    return kUnreadable;
  };
  const auto file = read_file(arguments.path);
  if (!file) return unreadable(arguments.path, file.error());
  std::unique_ptr<crypto::Provider> provider;
  std::unique_ptr<Opener> opener;
  if (!arguments.keys_path.empty()) {
    const auto text = read_file(arguments.keys_path);
    if (!text) return unreadable(arguments.keys_path, text.error());
    auto keys = parse_keys(as_text(*text), arguments.options.capture);
    if (!keys) return unreadable(arguments.keys_path, keys.error());
    provider = crypto::openssl::make_provider();
    opener = std::make_unique<Opener>(*provider, std::move(*keys));
  }
  const auto print = [](std::string_view text) { std::cout << text; };
  const DecodeSummary summary = decode_file(*file, arguments.options, opener.get(), print);
  std::cout.flush();
  if (!std::cout) return unreadable("standard output", Error{"cannot be written"});
  if (!summary.end) return unreadable(arguments.path, summary.end.error());
  return summary.malformed == 0 ? kOk : kMalformed;
}

// The command line after the word "decode".
int run_decode(int argc, char** argv) {
  static constexpr option kOptions[] = {
      {"json", no_argument, nullptr, 'j'},       {"keys", required_argument, nullptr, 'k'},
      {"port", required_argument, nullptr, 'p'}, {"raw", no_argument, nullptr, 'r'},
      {"help", no_argument, nullptr, 'h'},       {nullptr, 0, nullptr, 0}};
  Arguments arguments;
  int choice = 0;
  while ((choice = getopt_long(argc, argv, "jk:p:rh", kOptions, nullptr)) != -1) {
    switch (choice) {
      case 'j': arguments.options.json = true; break;
      case 'k': arguments.keys_path = optarg; break;
      case 'r': arguments.options.raw_message = true; break;
      case 'p': {
        const auto port = parse_port(optarg);
        if (!port) return usage_error(std::string("not a port: ") + optarg);
        arguments.options.ports.insert(*port);
        break;
      }
      case 'h': std::cout << kHelp; return kOk;
      default: return usage_error("wrong option");
    }
  }
  if (argc - optind != 1) return usage_error("decode takes one file");
  arguments.path = argv[optind];
  arguments.options.capture = std::filesystem::path(arguments.path).filename().string();
  return decode(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "-h" || command == "--help") {
    std::cout << kHelp;
    return kOk;
  }
  if (command == "decode") return run_decode(argc - 1, argv + 1);
  return usage_error(command.empty() ? "no command" : "no such command: " + command);
}
