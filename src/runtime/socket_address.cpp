#include "runtime/socket_address.h"

#include <string.h>

namespace ike::runtime {

SocketAddress to_socket_address(const Endpoint& endpoint) {
  SocketAddress result;
  const Bytes octets = endpoint.address.octets();
  if (endpoint.address.family() == Family::ipv4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port);
    memcpy(&in.sin_addr, octets.data(), octets.size());
    memcpy(&result.storage, &in, sizeof(in));
    result.size = sizeof(in);
  } else if (endpoint.address.family() == Family::ipv6) {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(endpoint.port);
    memcpy(&in6.sin6_addr, octets.data(), octets.size());
    memcpy(&result.storage, &in6, sizeof(in6));
    result.size = sizeof(in6);
  }
  return result;
}

Address to_address(const in_addr& address) { return Address::v4(ntohl(address.s_addr)); }

Address to_address(const in6_addr& address) {
  std::array<uint8_t, 16> octets;
  memcpy(octets.data(), &address, octets.size());
  return Address::v6(octets);
}

Endpoint to_endpoint(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in in;
    memcpy(&in, &storage, sizeof(in));
    return {to_address(in.sin_addr), ntohs(in.sin_port)};
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 in6;
    memcpy(&in6, &storage, sizeof(in6));
    return {to_address(in6.sin6_addr), ntohs(in6.sin6_port)};
  }
  return {};
}

}  // namespace ike::runtime
