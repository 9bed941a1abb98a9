// Random from the kernel.  One object a thread.
#pragma once

#include <array>

#include "base/random.h"

namespace ike::runtime {

class OsRandom final : public Random {
 public:
  ~OsRandom() override;
  // From a buffer that one getrandom() fills: SPIs and nonces come in bursts.
  void fill_public(MutableBytes out) override;
  // Straight from getrandom(), so that no copy of a key stays behind.
  void fill_secret(MutableBytes out) override;

 private:
  std::array<uint8_t, 512> buffer_{};
  size_t left_ = 0;  // unused octets at the end of buffer_
};

}  // namespace ike::runtime
