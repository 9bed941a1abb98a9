#include "model/outer_addresses.h"

namespace ike::model {
namespace {

bool within(const std::optional<Prefix>& prefix, const Address& address) {
  return !prefix || address.family() == Family::unspecified || prefix->contains(address);
}

}  // namespace

bool admits(const Connection& c, const Address& ours, const Address& peers) {
  if (c.evaluation == Evaluation::fallback) return true;
  const bool known = c.family != Family::unspecified && peers.family() != Family::unspecified;
  if (known && c.family != peers.family()) return false;
  return within(c.local, ours) && within(c.remote, peers);
}

}  // namespace ike::model
