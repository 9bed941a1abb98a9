// What must hold.  Each reports its first violation to the world.
#pragma once

#include "sim/policies.h"
#include "sim/world.h"

namespace ike::sim {

// At any time: a packet that leaves a node is one that the peer can open.
void check_traffic(World& world);

// After quiet: both ends hold the same SAs, keys and selectors; kernels hold what the engines tell,
// and nothing else; no request is left without an answer; every bound holds.
void check_quiet(World& world);
// After quiet, too: all Child SAs that the relation asks for are there, in both directions.
void check_connected(World& world, const End& a, const End& b, const Relation& relation);
bool connected(const End& a, const End& b, const Relation& relation);
// Nothing was agreed on: no IKE SA is established, no SA is in a kernel.
void check_nothing(World& world);
// Shuts all nodes down and looks whether anything is left.
void check_shutdown(World& world);

}  // namespace ike::sim
