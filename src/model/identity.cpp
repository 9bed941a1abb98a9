#include "model/identity.h"

#include "base/limits.h"
#include "model/escape.h"

namespace ike::model {

Identity Identity::from_address(const Address& address) {
  const IdType type = address.family() == Family::ipv6 ? IdType::ipv6 : IdType::ipv4;
  return {type, to_blob(address.octets())};
}

Identity Identity::from_name(std::string_view text) {
  if (text.starts_with('/')) return {IdType::asn1_dn, to_blob(as_bytes(text))};
  if (const auto address = Address::parse(text)) return from_address(*address);
  const bool mail = text.find('@') != std::string_view::npos;
  return {mail ? IdType::ufqdn : IdType::fqdn, to_blob(as_bytes(text))};
}

std::string Identity::value_text() const {
  switch (type) {
    case IdType::ipv4:
    case IdType::ipv6:
      if (const auto address = Address::from_octets(data); address && well_formed()) {
        return address->text();
      }
      break;
    case IdType::fqdn:
    case IdType::ufqdn: return escaped(as_text(data));
    default: break;
  }
  return to_hex(data);
}

std::string Identity::text() const { return to_text(type) + "/" + value_text(); }

bool Identity::well_formed() const {
  //= RFC 7296 section 3.5: an IPv4 identity has 4 octets, an IPv6 one 16
  if (type == IdType::ipv4) return data.size() == 4;
  if (type == IdType::ipv6) return data.size() == 16;
  return data.size() <= limits::kIdentityMax;
}

}  // namespace ike::model
