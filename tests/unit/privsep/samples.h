// One message of every kind with no member at its default, for tests of the codec.
#pragma once

#include "privsep/messages.h"

namespace ike::privsep::samples {

inline model::SelectorPair selectors() {
  model::SelectorPair pair;
  pair.local = model::TrafficSelector::of({Address::v4(10, 1, 0, 0), 16}, 6);
  pair.local.port_first = 80;
  pair.local.port_last = 90;
  pair.remote = model::TrafficSelector::of({*Address::parse("fd00:2::"), 64});
  return pair;
}

inline model::SaId sa_id(uint32_t spi) {
  return {Address::v4(192, 0, 2, 1), EspSpi(spi), ProtocolId::ah};
}

inline model::SaSpec sa_spec() {
  model::SaSpec sa;
  sa.id = sa_id(0x1234);
  sa.source = *Address::parse("2001:db8::7");
  sa.direction = model::Direction::outbound;
  sa.reqid = ReqId(17);
  sa.mode = model::Mode::transport;
  sa.algorithms = {Encr::aes_cbc, 256, Integ::hmac_sha2_256_128, Esn::yes};
  sa.encryption_key = Secret(Bytes(Blob(32, 0x11)));
  sa.integrity_key = Secret(Bytes(Blob(32, 0x22)));
  sa.encapsulation = model::Encapsulation{4500, 61000};
  sa.selectors = {selectors(), selectors()};
  sa.limits = {seconds(100), seconds(200), 300, 400};
  sa.replay_window = 4096;
  return sa;
}

inline model::FlowSpec flow() {
  return {ReqId(17),
          selectors(),
          model::FlowAction::discard,
          ProtocolId::ah,
          model::Mode::transport,
          Address::v4(1, 2, 3, 4),
          Address::v4(5, 6, 7, 8),
          42};
}

inline model::Connection connection() {
  model::Connection c;
  c.id = ConnectionId(0xfeed);
  c.name = "north";
  c.origin = {"/etc/iked.conf", 12};
  c.evaluation = model::Evaluation::fallback;
  c.active = true;
  c.family = Family::ipv6;
  c.local = Prefix{Address::v4(192, 0, 2, 1), 32};
  c.remote = Prefix{*Address::parse("2001:db8::"), 32};
  c.local_id = model::Identity::from_name("gw.example.org");
  c.remote_id = model::Identity::from_address(Address::v4(192, 0, 2, 9));
  c.auth = {model::AuthKind::psk, {AuthMethod::psk}};
  model::Proposal proposal;
  proposal.number = 3;
  proposal.protocol = ProtocolId::esp;
  proposal.transforms = {model::Transform::encr(Encr::aes_gcm_16, 256),
                         model::Transform::ke(KeMethod::curve25519)};
  c.ike_proposals = {proposal};
  c.ike_lifetime = seconds(86400);
  model::ChildTemplate child;
  child.protocol = ProtocolId::ah;
  child.mode = model::Mode::transport;
  child.proposals = {proposal, proposal};
  child.selectors = {selectors()};
  child.lifetime = {seconds(7), 8};
  c.children = {child};
  c.features = {true, false, false, true, true};
  c.tag = "$id";
  return c;
}

inline model::PolicyPtr policy() {
  auto p = std::make_shared<model::Policy>();
  p->connections = {std::make_shared<const model::Connection>(connection())};
  p->global = {true, false, true, true, seconds(9), 1500, 14500, true};
  return p;
}

}  // namespace ike::privsep::samples
