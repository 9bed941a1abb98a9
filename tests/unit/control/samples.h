// An IKE SA with one Child SA pair and one flow, as the engine reports it.
#pragma once

#include "control/message.h"

namespace ike::control {

inline Endpoint endpoint(std::string_view address, uint16_t port) {
  return {*Address::parse(address), port};
}

inline model::IkeSaReport sample_sa() {
  model::IkeSaReport sa;
  sa.spi_i = IkeSpi{0x0123456789abcdef};
  sa.spi_r = IkeSpi{0xfedcba9876543210};
  sa.local = endpoint("192.0.2.1", 4500);
  sa.remote = endpoint("198.51.100.7", 4500);
  sa.local_id = "FQDN/my.id";
  sa.remote_id = "FQDN/peer.id";
  sa.state = "ESTABLISHED";
  sa.initiator = true;
  sa.natt = true;
  sa.encapsulated = true;
  sa.policy = "east";
  sa.origin = {"/etc/iked.conf", 12};
  sa.suite = {Encr::aes_gcm_16,     256,    Integ::none, PrfId::hmac_sha2_256,
              KeMethod::curve25519, Esn::no};
  sa.age = seconds(61);
  model::ChildSaReport in;
  in.spi = EspSpi{0xaabbccdd};
  in.partner = EspSpi{0x11223344};
  in.source = *Address::parse("198.51.100.7");
  in.destination = *Address::parse("192.0.2.1");
  in.loaded = in.allocated_by_us = true;
  in.algorithms = {Encr::aes_gcm_16, 256, Integ::none, Esn::yes};
  in.bytes = 840;
  in.packets = 10;
  model::ChildSaReport out = in;
  out.direction = model::Direction::outbound;
  std::swap(out.spi, out.partner);
  std::swap(out.source, out.destination);
  out.allocated_by_us = false;
  sa.children = {in, out};
  model::FlowReport flow;
  flow.selectors.local.addresses = AddressRange::of({*Address::parse("10.0.1.0"), 24});
  flow.selectors.remote.addresses = AddressRange::of({*Address::parse("10.0.2.9"), 32});
  flow.loaded = true;
  sa.flows = {flow};
  return sa;
}

inline EventRecord sample_event() {
  return record_of(events::IkeSaGone{IkeSpi{1}, endpoint("192.0.2.1", 500), "east", "timeout"},
                   1'700'000'000'250'000);
}

}  // namespace ike::control
