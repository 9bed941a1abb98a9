#include "kernel/socket_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace ike::kernel {

socklen_t to_system(const Endpoint& endpoint, sockaddr_storage& out) {
  std::memset(&out, 0, sizeof out);
  if (endpoint.address.family() == Family::ipv6) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint.port);
    std::ranges::copy(endpoint.address.octets(), v6->sin6_addr.s6_addr);
    return sizeof *v6;
  }
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out);
  v4->sin_family = AF_INET;
  v4->sin_port = htons(endpoint.port);
  if (endpoint.address.family() == Family::ipv4) {
    std::memcpy(&v4->sin_addr, endpoint.address.octets().data(), 4);
  }
  return sizeof *v4;
}

SocketAddress to_socket_address(const Endpoint& endpoint) {
  SocketAddress result;
  result.size = to_system(endpoint, result.storage);
  return result;
}

Endpoint from_system(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
    return {address_of(v4->sin_addr), ntohs(v4->sin_port)};
  }
  if (address.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
    return {address_of(v6->sin6_addr), ntohs(v6->sin6_port)};
  }
  return {};
}

int system_family(Family family) {
  switch (family) {
    case Family::ipv4: return AF_INET;
    case Family::ipv6: return AF_INET6;
    default: return AF_UNSPEC;
  }
}

Address address_of(const in_addr& address) { return Address::v4(ntohl(address.s_addr)); }

Address address_of(const in6_addr& address) {
  return Address::from_octets(Bytes(address.s6_addr, 16)).value_or(Address());
}

}  // namespace ike::kernel
