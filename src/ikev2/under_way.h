// What the IKE SA is doing, for the rules about collisions.
#pragma once

#include "ikev2/collisions.h"
#include "ikev2/ike_sa.h"

namespace ike::v2 {

// `named`: the Child SA that the peer's request names; null: it is none of ours.
UnderWay under_way(const IkeSa& sa, const ChildSa* named);

}  // namespace ike::v2
