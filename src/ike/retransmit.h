// When a request is sent again, and when the peer is given up.  RFC 7296 section 2.1.
#pragma once

#include <array>

#include "base/time.h"

namespace ike::proto {

// Seconds after the first transmission.
inline constexpr std::array kResendAfter{seconds(2), seconds(6), seconds(14), seconds(30),
                                         seconds(62)};
inline constexpr seconds kGiveUpAfter{126};

class Retransmission {
 public:
  enum class Due : uint8_t { resend, give_up };

  // The request was sent for the first time.
  void start(Instant now) {
    first_sent_ = now;
    resent_ = 0;
  }
  Instant deadline() const {
    return first_sent_ + (resent_ < kResendAfter.size() ? kResendAfter[resent_] : kGiveUpAfter);
  }
  // At the deadline: what to do.  One call is one transmission, however late it comes.
  Due step() {
    if (resent_ == kResendAfter.size()) return Due::give_up;
    ++resent_;
    return Due::resend;
  }

 private:
  Instant first_sent_{};
  unsigned resent_ = 0;
};

}  // namespace ike::proto
