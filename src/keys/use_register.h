// Which IKE SA has already used which of our secrets.  The engine faces the network and may have
// been taken over; what it may ask for is one proof an IKE SA.
#pragma once

#include <set>

#include "base/strong.h"
#include "base/time.h"

namespace ike::keys {

// An initiator that doesn't know beforehand who will answer asks for the peer's MAC by itself.
enum class Purpose : uint8_t { psk_macs, psk_peer_mac, signature };

inline constexpr size_t kUsesRememberedMax = 65'536;  // about 5 MiB; the oldest half goes first

class UseRegister {
 public:
  // True the first time.  SPIs are drawn at random, so none comes back within what is remembered.
  bool take(IkeSpi spi_i, IkeSpi spi_r, Purpose purpose);
  size_t size() const { return recent_.size() + older_.size(); }

 private:
  struct Use {
    IkeSpi spi_i, spi_r;
    Purpose purpose;
    auto operator<=>(const Use&) const = default;
  };

  // Ordered, not hashed: the peer chooses one of the SPIs.
  std::set<Use> recent_;
  std::set<Use> older_;
};

// A token bucket of whole requests.
class RateLimit {
 public:
  explicit RateLimit(uint32_t per_second) : per_second_(per_second), tokens_(per_second) {}
  bool take(Instant now);

 private:
  uint32_t per_second_;
  uint64_t tokens_;
  Instant filled_{};
};

}  // namespace ike::keys
