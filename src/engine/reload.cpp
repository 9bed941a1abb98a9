// A new policy takes effect: what did not change goes on untouched.
#include <algorithm>

#include "engine/core.h"
#include "ikev2/dispatch.h"
#include "ikev2/upkeep.h"

namespace ike::engine {
namespace {

constexpr Duration kActiveCheckEvery = seconds(60);

}  // namespace

void Core::on(const PolicyUpdate& update) {
  const model::PolicyPtr old = policy_.policy();
  const PolicyIndex previous = std::exchange(policy_, PolicyIndex(update.policy, hash_));
  const bool coupled = old ? global_.coupled : update.policy->global.coupled;
  global_ = update.policy->global;
  global_.coupled = coupled;  // until all that changes is known
  events::PolicyLoaded told;
  told.connections = update.policy->connections.size();
  if (old) hand_on_standing_flows(previous);
  for (const auto& c : update.policy->connections) {
    if (previous.policy() && previous.find(c->id)) {
      ++told.kept;
      continue;
    }
    ++told.added;
    install_standing_flows(*c);
  }
  // After the new ones, so that what both have never goes.
  for (size_t i = 0; old && i < old->connections.size(); ++i) {
    const model::Connection& c = *old->connections[i];
    if (policy_.find(c.id)) continue;
    ++told.removed;
    remove_standing_flows(c);
  }
  if (old) {
    std::vector<v2::IkeSa*> all;
    sas_.for_each([&](v2::IkeSa& sa) { all.push_back(&sa); });
    for (v2::IkeSa* sa : all) attach_again(*sa);
  }
  set_coupled(update.policy->global.coupled);
  events_.emit(told);
  model::ControlReply reply;
  reply.ticket = update.ticket;
  if (update.ticket) out_->push_back(std::move(reply));
  if (!shutting_down_) check_active();
}

// The IKE SA keeps its connection when that did not change, else it looks for another one.
void Core::attach_again(v2::IkeSa& sa) {
  if (sa.retired || sa.closing() || !sa.connection) return;
  if (const auto same = policy_.find(sa.connection->id)) {
    attach(sa, same);
    return;
  }
  const v2::Established* const e = sa.established();
  if (e == nullptr) {
    v2::close(sa, *this, "reload");
    return;
  }
  v2::ConnectionQuery query;
  query.local = sa.local.address;
  query.remote = sa.remote.address;
  query.peer_id = &e->peer.id();
  query.our_id = &sa.connection->local_id;
  query.fallback = false;
  query.accepts = [&](const model::Connection& c) {
    if (c.auth.kind != sa.connection->auth.kind || c.local_id != sa.connection->local_id ||
        !proto::takes_suite(c.ike_proposals, sa.suite)) {
      return false;
    }
    // Every flow of the SA must exist in the new connection.
    return std::ranges::all_of(e->children, [&](const auto& child) {
      return child->template_index < c.children.size() &&
             std::ranges::all_of(
                 child->selectors,
                 [&](const model::SelectorPair& pair) {
                   return std::ranges::any_of(
                       c.children[child->template_index].selectors,
                       [&](const model::SelectorPair& s) { return s.contains(pair); });
                 });
    });
  };
  if (const auto found = policy_.choose(query)) {
    attach(sa, found);
  } else {
    v2::wish(sa, *this, v2::DeleteIke{"policy no longer exists"});
  }
}

std::vector<model::FlowSpec> Core::standing_flows(const model::Connection& c) {
  std::vector<model::FlowSpec> flows;
  const auto peer = c.peer_address();
  if (!peer || c.evaluation == model::Evaluation::skipped) return flows;
  for (size_t i = 0; i < c.children.size(); ++i) {
    const model::ChildTemplate& t = c.children[i];
    const ReqId reqid = flows_.make_standing(c.id, static_cast<uint16_t>(i));
    for (const model::SelectorPair& pair : t.selectors) {
      const Address local = c.local && c.local->is_host() ? c.local->address : Address();
      flows.push_back(
          {reqid, pair, model::FlowAction::protect, t.protocol, t.mode, local, *peer, 0});
    }
  }
  return flows;
}

// A connection that changed, but for its peer and what it protects, keeps its request IDs: the SAs
// that live on carry them, and a flow with another one would not find those SAs.
void Core::hand_on_standing_flows(const PolicyIndex& previous) {
  std::multimap<Address, const model::Connection*> gone;
  for (const auto& c : previous.policy()->connections) {
    const auto peer = c->peer_address();
    if (peer && !policy_.find(c->id)) gone.emplace(*peer, c.get());
  }
  for (const auto& c : policy_.policy()->connections) {
    const auto peer = c->peer_address();
    if (!peer || previous.find(c->id)) continue;
    for (auto [at, end] = gone.equal_range(*peer); at != end; ++at) {
      const auto& before = at->second->children;
      for (uint16_t i = 0; i < c->children.size() && i < before.size(); ++i) {
        const model::ChildTemplate& t = c->children[i];
        if (t.selectors == before[i].selectors && t.mode == before[i].mode &&
            t.protocol == before[i].protocol) {
          flows_.hand_on({at->second->id, i}, {c->id, i});
        }
      }
    }
  }
}

void Core::install_standing_flows(const model::Connection& c) {
  auto flows = standing_flows(c);
  if (flows.empty()) return;
  flows_.hold(flows);
  if (!global_.coupled) return;
  model::InstallSas request;
  request.ticket = unattended();
  request.connection = c.id;
  request.flows = std::move(flows);
  submit(std::move(request));
}

void Core::remove_standing_flows(const model::Connection& c) {
  const auto flows = standing_flows(c);
  if (flows.empty()) return;
  model::RemoveSas request;
  request.flows = flows_.drop(flows);
  flows_.forget_standing(c.id);
  if (request.flows.empty()) return;
  request.ticket = unattended();
  submit(std::move(request));
}

// Child SAs that were refused or have expired since.
void Core::want_all_children(const model::Connection& c) {
  const std::set<uint32_t> slots = by_connection_.find(c.id)->second;
  for (const uint32_t slot : slots) {
    v2::IkeSa* const sa = sas_.at(slot);
    if (sa == nullptr || sa->established() == nullptr || !sa->takes_wishes()) continue;
    for (size_t i = 0; i < c.children.size(); ++i) {
      v2::wish(*sa, *this, v2::NewChild{static_cast<uint16_t>(i), {}, KeMethod::none, 0});
    }
    return;
  }
}

// Active connections without an IKE SA, in whatever state, get one.
void Core::check_active() {
  if (!policy_.policy() || shutting_down_) return;
  schedule_active_check(kActiveCheckEvery + milliseconds(random_.below(2000)));
  if (global_.passive) return;
  for (const auto& c : policy_.policy()->connections) {
    if (!c->active || c->evaluation == model::Evaluation::skipped) continue;
    if (!by_connection_.contains(c->id)) {
      initiate(c, 0, {});
      continue;
    }
    want_all_children(*c);
  }
}

}  // namespace ike::engine
