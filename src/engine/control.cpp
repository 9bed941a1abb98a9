// What the operator asks for.
#include "base/overloaded.h"
#include "engine/core.h"
#include "ikev2/dispatch.h"
#include "ikev2/exchanges/exchange.h"
#include "ikev2/report.h"
#include "ikev2/upkeep.h"

namespace ike::engine {

void Core::on(const model::ControlRequest& request) {
  const auto done = [&] {
    model::ControlReply reply;
    reply.ticket = request.ticket;
    out_->push_back(std::move(reply));
  };
  std::visit(overloaded{
                 [&](const model::ShowSas&) { show_sas(request.ticket); },
                 [&](const model::ShowStats&) { show_stats(request.ticket); },
                 [&](const model::SetPassive& c) {
                   global_.passive = c.passive;
                   if (!c.passive) check_active();
                   done();
                 },
                 [&](const model::SetCoupled& c) {
                   set_coupled(c.coupled);
                   done();
                 },
                 [&](const model::ResetSas& c) {
                   if (reset(c) > 0 || c.peer_id.empty()) return done();
                   model::ControlReply reply;
                   reply.ticket = request.ticket;
                   reply.result = fail(Fault::refused, "no such peer");
                   reply.detail = "no IKE SA with the peer " + c.peer_id +
                                  "; ikectl show sa lists them as <IDTYPE/id>";
                   out_->push_back(std::move(reply));
                 },
                 [&](const model::ResetPolicy&) {
                   reset_policy();
                   done();
                 },
                 [&](const model::ResetAll&) {
                   // Peers are not told: this is for whoever wants to begin anew.
                   reset({false, {}});
                   reset_policy();
                   done();
                 },
             },
             request.command);
}

void Core::show_sas(Ticket ticket) {
  constexpr size_t kPerReply = 16;
  model::ControlReply reply;
  reply.ticket = ticket;
  sas_.for_each([&](v2::IkeSa& sa) {
    if (sa.retired) return;
    if (reply.sas.size() == kPerReply) {
      reply.last = false;
      out_->push_back(std::exchange(reply, {}));
      reply.ticket = ticket;
    }
    reply.sas.push_back(v2::report(sa, now_));
  });
  out_->push_back(std::move(reply));
}

void Core::show_stats(Ticket ticket) {
  model::ControlReply reply;
  reply.ticket = ticket;
  counters_.half_open_current = admission_.total();
#define IKE_COUNTER(name) reply.counters.push_back({#name, counters_.name});
  IKE_COUNTERS(IKE_COUNTER)
#undef IKE_COUNTER
  out_->push_back(std::move(reply));
}

void Core::set_coupled(bool coupled) {
  if (global_.coupled == coupled) return;
  global_.coupled = coupled;
  if (!coupled) {
    model::FlushAll flush;
    flush.ticket = unattended();
    submit(flush);
  } else if (policy_.policy()) {
    for (const auto& c : policy_.policy()->connections) {
      auto flows = standing_flows(*c);
      if (flows.empty()) continue;
      model::InstallSas request;
      request.ticket = unattended();
      request.connection = c->id;
      request.flows = std::move(flows);
      submit(std::move(request));
    }
  }
  sas_.for_each([&](v2::IkeSa& sa) {
    if (!sa.retired) v2::set_coupled(sa, *this, coupled);
  });
}

// How many IKE SAs it is about.
size_t Core::reset(const model::ResetSas& request) {
  std::vector<v2::IkeSa*> all;
  sas_.for_each([&](v2::IkeSa& sa) { all.push_back(&sa); });
  size_t found = 0;
  for (v2::IkeSa* sa : all) {
    if (sa->retired) continue;
    if (!request.peer_id.empty() && sa->peer_id_text() != request.peer_id) continue;
    ++found;
    if (sa->closing() && request.established_with_delete) continue;
    if (sa->established() != nullptr && request.established_with_delete) {
      v2::wish(*sa, *this, v2::DeleteIke{"reset"});
    } else {
      v2::close(*sa, *this, "reset");
    }
  }
  return found;
}

void Core::reset_policy() {
  if (!policy_.policy()) return;
  for (const auto& c : policy_.policy()->connections) remove_standing_flows(*c);
  auto empty = std::make_shared<model::Policy>();
  empty->global = global_;
  policy_ = PolicyIndex(std::move(empty), hash_);
}

}  // namespace ike::engine
