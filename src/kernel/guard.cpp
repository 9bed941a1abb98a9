#include "kernel/guard.h"

#include <algorithm>

#include "model/outer_addresses.h"

namespace ike::kernel {
namespace {

bool covers(const model::Connection& connection, const model::SelectorPair& wanted,
            ProtocolId protocol, model::Mode mode) {
  return std::ranges::any_of(connection.children, [&](const model::ChildTemplate& child) {
    return child.mode == mode && child.protocol == protocol &&
           std::ranges::any_of(child.selectors, [&](const model::SelectorPair& configured) {
             return configured.contains(wanted);
           });
  });
}

Result<void> check_sa(const model::Connection& connection, const model::SaSpec& sa) {
  // An SA without selectors would carry everything.
  if (sa.selectors.empty()) return fail(Fault::refused, "guard: SA without selectors");
  for (const model::SelectorPair& selectors : sa.selectors) {
    if (!covers(connection, selectors, sa.id.protocol, sa.mode)) {
      return fail(Fault::refused, "guard: SA selectors are not in the connection's policy");
    }
  }
  const bool inbound = sa.direction == model::Direction::inbound;
  const Address& ours = inbound ? sa.id.destination : sa.source;
  const Address& peers = inbound ? sa.source : sa.id.destination;
  const bool known = ours.family() != Family::unspecified && peers.family() != Family::unspecified;
  if (!known || !admits(connection, ours, peers)) {
    return fail(Fault::refused, "guard: SA addresses are not in the connection's policy");
  }
  return {};
}

Result<void> check_flow(const model::Connection& connection, const model::FlowSpec& flow) {
  if (flow.action != model::FlowAction::protect) {
    return fail(Fault::refused, "guard: a connection has protecting flows only");
  }
  if (!covers(connection, flow.selectors, flow.protocol, flow.mode)) {
    return fail(Fault::refused, "guard: flow is not in the connection's policy");
  }
  if (!admits(connection, flow.tunnel_local, flow.tunnel_remote)) {
    return fail(Fault::refused, "guard: flow addresses are not in the connection's policy");
  }
  return {};
}

}  // namespace

void Guard::set_policy(model::PolicyPtr policy) {
  policy_ = std::move(policy);
  connections_.clear();
  if (!policy_) return;
  for (const auto& connection : policy_->connections) {
    connections_.emplace(connection->id, connection.get());
  }
}

Result<void> Guard::admit(model::KernelRequest& request) {
  return std::visit([this](auto& r) { return judge(r); }, request);
}

Result<void> Guard::judge(model::InstallSas& request) {
  const model::Connection* connection = find(request.connection);
  if (connection == nullptr) {
    return fail(Fault::refused, "guard: the policy has no such connection");
  }
  for (const model::SaSpec& sa : request.sas) {
    IKE_CHECK(check_sa(*connection, sa));
    IKE_CHECK(check_group(sa.reqid, request.connection));
  }
  for (const model::FlowSpec& flow : request.flows) {
    IKE_CHECK(check_flow(*connection, flow));
    IKE_CHECK(check_group(flow.reqid, request.connection));
  }
  const size_t more = request.sas.size() + request.flows.size();
  if (sas_.size() + flows_ + more > most_) {
    return fail(Fault::limit, "guard: too many SAs and flows");
  }
  remember(request);
  return {};
}

Result<void> Guard::check_group(ReqId reqid, ConnectionId connection) const {
  const auto group = groups_.find(reqid);
  // After a reload an SA may go on under another connection than it began with.
  if (group == groups_.end() || group->second.connection == connection ||
      find(group->second.connection) == nullptr) {
    return {};
  }
  return fail(Fault::refused, "guard: the reqid is another connection's");
}

void Guard::remember(const model::InstallSas& request) {
  Pending pending;
  for (const model::SaSpec& sa : request.sas) {
    if (sas_.contains(sa.id)) continue;  // the back end will refuse it
    add(sa.id, {sa.reqid, sa.direction, request.ticket}, request.connection);
    pending.added.push_back(sa.id);
  }
  for (const model::FlowSpec& flow : request.flows) {
    Group& group = groups_[flow.reqid];
    group.connection = request.connection;
    if (std::ranges::find(group.flows, flow.selectors) != group.flows.end()) continue;
    group.flows.push_back(flow.selectors);
    ++flows_;
    pending.flows.emplace_back(flow.reqid, flow.selectors);
  }
  pending_.emplace(request.ticket, std::move(pending));
}

Result<void> Guard::judge(model::RemoveSas& request) {
  std::erase_if(request.sas, [this](const model::SaId& id) { return !sas_.contains(id); });
  for (const model::SaId& id : request.sas) forget(id);
  std::erase_if(request.flows, [this](const model::FlowSpec& flow) {
    return !forget_flow(flow.reqid, flow.selectors);
  });
  return {};
}

Result<void> Guard::judge(model::QuerySas& request) {
  std::erase_if(request.sas, [this](const model::SaId& id) { return !sas_.contains(id); });
  return {};
}

Result<void> Guard::judge(model::MoveSas& request) {
  const auto group = groups_.find(request.reqid);
  if (group == groups_.end()) return fail(Fault::refused, "guard: nothing to move");
  if (!may_be_at(group->second, request.tunnel_local, request.tunnel_remote)) {
    return fail(Fault::refused, "guard: flows may not move to there");
  }
  for (const model::SaMove& move : request.sas) {
    const auto known = sas_.find(move.id);
    if (known == sas_.end()) continue;
    if (known->second.reqid != request.reqid) {
      return fail(Fault::refused, "guard: the SA to move is another reqid's");
    }
    const bool inbound = known->second.direction == model::Direction::inbound;
    if (!may_be_at(group->second, inbound ? move.destination : move.source,
                   inbound ? move.source : move.destination)) {
      return fail(Fault::refused, "guard: SA may not move to there");
    }
  }
  std::erase_if(request.sas, [this](const model::SaMove& m) { return !sas_.contains(m.id); });
  Pending pending;
  for (const model::SaMove& move : request.sas) {
    const model::SaId id{move.destination, move.id.spi, move.id.protocol};
    if (id == move.id || sas_.contains(id)) continue;
    Sa sa = sas_.at(move.id);
    sa.ticket = request.ticket;
    add(id, sa, group->second.connection);
    pending.added.push_back(id);
    pending.replaced.push_back(move.id);  // stays until the back end has moved it
  }
  pending_.emplace(request.ticket, std::move(pending));
  return {};
}

Result<void> Guard::judge(model::AllocateSpi&) {
  return fail(Fault::refused, "guard: the engine draws its SPIs itself");
}

Result<void> Guard::judge(model::FlushAll&) {
  sas_.clear();
  groups_.clear();
  flows_ = 0;
  return {};
}

void Guard::observe(const model::KernelEvent& event) {
  if (const auto* expired = std::get_if<model::Expired>(&event); expired && expired->hard) {
    forget(expired->id);
  }
  const auto* reply = std::get_if<model::KernelReply>(&event);
  if (reply == nullptr) return;
  const auto found = pending_.find(reply->ticket);
  if (found == pending_.end()) return;
  const Pending pending = std::move(found->second);
  pending_.erase(found);
  if (reply->result) {
    for (const model::SaId& id : pending.replaced) forget(id);
    return;
  }
  for (const model::SaId& id : pending.added) {
    const auto sa = sas_.find(id);
    // What came to the same name since is another SA.
    if (sa != sas_.end() && sa->second.ticket == reply->ticket) forget(id);
  }
  for (const auto& [reqid, selectors] : pending.flows) forget_flow(reqid, selectors);
}

void Guard::add(const model::SaId& id, const Sa& sa, ConnectionId connection) {
  sas_.emplace(id, sa);
  Group& group = groups_[sa.reqid];
  group.connection = connection;
  ++group.sas;
}

void Guard::forget(const model::SaId& id) {
  const auto sa = sas_.find(id);
  if (sa == sas_.end()) return;
  const ReqId reqid = sa->second.reqid;
  sas_.erase(sa);
  --groups_.at(reqid).sas;
  forget_empty(reqid);
}

bool Guard::forget_flow(ReqId reqid, const model::SelectorPair& selectors) {
  const auto group = groups_.find(reqid);
  if (group == groups_.end() || std::erase(group->second.flows, selectors) == 0) return false;
  --flows_;
  forget_empty(reqid);
  return true;
}

void Guard::forget_empty(ReqId reqid) {
  const auto group = groups_.find(reqid);
  if (group->second.sas == 0 && group->second.flows.empty()) groups_.erase(group);
}

// By the connection itself; when a reload took it away, by any that would admit these addresses.
bool Guard::may_be_at(const Group& group, const Address& ours, const Address& peers) const {
  if (const model::Connection* own = find(group.connection)) return admits(*own, ours, peers);
  return std::ranges::any_of(connections_,
                             [&](const auto& c) { return admits(*c.second, ours, peers); });
}

const model::Connection* Guard::find(ConnectionId id) const {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second;
}

}  // namespace ike::kernel
