#include "sim/policies.h"

#include <algorithm>

namespace ike::sim {
namespace {

using model::Transform;

model::TrafficSelector net_of(const End& end, unsigned child) {
  return model::TrafficSelector::of(
      {Address::v4(10, end.index, static_cast<uint8_t>(child), 0), 24});
}

std::vector<KeMethod> groups(const Relation& relation) {
  std::vector<KeMethod> all{relation.first_group};
  if (relation.only_first_group) return all;
  for (const KeMethod m : {KeMethod::curve25519, KeMethod::ecp256, KeMethod::modp2048}) {
    if (m != relation.first_group) all.push_back(m);
  }
  return all;
}

model::Proposal ike_proposal(const Relation& relation) {
  model::Proposal p{1,
                    ProtocolId::ike,
                    {Transform::encr(Encr::aes_gcm_16, 256), Transform::prf(PrfId::hmac_sha2_256)}};
  for (const KeMethod m : groups(relation)) p.transforms.push_back(Transform::ke(m));
  return p;
}

model::Proposal esp_proposal(const Relation& relation) {
  model::Proposal p{1, ProtocolId::esp, {Transform::encr(Encr::aes_gcm_16, 128)}};
  if (relation.pfs) {
    for (const KeMethod m : groups(relation)) p.transforms.push_back(Transform::ke(m));
  }
  p.transforms.push_back(Transform::esn(Esn::yes));
  p.transforms.push_back(Transform::esn(Esn::no));
  return p;
}

Blob public_key_of(const End& end) { return Blob(32, static_cast<uint8_t>(0x80 | end.index)); }

}  // namespace

model::Identity identity_of(const End& end, const Relation& relation) {
  std::string name = end.node->name() + ".example.org";
  if (relation.certificate_sized) name.insert(0, std::string(900, 'x'));
  return model::Identity::from_name(name);
}

model::SelectorPair packet_between(const End& us, const End& peer, unsigned child) {
  const auto host = [&](const End& e) {
    auto s = model::TrafficSelector::of(
        Prefix::host(Address::v4(10, e.index, static_cast<uint8_t>(child), 7)), 17);
    s.port_first = s.port_last = 4711;
    return s;
  };
  return {host(us), host(peer)};
}

model::ConnectionPtr make_connection(const End& us, const End& peer, const Relation& relation) {
  model::Connection c;
  c.name = us.node->name() + "-" + peer.node->name();
  c.origin = {"sim.conf", us.index};
  c.active = relation.active;
  c.family = Family::ipv4;
  c.local = Prefix::host(us.node->address());
  if (!relation.any_peer) c.remote = Prefix::host(peer.node->address());
  c.local_id = identity_of(us, relation);
  c.remote_id = identity_of(peer, relation);
  c.auth.kind = relation.signatures ? model::AuthKind::signature : model::AuthKind::psk;
  c.ike_proposals.push_back(ike_proposal(relation));
  c.ike_lifetime = relation.ike_lifetime;
  for (unsigned i = 0; i < relation.children; ++i) {
    model::ChildTemplate t;
    t.proposals.push_back(esp_proposal(relation));
    t.selectors.push_back({net_of(us, i), net_of(peer, i)});
    t.lifetime = {relation.child_lifetime, 0};
    c.children.push_back(std::move(t));
  }
  c.features.fragmentation = relation.fragmentation;
  c.features.initial_contact = relation.initial_contact;
  c.features.force_encapsulation = relation.force_encapsulation;
  if (relation.flavour > 0) c.tag = std::to_string(relation.flavour);
  c.id = model::digest_of(c, 0);
  us.node->set_psk(c.id, relation.psk);
  us.node->set_key(public_key_of(us));
  us.node->trust(*c.remote_id, public_key_of(peer));
  return std::make_shared<const model::Connection>(std::move(c));
}

model::PolicyPtr make_policy(std::vector<model::ConnectionPtr> connections,
                             const model::Global& global) {
  model::Policy policy;
  policy.connections = std::move(connections);
  policy.global = global;
  return std::make_shared<const model::Policy>(std::move(policy));
}

}  // namespace ike::sim
