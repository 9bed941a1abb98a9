#include "wire/v2/ts.h"

#include "base/limits.h"

namespace ike::wire::v2 {

namespace {

constexpr size_t kSelectorHeaderSize = 4;  // type, protocol, length

}  // namespace

TrafficSelector TrafficSelector::of(const AddressRange& addresses, uint8_t protocol,
                                    uint16_t port_first, uint16_t port_last) {
  TrafficSelector ts;
  ts.type = addresses.family() == Family::ipv6 ? kTsIpv6Range : kTsIpv4Range;
  ts.protocol = protocol;
  ts.port_first = port_first;
  ts.port_last = port_last;
  ts.addresses = addresses;
  return ts;
}

Result<TrafficSelector> TrafficSelector::parse(Reader r) {
  TrafficSelector ts;
  ts.type = r.u8();
  ts.protocol = r.u8();
  r.skip(2);  // the length, by which the caller cut this selector out
  if (!ts.known()) {
    ts.unknown = r.rest();
    return r.done(ts);
  }
  ts.port_first = r.u16();
  ts.port_last = r.u16();
  const size_t address_size = ts.type == kTsIpv4Range ? 4 : 16;
  const auto first = Address::from_octets(r.bytes(address_size));
  const auto last = Address::from_octets(r.bytes(address_size));
  if (first && last) {
    ts.addresses = {*first, *last};
    //= RFC 7296 section 3.13.1: the ending address is not below the starting one
    r.require(*first <= *last, "TS: last address before the first one");
  }
  return r.done(ts);
}

void TrafficSelector::write(Writer& w) const {
  const size_t start = w.size();
  w.u8(type).u8(protocol).u16(0);
  const LengthScope16 length(w, start, start + 2);
  if (known()) {
    w.u16(port_first).u16(port_last);
    w.bytes(addresses.first.octets()).bytes(addresses.last.octets());
  } else {
    w.bytes(unknown);
  }
}

Result<Ts> Ts::parse(Reader r) {
  Ts ts;
  const uint8_t count = r.u8();
  r.skip(3);
  r.require(count > 0, "TS: no selector");
  ts.selectors.reserve(r.failed() ? 0 : count);
  while (r.more() && ts.selectors.size() < count) {
    Reader ahead = r;
    ahead.skip(2);
    const uint16_t length = ahead.u16();
    r.require(length >= kSelectorHeaderSize, "TS: selector shorter than its own header");
    const Reader selector = r.sub(r.failed() ? 0 : length, "TS: selector truncated");
    if (r.failed()) break;
    IKE_TRY(ts.selectors.emplace_back(), TrafficSelector::parse(selector));
  }
  r.require(ts.selectors.size() == count, "TS: fewer selectors than announced");
  return r.done(std::move(ts));
}

void Ts::write(Writer& w) const {
  w.u8(static_cast<uint8_t>(selectors.size())).zeros(3);
  for (const TrafficSelector& selector : selectors) selector.write(w);
}

}  // namespace ike::wire::v2
