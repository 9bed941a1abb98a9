// All chance in a simulation comes from one seed.
#pragma once

#include "base/random.h"
#include "base/time.h"

namespace ike::sim {

class SimRandom final : public Random {
 public:
  explicit SimRandom(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U + 0x1234567) {}

  void fill_public(MutableBytes out) override { fill(out); }
  void fill_secret(MutableBytes out) override { fill(out); }

  bool chance(unsigned per_mille) { return per_mille > 0 && next() % 1000 < per_mille; }
  uint64_t between(uint64_t low, uint64_t high) { return low + next() % (high - low + 1); }
  Duration between(Duration low, Duration high) {
    return Duration(static_cast<int64_t>(
        between(static_cast<uint64_t>(low.count()), static_cast<uint64_t>(high.count()))));
  }
  // An independent stream, so that what one part draws does not change the others.
  SimRandom fork() { return SimRandom(next()); }

 private:
  // SplitMix64 (Steele, Lea, Flood 2014).
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  void fill(MutableBytes out) {
    for (size_t i = 0; i < out.size(); i += 8) {
      uint64_t word = next();
      for (size_t j = i; j < out.size() && j < i + 8; ++j, word >>= 8) {
        out[j] = static_cast<uint8_t>(word);
      }
    }
  }

  uint64_t state_;
};

}  // namespace ike::sim
