#include "control/fields.h"

namespace ike::control {

namespace {

void put(wire::Writer& w, const model::TrafficSelector& s) {
  w.u8(s.protocol).u16(s.port_first).u16(s.port_last);
  control::put(w, s.addresses.first);
  control::put(w, s.addresses.last);
}

model::TrafficSelector take_selector(wire::Reader& r) {
  model::TrafficSelector s;
  s.protocol = r.u8();
  s.port_first = r.u16();
  s.port_last = r.u16();
  s.addresses.first = take_address(r);
  s.addresses.last = take_address(r);
  r.require(s.addresses.first.family() == s.addresses.last.family() &&
                s.addresses.first <= s.addresses.last,
            "selector without a range");
  return s;
}

}  // namespace

void put(wire::Writer& w, const model::SelectorPair& pair) {
  put(w, pair.local);
  put(w, pair.remote);
}

void put(wire::Writer& w, const model::SaAlgorithms& a) {
  w.u16(raw(a.encr)).u16(a.encr_key_bits).u16(raw(a.integ)).u16(raw(a.esn));
}

void put(wire::Writer& w, const model::Suite& s) {
  w.u16(raw(s.encr)).u16(s.encr_key_bits).u16(raw(s.integ)).u16(raw(s.prf));
  w.u16(raw(s.ke)).u16(raw(s.esn));
}

Address take_address(wire::Reader& r) {
  const Bytes octets = r.bytes(r.u8());
  if (octets.empty()) return {};
  const auto address = Address::from_octets(octets);
  r.require(address.has_value(), "address of a strange size");
  return address.value_or(Address());
}

Endpoint take_endpoint(wire::Reader& r) {
  Endpoint e;
  e.address = take_address(r);
  e.port = r.u16();
  return e;
}

model::SelectorPair take_selector_pair(wire::Reader& r) {
  model::SelectorPair pair;
  pair.local = take_selector(r);
  pair.remote = take_selector(r);
  return pair;
}

model::SaAlgorithms take_algorithms(wire::Reader& r) {
  model::SaAlgorithms a;
  a.encr = Encr{r.u16()};
  a.encr_key_bits = r.u16();
  a.integ = Integ{r.u16()};
  a.esn = Esn{r.u16()};
  return a;
}

model::Suite take_suite(wire::Reader& r) {
  model::Suite s;
  s.encr = Encr{r.u16()};
  s.encr_key_bits = r.u16();
  s.integ = Integ{r.u16()};
  s.prf = PrfId{r.u16()};
  s.ke = KeMethod{r.u16()};
  s.esn = Esn{r.u16()};
  return s;
}

}  // namespace ike::control
