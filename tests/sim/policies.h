// Policies for the nodes of a simulation.
#pragma once

#include "model/policy.h"
#include "sim/node.h"

namespace ike::sim {

struct Relation {
  bool active = false;
  unsigned children = 1;  // Child SA templates
  bool pfs = false;
  KeMethod first_group = KeMethod::curve25519;
  bool only_first_group = false;
  seconds ike_lifetime{0};
  seconds child_lifetime{0};
  bool fragmentation = false;
  bool initial_contact = true;
  bool force_encapsulation = false;
  bool signatures = false;
  bool any_peer = false;           // the peer's address is not known beforehand
  bool certificate_sized = false;  // a long identity, so that IKE_AUTH needs fragments
  Blob psk = Blob(16, 0x5a);
  uint8_t flavour = 0;  // another value is another configuration
};

// `index` of a node tells its networks: 10.index.child.0/24.
struct End {
  Node* node = nullptr;
  uint8_t index = 0;
};

// `us` and `peer` get their keys into `us`.
model::ConnectionPtr make_connection(const End& us, const End& peer, const Relation& relation);
model::PolicyPtr make_policy(std::vector<model::ConnectionPtr> connections,
                             const model::Global& global = {});

model::Identity identity_of(const End& end, const Relation& relation);
// A packet that the Child SA number `child` carries.
model::SelectorPair packet_between(const End& us, const End& peer, unsigned child = 0);

}  // namespace ike::sim
