// SipHash-2-4 with a key of this process: nobody outside can choose values that fall into one
// bucket.
#pragma once

#include <bit>
#include <unordered_map>

#include "base/bytes.h"
#include "base/net.h"
#include "base/random.h"
#include "base/strong.h"

namespace ike {

class KeyedHash {
 public:
  KeyedHash() = default;
  explicit KeyedHash(Random& random) : k0_(random.u64()), k1_(random.u64()) {}
  KeyedHash(uint64_t k0, uint64_t k1) : k0_(k0), k1_(k1) {}

  uint64_t of(Bytes data) const {
    State s = start();
    size_t at = 0;
    for (; at + 8 <= data.size(); at += 8) s.absorb(load(data.subspan(at, 8)));
    return s.finish(load(data.subspan(at)) | static_cast<uint64_t>(data.size()) << 56);
  }
  uint64_t of(uint64_t a) const {
    State s = start();
    s.absorb(a);
    return s.finish(uint64_t{8} << 56);
  }
  uint64_t of(uint64_t a, uint64_t b) const {
    State s = start();
    s.absorb(a);
    s.absorb(b);
    return s.finish(uint64_t{16} << 56);
  }
  uint64_t of(const Address& address) const { return of(address.octets()); }

  template <typename T, typename Tag>
  size_t operator()(const Strong<T, Tag>& value) const {
    return of(static_cast<uint64_t>(value.raw()));
  }
  size_t operator()(const Address& address) const { return of(address); }

 private:
  struct State {
    uint64_t v0, v1, v2, v3;

    void round() {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
    void absorb(uint64_t word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }
    uint64_t finish(uint64_t last) {
      absorb(last);
      v2 ^= 0xff;
      for (int i = 0; i < 4; ++i) round();
      return v0 ^ v1 ^ v2 ^ v3;
    }
  };

  State start() const {
    return {k0_ ^ 0x736f6d6570736575, k1_ ^ 0x646f72616e646f6d, k0_ ^ 0x6c7967656e657261,
            k1_ ^ 0x7465646279746573};
  }
  static uint64_t load(Bytes up_to_eight) {
    uint64_t word = 0;
    for (size_t i = 0; i < up_to_eight.size(); ++i) word |= uint64_t{up_to_eight[i]} << (8 * i);
    return word;
  }

  uint64_t k0_ = 0;
  uint64_t k1_ = 0;
};

// Never iterate over one: its order depends on the key.
template <typename Key, typename Value>
using KeyedMap = std::unordered_map<Key, Value, KeyedHash>;

}  // namespace ike
