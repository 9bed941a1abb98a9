#include "kernel/xfrm/selectors.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "kernel/prefixes.h"
#include "kernel/socket_address.h"

namespace ike::kernel::xfrm {
namespace {

struct PortMask {
  uint16_t value = 0;
  uint16_t mask = 0;
};

// The fewest value and mask pairs that make up a range of ports.
std::vector<PortMask> masks_covering(uint16_t first, uint16_t last) {
  std::vector<PortMask> masks;
  uint32_t at = first;
  while (at <= last) {
    uint32_t size = 1;
    while (at % (size * 2) == 0 && at + size * 2 - 1 <= last && size < 0x10000) size *= 2;
    masks.push_back({static_cast<uint16_t>(at), static_cast<uint16_t>(~(size - 1))});
    at += size;
  }
  return masks;
}

bool is_icmp(uint8_t protocol) { return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6; }

// The kernel compares an ICMP packet's type with the source port and its code with the other.
struct Ports {
  std::vector<PortMask> source, destination;
};
Result<Ports> ports_of(const model::SelectorPair& selectors, uint8_t protocol) {
  const auto& [local, remote] = selectors;
  if (local.port_first > local.port_last || remote.port_first > remote.port_last) {
    return fail(Fault::unsupported, "not supported yet: xfrm: OPAQUE ports");
  }
  if (!is_icmp(protocol)) {
    return Ports{masks_covering(local.port_first, local.port_last),
                 masks_covering(remote.port_first, remote.port_last)};
  }
  const model::TrafficSelector& said = local.any_port() ? remote : local;
  if (said.any_port()) return Ports{{{}}, {{}}};
  const auto type = static_cast<uint16_t>(said.port_first >> 8);
  if (said.port_last >> 8 != type) {
    return fail(Fault::unsupported, "not supported yet: xfrm: ranges of ICMP types");
  }
  return Ports{{{type, 0xffff}}, masks_covering(said.port_first & 0xff, said.port_last & 0xff)};
}

void store(xfrm_address_t& out, const Address& address) {
  std::memcpy(&out, address.octets().data(), address.octets().size());
}

xfrm_selector selector_for(const Prefix& local, const Prefix& remote, uint8_t protocol) {
  xfrm_selector s{};
  store(s.saddr, local.first());
  store(s.daddr, remote.first());
  s.prefixlen_s = local.length;
  s.prefixlen_d = remote.length;
  s.family = static_cast<uint16_t>(system_family(local.address.family()));
  s.proto = protocol;
  return s;
}

}  // namespace

Result<std::vector<xfrm_selector>> to_kernel(const model::SelectorPair& selectors) {
  const auto& [local, remote] = selectors;
  if (local.protocol != remote.protocol || local.addresses.family() != remote.addresses.family()) {
    return fail(Fault::refused, "xfrm: the two sides of a selector differ");
  }
  IKE_TRY(const Ports ports, ports_of(selectors, local.protocol));
  const auto locals = prefixes_covering(local.addresses);
  const auto remotes = prefixes_covering(remote.addresses);
  if (locals.size() * remotes.size() * ports.source.size() * ports.destination.size() >
      kSelectorsMax) {
    return fail(Fault::limit, "xfrm: a selector takes too many kernel policies");
  }
  std::vector<xfrm_selector> all;
  for (const Prefix& from : locals) {
    for (const Prefix& to : remotes) {
      for (const PortMask& source : ports.source) {
        for (const PortMask& destination : ports.destination) {
          xfrm_selector s = selector_for(from, to, local.protocol);
          s.sport = htons(source.value);
          s.sport_mask = htons(source.mask);
          s.dport = htons(destination.value);
          s.dport_mask = htons(destination.mask);
          all.push_back(s);
        }
      }
    }
  }
  return all;
}

xfrm_selector reversed(const xfrm_selector& selector) {
  xfrm_selector s = selector;
  std::swap(s.saddr, s.daddr);
  std::swap(s.prefixlen_s, s.prefixlen_d);
  // An ICMP packet's type stays in the source port whichever way it goes.
  if (!is_icmp(s.proto)) {
    std::swap(s.sport, s.dport);
    std::swap(s.sport_mask, s.dport_mask);
  }
  return s;
}

model::SelectorPair from_kernel(const xfrm_selector& s) {
  const bool v6 = s.family == AF_INET6;
  const auto address = [v6](const xfrm_address_t& a) {
    const auto* octets = reinterpret_cast<const uint8_t*>(&a);
    return Address::from_octets(Bytes(octets, v6 ? 16u : 4u)).value_or(Address());
  };
  const auto side = [&](const xfrm_address_t& a, uint8_t length, uint16_t port, uint16_t mask) {
    const uint8_t bits = std::min<uint8_t>(length, v6 ? 128 : 32);
    auto selector = model::TrafficSelector::of(Prefix{address(a), bits}, s.proto);
    if (mask != 0) {
      selector.port_first = ntohs(port) & ntohs(mask);
      selector.port_last = static_cast<uint16_t>(selector.port_first | ~ntohs(mask));
    }
    return selector;
  };
  model::SelectorPair pair{side(s.saddr, s.prefixlen_s, s.sport, s.sport_mask),
                           side(s.daddr, s.prefixlen_d, s.dport, s.dport_mask)};
  if (is_icmp(s.proto) && s.sport_mask != 0) {
    const uint16_t code = s.dport_mask != 0 ? ntohs(s.dport) & 0xff : 0;
    const auto first = static_cast<uint16_t>(ntohs(s.sport) << 8 | code);
    pair.local.port_first = pair.remote.port_first = first;
    pair.local.port_last = pair.remote.port_last =
        s.dport_mask != 0 ? first : static_cast<uint16_t>(first | 0xff);
  }
  return pair;
}

}  // namespace ike::kernel::xfrm
