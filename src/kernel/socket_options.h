// Options that the back ends' sockets have in common.
#pragma once

#include "base/net.h"
#include "kernel/socket_address.h"

namespace ike::kernel {

bool set_option(int fd, int level, int option, int value);

// Marked, so that its packets stay out of tunnels; never fragmented; with destination address and
// traffic class reported.
bool set_outer_options(int fd, Family family);

}  // namespace ike::kernel
