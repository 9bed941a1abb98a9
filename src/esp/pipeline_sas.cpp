// The pipeline's SAs and flows: coming, moving, ending.
#include <algorithm>

#include "esp/pipeline.h"

namespace ike::esp {
Result<void> Pipeline::install(Instant now, const model::InstallSas& request, Batch& out) {
  if (sad_.size() + request.sas.size() > bounds_.sas) {
    return fail(Fault::limit, "esp: as many SAs as this process may hold");
  }
  if (new_flows(request) > bounds_.flows - std::min(bounds_.flows, spd_.size())) {
    return fail(Fault::limit, "esp: as many flows as this process may hold");
  }
  std::vector<std::unique_ptr<Sa>> made;
  made.reserve(request.sas.size());
  for (const model::SaSpec& spec : request.sas) {
    IKE_TRY(PacketCodec codec, PacketCodec::make(provider_, spec));
    made.push_back(std::make_unique<Sa>(spec, std::move(codec), now));
  }
  for (size_t i = 0; i < made.size(); ++i) {
    const auto added = sad_.add(std::move(made[i]));
    if (!added) {
      for (size_t undo = 0; undo < i; ++undo) forget(request.sas[undo].id);
      return std::unexpected(added.error());
    }
    schedule(**added);
  }
  for (const model::FlowSpec& flow : request.flows) spd_.put(flow);
  ++generation_;
  for (const model::SaSpec& spec : request.sas) {
    if (spec.direction == model::Direction::outbound) release(now, spec.reqid, out);
  }
  return {};
}

size_t Pipeline::new_flows(const model::InstallSas& request) const {
  return static_cast<size_t>(std::ranges::count_if(request.flows, [&](const auto& flow) {
    return spd_.exact(flow.reqid, flow.selectors) == nullptr;
  }));
}

void Pipeline::forget(const model::SaId& id) {
  if (const Sa* sa = sad_.find(id)) unschedule(*sa);
  sad_.remove(id);
}

void Pipeline::remove(const model::RemoveSas& request) {
  for (const model::SaId& id : request.sas) forget(id);
  for (const model::FlowSpec& flow : request.flows) {
    if (const Rule* rule = spd_.exact(flow.reqid, flow.selectors)) {
      held_total_ -= rule->held.size();
    }
    spd_.remove(flow);
  }
  ++generation_;
}

Result<void> Pipeline::move(const model::MoveSas& request) {
  for (const model::SaMove& move : request.sas) {
    const model::SaId target{move.destination, move.id.spi, move.id.protocol};
    if (sad_.find(move.id) == nullptr) return fail(Fault::refused, "no such SA to move");
    if (target != move.id && sad_.find(target) != nullptr) {
      return fail(Fault::refused, "an SA with this SPI is there already");
    }
  }
  for (const model::SaMove& move : request.sas) {
    Sa* const sa = sad_.find(move.id);
    if (sa == nullptr) continue;  // named twice
    unschedule(*sa);
    sad_.rename(move.id, {move.destination, move.id.spi, move.id.protocol});
    sa->path = {move.source, move.destination, move.encapsulation};
    sa->told_source = {};
    schedule(*sa);
  }
  for (Rule* rule : spd_.of(request.reqid)) {
    rule->flow.tunnel_local = request.tunnel_local;
    rule->flow.tunnel_remote = request.tunnel_remote;
  }
  ++generation_;
  ++path_generation_;
  return {};
}

std::vector<model::SaCounters> Pipeline::query(Instant now, const model::QuerySas& request) const {
  std::vector<model::SaCounters> counters;
  for (const model::SaId& id : request.sas) {
    const Sa* const sa = sad_.find(id);
    if (sa == nullptr) continue;
    const auto idle =
        sa->last_used ? std::chrono::duration_cast<seconds>(now - *sa->last_used) : seconds(-1);
    counters.push_back({sa->id, sa->bytes, sa->packets, sa->replayed, sa->failed, idle});
  }
  return counters;
}

void Pipeline::flush_all() {
  sad_.clear();
  spd_.clear();
  deadlines_.clear();
  due_.clear();
  held_total_ = 0;
  ++generation_;
}

void Pipeline::set_path_mtu(const Address& remote, uint16_t mtu) {
  // Smaller values come from forged ICMP: the minimum MTUs of the protocols.
  const uint16_t least = remote.family() == Family::ipv6 ? 1280 : 576;
  if (path_mtu_.size() >= bounds_.path_mtus && !path_mtu_.contains(remote)) path_mtu_.clear();
  path_mtu_[remote] = std::max(mtu, least);
  ++path_generation_;
}

// ---- lifetimes
// ------------------------------------------------------------------------------------

void Pipeline::schedule(const Sa& sa) {
  if (sa.soft_at && !sa.soft_told) deadlines_.emplace(*sa.soft_at, sa.id);
  if (sa.hard_at) deadlines_.emplace(*sa.hard_at, sa.id);
}

void Pipeline::unschedule(const Sa& sa) {
  if (sa.soft_at) deadlines_.erase({*sa.soft_at, sa.id});
  if (sa.hard_at) deadlines_.erase({*sa.hard_at, sa.id});
}

void Pipeline::check_limits(Sa& sa) {
  if (!sa.met_a_limit() || sa.due || (sa.soft_told && !sa.exhausted())) return;
  sa.due = true;
  due_.push_back(sa.id);
}

std::optional<Instant> Pipeline::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

void Pipeline::collect(Instant now, std::vector<model::KernelEvent>& out) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    due_.push_back(deadlines_.begin()->second);
    deadlines_.erase(deadlines_.begin());
  }
  for (const model::SaId& id : std::exchange(due_, {})) {
    Sa* const sa = sad_.find(id);
    if (sa == nullptr) continue;
    sa->due = false;
    if ((sa->hard_at && *sa->hard_at <= now) || sa->exhausted()) {
      forget(id);
      ++generation_;
      events_.push_back(model::Expired{id, true});
    } else if (!sa->soft_told) {
      sa->soft_told = true;
      events_.push_back(model::Expired{id, false});
    }
  }
  out.insert(out.end(), std::make_move_iterator(events_.begin()),
             std::make_move_iterator(events_.end()));
  events_.clear();
}

}  // namespace ike::esp
