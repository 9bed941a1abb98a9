// IKE_SA_INIT requests from addresses that never answer, as an attacker would send them.
#pragma once

#include "tools/ike-load/initiator.h"
#include "tools/ike-load/watch.h"

namespace ike::load {

struct FloodOptions {
  Endpoint target;       // IPv4
  AddressRange sources;  // IPv4, all of them must be ours to use ("ip route add local ... dev lo")
  uint64_t per_second = 20'000;
  Duration length = seconds(5);
  std::vector<pid_t> watch;
};

struct FloodOutcome {
  uint64_t sent = 0;
  uint64_t cookies = 0;  // replies that demand one
  uint64_t other_replies = 0;
  Duration wall{};
  Duration responder_cpu{};
  Duration own_cpu{};
  uint64_t memory_before = 0, memory_after = 0;
};

Result<FloodOutcome> flood(const FloodOptions& options, const Plan& plan,
                           crypto::Provider& provider, Random& random);

}  // namespace ike::load
