// What stands between a flood of IKE_SA_INIT requests and our memory: cookies, counts, a bucket.
// RFC 7296 section 2.6.
#pragma once

#include <array>
#include <unordered_map>

#include "base/limits.h"
#include "base/net.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/strong.h"
#include "base/time.h"
#include "crypto/provider.h"

namespace ike::proto {

// What a cookie is bound to.
struct CookieInput {
  Bytes nonce;  // Ni
  IkeSpi spi_i;
  Address source;
};

//= RFC 7296 section 2.6: version | hash(Ni | IPi | SPIi | secret); nothing is kept of the request
class CookieJar {
 public:
  static constexpr size_t kCookieSize = 36;
  static constexpr Duration kSecretLifetime = seconds(60);

  CookieJar(crypto::Provider& provider, Random& random) : provider_(provider), random_(random) {}

  Blob make(const CookieInput& input, Instant now);
  // Those made with the secret before the current one still count.
  bool check(const CookieInput& input, Bytes cookie, Instant now);

 private:
  using Tag = std::array<uint8_t, 32>;
  void rotate(Instant now);
  Tag tag(Bytes secret, uint32_t version, const CookieInput& input) const;

  crypto::Provider& provider_;
  Random& random_;
  uint32_t version_ = 0;
  Secret current_;
  Secret previous_;
  Instant since_{};
};

enum class Admission : uint8_t {
  accept,
  demand_cookie,  // answer with a cookie and keep nothing
  drop,
};

// Counts half-open IKE SAs, in all and for each source address.  Every entry stands for at least
// one half-open SA, so the table is bounded by the limit of these.
class HalfOpenCounts {
 public:
  struct Limits {
    size_t max = limits::kHalfOpenMax;
    size_t cookie_at = limits::kHalfOpenCookieAt;
    size_t per_source = limits::kHalfOpenPerSourceMax;
  };
  HalfOpenCounts() = default;
  explicit HalfOpenCounts(const Limits& limits) : limits_(limits) {}

  // `cookie_valid`: the request came with a cookie of ours.
  Admission judge(const Address& source, bool cookie_valid) const;
  void add(const Address& source);
  void remove(const Address& source);
  size_t total() const { return total_; }
  size_t of(const Address& source) const;
  size_t sources() const { return by_source_.size(); }

 private:
  struct Hash {
    size_t operator()(const Address& a) const noexcept;
  };
  Limits limits_;
  size_t total_ = 0;
  std::unordered_map<Address, size_t, Hash> by_source_;
};

// So many a second and no more, for answers and log lines that anybody can provoke.
class TokenBucket {
 public:
  explicit TokenBucket(uint32_t per_second) : per_second_(per_second), tokens_(per_second) {}
  // False: do not.
  bool take(Instant now);
  // How many were refused since this was asked last.
  uint64_t suppressed();

 private:
  uint32_t per_second_;
  uint32_t tokens_;
  uint64_t suppressed_ = 0;
  Instant last_{};
};

}  // namespace ike::proto
