// The kernel's file access rules for unprivileged processes.
#pragma once

#include "base/result.h"

namespace ike::privsep {

enum class LandlockOutcome : uint8_t { enforced, unavailable };

// No file can be opened any more, except for reading below `directory` (-1: none).
Result<LandlockOutcome> deny_files(int directory);

}  // namespace ike::privsep
