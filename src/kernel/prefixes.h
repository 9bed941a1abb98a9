// Ranges as prefixes.
#pragma once

#include <vector>

#include "base/net.h"

namespace ike::kernel {

// The fewest prefixes that make up a range.
std::vector<Prefix> prefixes_covering(const AddressRange& range);

}  // namespace ike::kernel
