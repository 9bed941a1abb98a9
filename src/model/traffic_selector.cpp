#include "model/traffic_selector.h"

#include <algorithm>

namespace ike::model {

namespace {

constexpr uint8_t kIcmp = 1;
constexpr uint8_t kIcmpV6 = 58;

struct ProtocolName {
  uint8_t number;
  std::string_view name;
};
// IANA protocol numbers that turn up in selectors; the rest is shown as a number.
constexpr ProtocolName kProtocolNames[] = {
    {0, "any"},
    {kIcmp, "icmp"},
    {2, "igmp"},
    {4, "ipip"},
    {6, "tcp"},
    {17, "udp"},
    {41, "ipv6"},
    {47, "gre"},
    {50, "esp"},
    {51, "ah"},
    {kIcmpV6, "ipv6-icmp"},
    {89, "ospf"},
    {132, "sctp"},
};

std::string protocol_text(uint8_t protocol) {
  for (const auto& row : kProtocolNames) {
    if (row.number == protocol) return std::string(row.name);
  }
  return std::to_string(protocol);
}

struct Ports {
  uint16_t first;
  uint16_t last;

  bool any() const { return first == 0 && last == 0xffff; }
  //= RFC 4301 section 4.4.1.1: OPAQUE stands for ports that cannot be seen, as in later fragments
  bool opaque() const { return first == 0xffff && last == 0; }
  bool contains(const Ports& inner) const {
    // ANY covers packets whose ports are hidden, too; a range cannot.
    if (any()) return inner.first <= inner.last || inner.opaque();
    if (opaque() || inner.opaque()) return opaque() && inner.opaque();
    return first <= inner.first && inner.first <= inner.last && inner.last <= last;
  }
};

Ports ports_of(const TrafficSelector& s) { return {s.port_first, s.port_last}; }

std::optional<Ports> intersect_ports(const Ports& a, const Ports& b) {
  if (a.contains(b)) return b;
  if (b.contains(a)) return a;
  if (a.opaque() || b.opaque()) return std::nullopt;
  const Ports common{std::max(a.first, b.first), std::min(a.last, b.last)};
  if (common.first > common.last) return std::nullopt;
  return common;
}

//= RFC 7296 section 3.13.1: for ICMP the type is the upper octet of a port and the code the lower
std::string port_text(uint8_t protocol, uint16_t port) {
  if (protocol != kIcmp && protocol != kIcmpV6) return std::to_string(port);
  return std::to_string(port >> 8) + "." + std::to_string(port & 0xff);
}

std::string ports_text(uint8_t protocol, const Ports& ports) {
  if (ports.opaque()) return "opaque";
  const std::string first = port_text(protocol, ports.first);
  if (ports.first == ports.last) return first;
  return first + "-" + port_text(protocol, ports.last);
}

}  // namespace

TrafficSelector TrafficSelector::of(const Prefix& prefix, uint8_t protocol) {
  return {protocol, 0, 0xffff, AddressRange::of(prefix)};
}

bool TrafficSelector::contains(const TrafficSelector& inner) const {
  const bool protocol_fits = protocol == 0 || protocol == inner.protocol;
  return protocol_fits && ports_of(*this).contains(ports_of(inner)) &&
         addresses.contains(inner.addresses);
}

std::optional<TrafficSelector> TrafficSelector::intersect(const TrafficSelector& other) const {
  if (protocol != 0 && other.protocol != 0 && protocol != other.protocol) return std::nullopt;
  const auto ports = intersect_ports(ports_of(*this), ports_of(other));
  const auto common = addresses.intersect(other.addresses);
  if (!ports || !common) return std::nullopt;
  const uint8_t narrower = protocol != 0 ? protocol : other.protocol;
  return TrafficSelector{narrower, ports->first, ports->last, *common};
}

std::string TrafficSelector::text() const {
  if (protocol == 0 && any_port()) return addresses.text();
  std::string text = addresses.text() + "[" + protocol_text(protocol);
  if (!any_port()) text += "/" + ports_text(protocol, ports_of(*this));
  return text + "]";
}

bool SelectorPair::contains(const SelectorPair& inner) const {
  return local.contains(inner.local) && remote.contains(inner.remote);
}

std::optional<SelectorPair> SelectorPair::intersect(const SelectorPair& other) const {
  const auto l = local.intersect(other.local);
  const auto r = remote.intersect(other.remote);
  if (!l || !r) return std::nullopt;
  // Each side may have been narrowed to a protocol of its own; no packet has two of them.
  if (l->protocol != 0 && r->protocol != 0 && l->protocol != r->protocol) return std::nullopt;
  return SelectorPair{*l, *r};
}

std::string SelectorPair::text() const { return local.text() + " -> " + remote.text(); }

std::string text_of(const TrafficSelectors& selectors) {
  std::string text;
  for (const auto& selector : selectors) {
    if (!text.empty()) text += ", ";
    text += selector.text();
  }
  return text;
}

}  // namespace ike::model
