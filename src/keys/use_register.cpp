#include "keys/use_register.h"

#include <algorithm>

namespace ike::keys {

bool UseRegister::take(IkeSpi spi_i, IkeSpi spi_r, Purpose purpose) {
  const Use use{spi_i, spi_r, purpose};
  if (older_.contains(use) || !recent_.insert(use).second) return false;
  if (recent_.size() >= kUsesRememberedMax / 2) {
    older_ = std::move(recent_);
    recent_.clear();
  }
  return true;
}

bool RateLimit::take(Instant now) {
  constexpr auto kSecond = std::chrono::nanoseconds(seconds(1)).count();
  const auto passed = std::clamp<int64_t>((now - filled_).count(), 0, kSecond);
  const auto fresh = static_cast<uint64_t>(passed) * per_second_ / uint64_t{kSecond};
  if (fresh > 0) {
    tokens_ = std::min<uint64_t>(per_second_, tokens_ + fresh);
    filled_ = now;
  }
  if (tokens_ == 0) return false;
  --tokens_;
  return true;
}

}  // namespace ike::keys
