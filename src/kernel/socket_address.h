// Between our addresses and the system's; the one place for it, also for what lies above.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/net.h"

namespace ike::kernel {

socklen_t to_system(const Endpoint& endpoint, sockaddr_storage& out);
// The same as one value.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};
SocketAddress to_socket_address(const Endpoint& endpoint);
// Unspecified for other families.
Endpoint from_system(const sockaddr_storage& address);
int system_family(Family family);  // AF_INET, AF_INET6, AF_UNSPEC
Address address_of(const in_addr& address);
Address address_of(const in6_addr& address);

}  // namespace ike::kernel
