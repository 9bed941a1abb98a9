#include "wire/v2/cp.h"

#include "base/numbers.h"

namespace ike::wire::v2 {

namespace {

constexpr uint16_t kReservedBit = 0x8000;

}  // namespace

std::string_view name_of(CpType type) {
  switch (type) {
    case CpType::request: return "CFG_REQUEST";
    case CpType::reply: return "CFG_REPLY";
    case CpType::set: return "CFG_SET";
    case CpType::ack: return "CFG_ACK";
  }
  return {};
}

std::string_view name_of(CpAttributeType type) {
  switch (type) {
    case CpAttributeType::ip4_address: return "INTERNAL_IP4_ADDRESS";
    case CpAttributeType::ip4_netmask: return "INTERNAL_IP4_NETMASK";
    case CpAttributeType::ip4_dns: return "INTERNAL_IP4_DNS";
    case CpAttributeType::ip4_nbns: return "INTERNAL_IP4_NBNS";
    case CpAttributeType::ip4_dhcp: return "INTERNAL_IP4_DHCP";
    case CpAttributeType::application_version: return "APPLICATION_VERSION";
    case CpAttributeType::ip6_address: return "INTERNAL_IP6_ADDRESS";
    case CpAttributeType::ip6_dns: return "INTERNAL_IP6_DNS";
    case CpAttributeType::ip6_dhcp: return "INTERNAL_IP6_DHCP";
    case CpAttributeType::ip4_subnet: return "INTERNAL_IP4_SUBNET";
    case CpAttributeType::supported_attributes: return "SUPPORTED_ATTRIBUTES";
    case CpAttributeType::ip6_subnet: return "INTERNAL_IP6_SUBNET";
  }
  return {};
}

Result<Cp> Cp::parse(Reader r) {
  Cp cp;
  cp.type = static_cast<CpType>(r.u8());
  r.skip(3);
  while (r.more()) {
    CpAttribute attribute;
    //= RFC 7296 section 3.15.1: the first bit is reserved and ignored
    attribute.type = static_cast<CpAttributeType>(r.u16() & ~kReservedBit);
    attribute.value = r.bytes(r.u16());
    if (!cp.attributes.push_back(attribute)) r.fail("CP: too many attributes", Fault::limit);
  }
  return r.done(cp);
}

void Cp::write(Writer& w) const {
  w.u8(raw(type)).zeros(3);
  for (const CpAttribute& attribute : attributes) {
    w.u16(raw(attribute.type)).u16(static_cast<uint16_t>(attribute.value.size()));
    w.bytes(attribute.value);
  }
}

}  // namespace ike::wire::v2
