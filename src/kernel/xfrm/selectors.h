// Our selectors have ranges, the kernel's have prefixes and port masks: one pair of ours becomes
// as many of the kernel's as it takes.
#pragma once

#include <linux/xfrm.h>

#include <vector>

#include "base/result.h"
#include "model/traffic_selector.h"

namespace ike::kernel::xfrm {

inline constexpr size_t kSelectorsMax = 256;  // of the kernel's for one pair of ours

// In the outbound direction, from local to remote.  Fault::limit when it would take too many;
// unsupported for OPAQUE ports.
Result<std::vector<xfrm_selector>> to_kernel(const model::SelectorPair& selectors);
xfrm_selector reversed(const xfrm_selector& selector);
// A selector that names one packet, as in an acquire.
model::SelectorPair from_kernel(const xfrm_selector& selector);

}  // namespace ike::kernel::xfrm
