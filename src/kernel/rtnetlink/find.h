// Questions to the routing table.
#pragma once

#include "kernel/rtnetlink/codec.h"
#include "model/ports.h"

namespace ike::kernel::rtnetlink {

// How packets of ours with `mark` (0 = none) reach `remote`; the MTU is that of the path as far as
// the kernel knows it.  `netlink`: an rtnetlink descriptor.
std::optional<FoundRoute> ask(int netlink, const Address& remote, uint32_t mark);

// The answer to a FindSource.
Result<model::KernelAnswer> find_source(int netlink, const Address& remote, uint32_t mark);

}  // namespace ike::kernel::rtnetlink
