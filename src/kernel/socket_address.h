// Between our addresses and the system's.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/net.h"

namespace ike::kernel {

socklen_t to_system(const Endpoint& endpoint, sockaddr_storage& out);
// Unspecified for other families.
Endpoint from_system(const sockaddr_storage& address);
int system_family(Family family);  // AF_INET, AF_INET6, AF_UNSPEC
Address address_of(const in_addr& address);
Address address_of(const in6_addr& address);

}  // namespace ike::kernel
