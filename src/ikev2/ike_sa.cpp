#include "ikev2/ike_sa.h"

#include <algorithm>

#include "ikev2/exchanges/exchange.h"

namespace ike::v2 {

IkeSa::IkeSa() { timers.fill(Instant::max()); }
IkeSa::~IkeSa() = default;

Handshake& IkeSa::handshake() {
  if (auto* h = std::get_if<HalfOpen>(&life)) return *h->handshake;
  return *std::get<Authenticating>(life).handshake;
}

ChildSa* IkeSa::child_by_inbound(EspSpi spi) {
  if (Established* e = established()) {
    for (const auto& c : e->children) {
      if (c->inbound == spi) return c.get();
    }
  }
  return nullptr;
}

ChildSa* IkeSa::child_by_outbound(EspSpi spi) {
  if (Established* e = established()) {
    for (const auto& c : e->children) {
      if (c->outbound == spi) return c.get();
    }
  }
  return nullptr;
}

std::string IkeSa::peer_id_text() const {
  const Established* e = established();
  return e == nullptr ? std::string() : e->peer.id().text();
}

}  // namespace ike::v2
