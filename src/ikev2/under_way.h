// What the IKE SA is doing, for the rules about collisions.
#pragma once

#include "ikev2/collisions.h"
#include "ikev2/ike_sa.h"

namespace ike::v2 {

// `named`: the Child SA that the peer's request names; null: it is none of ours.
UnderWay under_way(const IkeSa& sa, const ChildSa* named);
// We are making a Child SA that the peer may have already: an SPI that we don't know may be its.
bool may_be_making(const IkeSa& sa);

}  // namespace ike::v2
