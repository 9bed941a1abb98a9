// The small pieces that control messages are made of.
#pragma once

#include <concepts>

#include "base/net.h"
#include "model/ports.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::control {

inline constexpr size_t kTextMax = 65'535;

inline void put(wire::Writer& w, std::string_view text) {
  text = text.substr(0, kTextMax);
  w.u16(static_cast<uint16_t>(text.size())).bytes(as_bytes(text));
}
// A template, or a string literal would be taken for a bool.
void put(wire::Writer& w, std::same_as<bool> auto value) { w.u8(value ? 1 : 0); }
inline void put(wire::Writer& w, const Address& a) {
  w.u8(static_cast<uint8_t>(a.octets().size())).bytes(a.octets());
}
inline void put(wire::Writer& w, const Endpoint& e) {
  put(w, e.address);
  w.u16(e.port);
}
void put(wire::Writer& w, const model::SelectorPair& pair);
void put(wire::Writer& w, const model::SaAlgorithms& algorithms);
void put(wire::Writer& w, const model::Suite& suite);

inline std::string take_text(wire::Reader& r) { return std::string(as_text(r.bytes(r.u16()))); }
// Only what put() writes, so that whatever is read writes back to the same octets.
inline bool take_bool(wire::Reader& r) {
  const uint8_t value = r.u8();
  r.require(value <= 1, "neither true nor false");
  return value == 1;
}
Address take_address(wire::Reader& r);
Endpoint take_endpoint(wire::Reader& r);
model::SelectorPair take_selector_pair(wire::Reader& r);
model::SaAlgorithms take_algorithms(wire::Reader& r);
model::Suite take_suite(wire::Reader& r);

}  // namespace ike::control
