// Endpoints as the socket calls want them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/net.h"

namespace ike::runtime {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress to_socket_address(const Endpoint& endpoint);
// Unspecified for another family.
Endpoint to_endpoint(const sockaddr_storage& storage);
Address to_address(const in_addr& address);
Address to_address(const in6_addr& address);

}  // namespace ike::runtime
