// HMAC (RFC 2104) with the keyed inner and outer states kept, so that a message costs only its own
// blocks and one more.
#pragma once

#include <algorithm>
#include <array>
#include <type_traits>

#include "base/secret.h"
#include "crypto/openssl/digests.h"
#include "crypto/provider.h"

namespace ike::crypto::openssl {

template <typename D>
class Hmac {
 public:
  static constexpr size_t kSize = D::kSize;
  static_assert(std::is_trivially_copyable_v<D>);

  Hmac() = default;
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;
  ~Hmac() {
    wipe(octets_of(inner_));
    wipe(octets_of(outer_));
  }

  // Any length of key.
  void key(Bytes key) {
    std::array<uint8_t, D::kBlock> pad{};
    if (key.size() > pad.size()) {
      inner_.start();
      inner_.add(key);
      inner_.finish(MutableBytes(pad).first(kSize));
    } else {
      std::ranges::copy(key, pad.begin());
    }
    for (uint8_t& octet : pad) octet ^= 0x36;
    inner_.start();
    inner_.add(pad);
    for (uint8_t& octet : pad) octet ^= 0x36 ^ 0x5c;
    outer_.start();
    outer_.add(pad);
    wipe(pad);
  }

  // `out` takes kSize octets or fewer (cut).
  void mac(Parts data, MutableBytes out) const {
    std::array<uint8_t, kSize> value{};
    D work = inner_;
    for (const Bytes part : data) work.add(part);
    work.finish(value);
    work = outer_;
    work.add(value);
    work.finish(value);
    std::copy_n(value.begin(), out.size(), out.begin());
  }

 private:
  static MutableBytes octets_of(D& digest) {
    return {reinterpret_cast<uint8_t*>(&digest), sizeof(D)};
  }

  D inner_;
  D outer_;
};

}  // namespace ike::crypto::openssl
