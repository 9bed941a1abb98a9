// Replays simulated runs by their seeds.
#include <fmt/format.h>
#include <getopt.h>

#include <charconv>
#include <cstring>

#include "sim/scenario.h"

namespace {

using namespace ike::sim;

struct Options {
  uint64_t seed = 0;
  uint64_t count = 1;
  const Scenario* scenario = nullptr;
  bool verbose = false;
};

void usage() {
  fmt::print(
      "usage: ike-sim [-v] [--seed N] [--count M] [--scenario NAME]\n"
      "       ike-sim --list\n"
      "Plays scenarios with two or more simulated machines and checks what must hold.\n"
      "Without --scenario the seed chooses.  -v tells the story.  Exit 1: something did not "
      "hold.\n");
}

void list() {
  for (const Scenario& s : scenarios()) fmt::print("{:<22} {}\n", s.name, s.what);
}

bool number(const char* text, uint64_t& value) {
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
  return error == std::errc() && *end == '\0';
}

int run(const Options& options) {
  uint64_t steps = 0, datagrams = 0, failed = 0;
  for (uint64_t seed = options.seed; seed < options.seed + options.count; ++seed) {
    const Scenario& scenario = options.scenario ? *options.scenario : scenario_of(seed);
    if (options.verbose)
      fmt::print("seed {}, scenario {}: {}\n", seed, scenario.name, scenario.what);
    // Before the run: should the engine abort, this line tells which seed it was.
    if (options.verbose) std::fflush(stdout);
    const Outcome outcome = play(scenario, seed, options.verbose);
    for (const std::string& line : outcome.story) fmt::print("{}\n", line);
    steps += outcome.steps;
    datagrams += outcome.datagrams;
    if (!outcome.violation) continue;
    ++failed;
    fmt::print("seed {}, scenario {}: {}\n", seed, scenario.name, *outcome.violation);
  }
  fmt::print("{} runs, {} steps, {} datagrams, {} violations\n", options.count, steps, datagrams,
             failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const option longs[] = {
      {"seed", required_argument, nullptr, 's'},     {"count", required_argument, nullptr, 'c'},
      {"scenario", required_argument, nullptr, 'n'}, {"list", no_argument, nullptr, 'l'},
      {"help", no_argument, nullptr, 'h'},           {}};
  Options options;
  for (int c; (c = getopt_long(argc, argv, "vh", longs, nullptr)) != -1;) {
    switch (c) {
      case 's':
        if (!number(optarg, options.seed)) return usage(), 2;
        break;
      case 'c':
        if (!number(optarg, options.count)) return usage(), 2;
        break;
      case 'n':
        options.scenario = find_scenario(optarg);
        if (options.scenario == nullptr) {
          fmt::print(stderr, "ike-sim: no scenario {}; --list shows all\n", optarg);
          return 2;
        }
        break;
      case 'l': return list(), 0;
      case 'v': options.verbose = true; break;
      case 'h': return usage(), 0;
      default: return usage(), 2;
    }
  }
  return run(options);
}
