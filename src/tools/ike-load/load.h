// Runs many initiators against one responder and measures.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/ike-load/initiator.h"
#include "tools/ike-load/watch.h"

namespace ike::load {

struct Options {
  Endpoint target;
  std::vector<Address> sources;  // one socket each
  uint64_t first_number = 0;     // of the first initiator
  uint64_t count = 1000;
  size_t concurrency = 32;  // handshakes under way
  double rate = 0;          // started per second; 0 = as the concurrency allows
  uint64_t window = 1000;   // the first and last so many are reported on their own
  std::vector<pid_t> watch;
};

// Of a run of handshakes that followed each other.
struct Span {
  uint64_t handshakes = 0;
  Duration wall{};
  Duration responder_cpu{};  // of the watched processes
  Duration own_cpu{};
};

struct Outcome {
  uint64_t established = 0;
  uint64_t retransmissions = 0;
  std::map<std::string, uint64_t> failures;  // by cause
  std::vector<Duration> latencies;           // of the established, sorted
  Span all, first, last;
  uint64_t memory_before = 0, memory_after = 0;  // of the watched processes
};

// Fails when it cannot begin.
Result<Outcome> run(const Options& options, const Plan& plan, crypto::Provider& provider,
                    Random& random);

}  // namespace ike::load
