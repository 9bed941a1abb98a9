#include "model/connection.h"

namespace ike::model {

std::string Origin::text() const { return file + ":" + std::to_string(line); }

std::optional<Address> Connection::peer_address() const {
  if (!remote || !remote->is_host()) return std::nullopt;
  const Address& address = remote->address;
  if (address.is_any() || address.is_multicast()) return std::nullopt;
  return address;
}

}  // namespace ike::model
