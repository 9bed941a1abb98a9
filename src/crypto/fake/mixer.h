// An unkeyed, insecure hash with output of any length: FNV-1a to take octets in, SplitMix64 to
// give them out.
#pragma once

#include "base/bytes.h"
#include "crypto/provider.h"

namespace ike::crypto::fake {

class Mixer {
 public:
  explicit Mixer(uint64_t domain) { number(domain); }

  Mixer& octets(Bytes data) {
    for (const uint8_t octet : data) state_ = (state_ ^ octet) * 0x100000001b3U;
    return *this;
  }
  Mixer& parts(Parts data) {
    for (const Bytes part : data) octets(part);
    return *this;
  }
  // With its length, so that what moves from one field to the next is noticed.
  Mixer& field(Bytes data) { return number(data.size()).octets(data); }
  Mixer& number(uint64_t value) {
    for (unsigned i = 0; i < 8; ++i, value >>= 8) {
      state_ = (state_ ^ (value & 0xff)) * 0x100000001b3U;
    }
    return *this;
  }

  // A prefix of a longer output is the shorter one.
  void write(MutableBytes out) {
    stream(out, [](uint8_t& to, uint8_t octet) { to = octet; });
  }
  void xor_into(MutableBytes out) {
    stream(out, [](uint8_t& to, uint8_t octet) { to = static_cast<uint8_t>(to ^ octet); });
  }

 private:
  template <typename Put>
  void stream(MutableBytes out, Put put) const {
    uint64_t counter = state_;
    uint64_t word = 0;
    for (size_t i = 0; i < out.size(); ++i, word >>= 8) {
      if (i % 8 == 0) word = next(counter);
      put(out[i], static_cast<uint8_t>(word));
    }
  }
  static uint64_t next(uint64_t& counter) {
    counter += 0x9e3779b97f4a7c15U;
    uint64_t z = counter;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  uint64_t state_ = 0xcbf29ce484222325U;
};

}  // namespace ike::crypto::fake
