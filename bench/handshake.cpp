// Both sides of IKE_SA_INIT, IKE_AUTH and the first Child SA in one process, without sockets and
// processes: what the engine and our use of libcrypto cost above the bare operations (x_floor), and
// what an IKE SA costs in memory.
//   handshake [SCENARIO [HANDSHAKES]]   only that many of scenario 0 to 5, for a profiler
#include <malloc.h>

#include <cstring>

#include "engine_pair.h"

namespace {

using namespace bench;

constexpr std::array kMeasured{Scenario::psk_x25519,        Scenario::psk_modp2048,
                               Scenario::ecdsa_p256_x25519, Scenario::ecdsa_p256_modp2048,
                               Scenario::ed25519_x25519,    Scenario::ed25519_modp2048};
constexpr int kRounds = 5;  // floor and handshakes in turn, the best of each
constexpr uint32_t kBatches = 5;
constexpr uint32_t kBatch = 40;
constexpr uint32_t kManySas = 20'000;
constexpr uint32_t kSlice = 1'000;

struct Cost {
  double initiator = 1e12;
  double responder = 1e12;
};

// The best batch counts, as with the floor.
void measure(EnginePair& pair, Cost& best) {
  for (uint32_t batch = 0; batch < kBatches; ++batch) {
    for (uint32_t i = 0; i < kBatch; ++i) pair.handshake();
    best.initiator = std::min(best.initiator, pair.initiator().take_cpu_us() / kBatch);
    best.responder = std::min(best.responder, pair.responder().take_cpu_us() / kBatch);
  }
}

void check_all_stand(EnginePair& pair) {
  must(pair.initiator().ike_sas() == pair.begun(), "a handshake at the initiator");
  must(pair.responder().ike_sas() == pair.begun(), "a handshake at the responder");
}

void speed() {
  std::printf("%-34s %9s %9s %9s %9s\n", "one handshake, CPU us a side", "floor", "initiator",
              "responder", "x_floor");
  for (const Scenario scenario : kMeasured) {
    EnginePair pair(scenario, kRounds * kBatches * kBatch);
    double floor = 1e12;
    Cost cost;
    for (int round = 0; round < kRounds; ++round) {
      // Raw public keys: no certificate is verified, so the floor has one verification only.
      floor = std::min(floor, floor_us({scenario, 1, 4'000}));
      measure(pair, cost);
    }
    check_all_stand(pair);
    std::string name = name_of(scenario);
    if (const size_t at = name.find("certificates"); at != std::string::npos) {
      name.replace(at, std::strlen("certificates"), "raw keys");
    }
    std::printf("%-34s %9.1f %9.1f %9.1f %9.2f\n", name.c_str(), floor, cost.initiator,
                cost.responder, (cost.initiator + cost.responder) / 2 / floor);
  }
}

size_t heap_octets() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void many() {
  EnginePair pair(Scenario::psk_x25519, kManySas);
  pair.handshake();
  Cost first, last;
  const size_t before = heap_octets();
  const auto slice = [&](Cost& cost) {
    pair.initiator().take_cpu_us();
    pair.responder().take_cpu_us();
    while (pair.begun() % kSlice != 0) pair.handshake();
    cost = {pair.initiator().take_cpu_us() / kSlice, pair.responder().take_cpu_us() / kSlice};
  };
  slice(first);
  while (pair.begun() < kManySas - kSlice) pair.handshake();
  pair.handshake();
  slice(last);
  check_all_stand(pair);
  const double each = static_cast<double>(heap_octets() - before) / (kManySas - 1) / 2;
  std::printf("\n%u IKE SAs with one Child SA each, PSK, X25519, at both sides\n", kManySas);
  std::printf("heap octets for each, mean of both sides: %.0f\n", each);
  std::printf("last %u over first %u: initiator %.2f, responder %.2f\n", kSlice, kSlice,
              last.initiator / first.initiator, last.responder / first.responder);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    const auto number = static_cast<uint32_t>(argc > 2 ? std::atoi(argv[2]) : 200);
    EnginePair pair(kMeasured[static_cast<size_t>(std::atoi(argv[1])) % kMeasured.size()], number);
    while (pair.begun() < number) pair.handshake();
    check_all_stand(pair);
    return 0;
  }
  speed();
  many();
  return 0;
}
