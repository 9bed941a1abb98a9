// SAs made by hand for both ends of a tunnel.
#pragma once

#include <string>

#include "crypto/algorithms.h"
#include "model/ports.h"

namespace ike::test {

struct TunnelShape {
  std::string name;
  Family outer = Family::ipv4;
  Family inner = Family::ipv4;
  model::Mode mode = model::Mode::tunnel;
  bool encapsulated = false;
  model::SaAlgorithms algorithms{Encr::aes_gcm_16, 256, Integ::none, Esn::no};
};

inline Address outer_address(Family family, int end) {
  return *Address::parse(family == Family::ipv6 ? "2001:db8::" + std::to_string(end)
                                                : "192.0.2." + std::to_string(end));
}
inline std::string inner_host(Family family, int end) {
  return family == Family::ipv6 ? "fd0" + std::to_string(end) + "::1"
                                : "10." + std::to_string(end) + ".0.1";
}

inline model::TrafficSelector side(const TunnelShape& shape, int end) {
  if (shape.mode == model::Mode::transport) {
    return model::TrafficSelector::of(Prefix::host(outer_address(shape.outer, end)));
  }
  const uint8_t length = shape.inner == Family::ipv6 ? 64 : 16;
  return model::TrafficSelector::of(
      Prefix{*Address::parse(inner_host(shape.inner, end)), length}.masked());
}

inline model::FlowSpec flow_of(const TunnelShape& shape, int us, uint32_t reqid = 7) {
  model::FlowSpec flow;
  flow.reqid = ReqId(reqid);
  flow.selectors = {side(shape, us), side(shape, 3 - us)};
  flow.mode = shape.mode;
  flow.tunnel_local = outer_address(shape.outer, us);
  flow.tunnel_remote = outer_address(shape.outer, 3 - us);
  flow.priority = 100;
  return flow;
}

// The SA from `from` to the other end, as end `us` sees it.  `generation` tells rekeyed ones apart.
inline model::SaSpec sa_of(const TunnelShape& shape, int us, int from, uint32_t generation = 0) {
  const auto sizes = crypto::sizes_of(
      {shape.algorithms.encr, shape.algorithms.encr_key_bits, shape.algorithms.integ});
  model::SaSpec sa;
  sa.id = {outer_address(shape.outer, 3 - from),
           EspSpi(0x1000u * static_cast<uint32_t>(from) + generation), ProtocolId::esp};
  sa.source = outer_address(shape.outer, from);
  sa.direction = from == us ? model::Direction::outbound : model::Direction::inbound;
  sa.reqid = ReqId(7);
  sa.mode = shape.mode;
  sa.algorithms = shape.algorithms;
  sa.encryption_key = Secret(Blob(sizes->key, static_cast<uint8_t>(from * 16 + 1 + generation)));
  sa.integrity_key =
      Secret(Blob(sizes->integ_key, static_cast<uint8_t>(from * 16 + 2 + generation)));
  if (shape.encapsulated) sa.encapsulation = model::Encapsulation{4500, 4500};
  sa.selectors = {{side(shape, us), side(shape, 3 - us)}};
  return sa;
}

inline model::InstallSas install_of(const TunnelShape& shape, int us, uint32_t generation = 0) {
  model::InstallSas request;
  request.sas.push_back(sa_of(shape, us, 3 - us, generation));
  request.sas.push_back(sa_of(shape, us, us, generation));
  request.flows.push_back(flow_of(shape, us));
  return request;
}

}  // namespace ike::test
