#include "ikev2/report.h"

#include "base/overloaded.h"

namespace ike::v2 {
namespace {

void add_child(model::IkeSaReport& out, const IkeSa& sa, const ChildSa& c) {
  for (const auto direction : {model::Direction::inbound, model::Direction::outbound}) {
    const bool in = direction == model::Direction::inbound;
    model::ChildSaReport r;
    r.spi = in ? c.inbound : c.outbound;
    r.partner = in ? c.outbound : c.inbound;
    r.protocol = c.protocol;
    r.direction = direction;
    r.source = in ? sa.remote.address : sa.local.address;
    r.destination = in ? sa.local.address : sa.remote.address;
    r.loaded = in ? c.loaded : c.sends();
    r.rekeying = c.state == ChildSa::State::rekeying;
    r.allocated_by_us = in;
    r.algorithms = c.algorithms;
    r.packets = in ? c.packets_in : c.packets_out;
    r.bytes = in ? c.bytes_in : c.bytes_out;
    out.children.push_back(r);
  }
  for (const model::SelectorPair& pair : c.selectors) {
    out.flows.push_back({pair, c.protocol, c.loaded});
  }
}

}  // namespace

model::IkeSaReport report(const IkeSa& sa, Instant now) {
  model::IkeSaReport r;
  r.spi_i = sa.spi_i;
  r.spi_r = sa.spi_r;
  r.local = sa.local;
  r.remote = sa.remote;
  r.remote_id = sa.peer_id_text();
  r.initiator = sa.initiator;
  r.natt = sa.nat_here || sa.nat_there || sa.encapsulate;
  r.encapsulated = sa.encapsulate;
  r.suite = sa.suite;
  r.age = std::chrono::duration_cast<seconds>(now - sa.created);
  if (sa.connection) {
    r.policy = sa.connection->name;
    r.origin = sa.connection->origin;
    r.local_id = sa.connection->local_id.text();
  }
  r.state = std::visit(overloaded{
                           [](const HalfOpen&) { return "SA_INIT"; },
                           [](const Authenticating&) { return "AUTH_REQUEST"; },
                           [](const Established&) { return "ESTABLISHED"; },
                           [](const Closing&) { return "CLOSING"; },
                       },
                       sa.life);
  if (const Established* e = sa.established()) {
    for (const auto& c : e->children) add_child(r, sa, *c);
  }
  return r;
}

}  // namespace ike::v2
