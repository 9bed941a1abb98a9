#include "keynote/graph.h"

#include <algorithm>

#include "base/assert.h"
#include "keynote/principal.h"

namespace ike::keynote {

struct Graph::Run {
  size_t top;
  const std::function<size_t(Id)>& conditions;
  size_t level;
  std::vector<uint32_t> authorized;      // at this level, what follows from it not yet done
  std::vector<std::vector<Id>> waiting;  // licensed, with conditions of that lower value
};

uint32_t Graph::intern(const std::string& canonical) {
  const auto known = by_name_.find(canonical);
  if (known != by_name_.end()) {
    ++principals_[known->second].uses;
    return known->second;
  }
  if (free_principals_.empty()) {
    free_principals_.push_back(static_cast<uint32_t>(principals_.size()));
    principals_.emplace_back();
  }
  const uint32_t id = free_principals_.back();
  free_principals_.pop_back();
  principals_[id] = Principal{.canonical = canonical, .uses = 1};
  by_name_.emplace(canonical, id);
  return id;
}

void Graph::release(uint32_t principal) {
  if (--principals_[principal].uses > 0) return;
  by_name_.erase(principals_[principal].canonical);
  principals_[principal] = {};
  free_principals_.push_back(principal);
}

Result<Graph::Id> Graph::add(std::shared_ptr<const Assertion> assertion) {
  if (size_ >= limits::kAssertionsMax) return fail(Fault::limit, "too many assertions");
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<Id>(slots_.size()));
    slots_.emplace_back();
  }
  const Id id = free_slots_.back();
  free_slots_.pop_back();
  ++size_;
  Slot& slot = slots_[id];
  slot = Slot{.assertion = std::move(assertion)};
  slot.authorizer = intern(slot.assertion->authorizer.canonical);
  const auto& licensees = slot.assertion->licensees;
  if (!licensees) {
    unconditional_.push_back(id);
    return id;
  }
  slot.satisfied.resize(licensees->gates.size());
  for (uint32_t g = 0; g < licensees->gates.size(); ++g) {
    if (licensees->gates[g].kind != Gate::Kind::principal) continue;
    principals_[intern(licensees->gates[g].principal)].licensed_by.push_back({id, g});
  }
  return id;
}

void Graph::remove(Id id) {
  Slot& slot = slots_[id];
  IKE_ASSERT(slot.assertion != nullptr);
  if (const auto& licensees = slot.assertion->licensees) {
    for (const Gate& gate : licensees->gates) {
      if (gate.kind != Gate::Kind::principal) continue;
      const uint32_t principal = by_name_.find(gate.principal)->second;
      std::erase_if(principals_[principal].licensed_by,
                    [id](const Occurrence& o) { return o.assertion == id; });
      release(principal);
    }
  } else {
    std::erase(unconditional_, id);
  }
  release(slot.authorizer);
  slot = {};
  free_slots_.push_back(id);
  --size_;
}

size_t Graph::evaluate(std::span<const std::string> requesters, size_t top,
                       const std::function<size_t(Id)>& conditions, bool all) {
  ++round_;
  Run run{top, conditions, top, {}, {}};
  run.waiting.resize(top + 1);
  for (const auto& requester : requesters) {
    const auto known = by_name_.find(requester);
    if (known != by_name_.end()) authorize(run, known->second);
  }
  for (const Id id : unconditional_) license(run, id);
  const auto root = by_name_.find(std::string(kPolicy));
  const auto is_known = [&] {
    return root == by_name_.end() || principals_[root->second].round == round_;
  };
  for (; run.level > 0 && (all || !is_known()); --run.level) {
    for (const Id id : run.waiting[run.level]) authorize(run, slots_[id].authorizer);
    while (!run.authorized.empty() && (all || !is_known())) {
      const uint32_t principal = run.authorized.back();
      run.authorized.pop_back();
      for (const Occurrence& at : principals_[principal].licensed_by) satisfy(run, at);
    }
    if (!all && is_known()) break;
  }
  return principal_value(std::string(kPolicy));
}

// At the level that the run has reached.
void Graph::authorize(Run& run, uint32_t principal) {
  Principal& p = principals_[principal];
  if (p.round == round_) return;
  p.round = round_;
  p.value = run.level;
  run.authorized.push_back(principal);
}

void Graph::satisfy(Run& run, const Occurrence& at) {
  Slot& slot = slots_[at.assertion];
  if (slot.round != round_) {
    slot.round = round_;
    slot.licensed = false;
    std::ranges::fill(slot.satisfied, 0);
  }
  const std::vector<Gate>& gates = slot.assertion->licensees->gates;
  // Each gate passes on once, when the last of those it needs is there.
  uint32_t gate = at.gate;
  while (++slot.satisfied[gate] == gates[gate].needed) {
    if (gates[gate].parent == Gate::kNone) return license(run, at.assertion);
    gate = gates[gate].parent;
  }
}

void Graph::license(Run& run, Id id) {
  Slot& slot = slots_[id];
  slot.round = round_;
  slot.licensed = true;
  slot.level = run.level;
  const size_t value = std::min(run.conditions(id), run.level);
  if (value == 0) return;
  if (value == run.level) return authorize(run, slot.authorizer);
  run.waiting[value].push_back(id);
}

size_t Graph::licensees_value(Id id) const {
  const Slot& slot = slots_[id];
  return slot.round == round_ && slot.licensed ? slot.level : 0;
}

size_t Graph::principal_value(const std::string& canonical) const {
  const auto known = by_name_.find(canonical);
  if (known == by_name_.end()) return 0;
  const Principal& p = principals_[known->second];
  return p.round == round_ ? p.value : 0;
}

}  // namespace ike::keynote
