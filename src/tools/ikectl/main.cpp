// ikectl(8): tells iked what to do and shows what it does.
#include <getopt.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "base/overloaded.h"
#include "base/printable.h"
#include "control/command_line.h"
#include "control/render.h"
#include "tools/ikectl/client.h"

namespace {

using namespace ike;

constexpr const char* kSocket = "/var/run/iked.sock";
constexpr const char* kUsage = "usage: ikectl [-hjqV] [-s socket] command [arg ...]\n";
constexpr const char* kVersion = "ikectl (ikesuite) " IKE_VERSION "\n";
constexpr int kAnswerTimeoutMs = 60'000;
constexpr unsigned kReconnectSeconds = 1;

struct Options {
  bool json = false;
  bool quiet = false;
  std::string socket = kSocket;
};

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// For scripts the answer is on stdout, whichever it is.
int fail(const Options& options, const std::string& why) {
  if (options.json) {
    print(control::outcome_json(false, why));
  } else {
    std::fputs(("ikectl: " + printable_lines(why) + "\n").c_str(), stderr);
  }
  return 1;
}

int succeed(const Options& options, const control::Command& command, const std::string& remark) {
  if (options.json) {
    if (command.show == control::Show::nothing) print(control::outcome_json(true, remark));
  } else if (!options.quiet) {
    if (!command.acknowledgement.empty()) print(std::string(command.acknowledgement) + "\n");
    if (!remark.empty()) print(printable_lines(remark) + "\n");
  }
  return 0;
}

void show(const Options& options, control::Show what, control::Report& report) {
  if (what == control::Show::sas) {
    control::sort_by_spi(report.sas);
    print(options.json ? control::show_sas_json(report.sas) : control::show_sas_text(report.sas));
  } else if (what == control::Show::stats) {
    print(options.json ? control::show_stats_json(report.counters)
                       : control::show_stats_text(report.counters, options.quiet));
  }
}

void take(control::Report& all, control::Report part) {
  for (auto& sa : part.sas) all.sas.push_back(std::move(sa));
  for (auto& counter : part.counters) all.counters.push_back(std::move(counter));
}

// Until the daemon has said whether it succeeded.
int converse(tools::Client& client, const Options& options, const control::Command& command) {
  if (const auto sent = client.send(*command.request); !sent) return fail(options, sent.error());
  control::Report all;
  while (true) {
    auto reply = client.receive(kAnswerTimeoutMs);
    if (!reply) return fail(options, reply.error());
    if (auto* report = std::get_if<control::Report>(&*reply)) take(all, std::move(*report));
    const auto* done = std::get_if<control::Done>(&*reply);
    if (done == nullptr) continue;
    if (!done->succeeded) return fail(options, done->text);
    show(options, command.show, all);
    return succeed(options, command, done->text);
  }
}

// Until it hangs up; then the reason is returned.
std::string watch(tools::Client& client, const Options& options) {
  if (const auto sent = client.send(control::Monitor{}); !sent) return sent.error();
  while (true) {
    const auto reply = client.receive(-1);
    if (!reply) return reply.error();
    if (const auto* done = std::get_if<control::Done>(&*reply)) return done->text;
    if (const auto* event = std::get_if<control::EventRecord>(&*reply)) {
      print(options.json ? control::event_json(*event) : control::event_text(*event));
    }
  }
}

// A monitor outlives the daemon's restarts.
int monitor(tools::Client client, const Options& options) {
  fail(options, watch(client, options));
  while (true) {
    ::sleep(kReconnectSeconds);
    if (auto again = tools::Client::connect(options.socket)) fail(options, watch(*again, options));
  }
}

int run(const Options& options, std::span<const std::string_view> words) {
  auto command = control::parse_command(words);
  if (!command) {
    if (options.json) return fail(options, command.error());
    std::fputs(printable_lines(command.error()).c_str(), stderr);
    return 1;
  }
  if (!command->request) return fail(options, "not supported yet: " + command->unsupported);
  if (auto* load = std::get_if<control::Load>(&*command->request)) {
    std::error_code error;
    load->path = std::filesystem::absolute(load->path, error).string();
    if (error) return fail(options, error.message());
  }
  auto client = tools::Client::connect(options.socket);
  if (!client) return fail(options, client.error());
  if (command->show == control::Show::events) return monitor(*std::move(client), options);
  return converse(*client, options, *command);
}

int help() {
  print(kUsage +
        std::string("\n"
                    "  -h         print this and exit\n"
                    "  -j         JSON on stdout, errors too\n"
                    "  -q         print no remarks; show stats: leave zeros out\n"
                    "  -s socket  instead of /var/run/iked.sock\n"
                    "  -V         print the version and exit\n"
                    "\n"
                    "commands; each word may be cut to what is unique:\n") +
        control::command_summary());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  static const option kLong[] = {{"help", no_argument, nullptr, 'h'},
                                 {"version", no_argument, nullptr, 'V'},
                                 {nullptr, 0, nullptr, 0}};
  Options options;
  opterr = 0;
  // "+": a command's arguments are not ours, even when they start with a dash.
  for (int c; (c = ::getopt_long(argc, argv, "+hjqs:V", kLong, nullptr)) != -1;) {
    switch (c) {
      case 'j': options.json = true; break;
      case 'q': options.quiet = true; break;
      case 's': options.socket = optarg; break;
      case 'h': return help();
      case 'V': print(kVersion); return 0;
      default: std::fputs(kUsage, stderr); return 1;
    }
  }
  return run(options, std::vector<std::string_view>(argv + optind, argv + argc));
}
