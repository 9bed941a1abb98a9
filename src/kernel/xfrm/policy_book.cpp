#include "kernel/xfrm/policy_book.h"

#include <algorithm>
#include <cstring>

namespace ike::kernel::xfrm {
namespace {

constexpr std::array<uint8_t, 3> kDirections{XFRM_POLICY_OUT, XFRM_POLICY_IN, XFRM_POLICY_FWD};

uint8_t bit_of(uint8_t direction) { return static_cast<uint8_t>(1u << direction); }

// Field by field: padding says nothing.
auto key_of(const xfrm_selector& s) {
  std::array<uint32_t, 12> key{};
  std::memcpy(key.data(), &s.saddr, sizeof s.saddr);
  std::memcpy(key.data() + 4, &s.daddr, sizeof s.daddr);
  key[8] = uint32_t{s.sport} << 16 | s.sport_mask;
  key[9] = uint32_t{s.dport} << 16 | s.dport_mask;
  key[10] = uint32_t{s.family} << 16 | s.proto;
  key[11] = uint32_t{s.prefixlen_s} << 8 | s.prefixlen_d;
  return key;
}

}  // namespace

PolicyBook::Known* PolicyBook::find(ReqId reqid, const model::SelectorPair& selectors) const {
  const auto list = by_reqid_.find(reqid.raw());
  if (list == by_reqid_.end()) return nullptr;
  const auto at = std::ranges::find_if(
      list->second, [&](const auto& known) { return known->flow.selectors == selectors; });
  return at == list->second.end() ? nullptr : at->get();
}

Result<PolicyBook::Change> PolicyBook::put(const std::vector<model::FlowSpec>& flows) {
  // What cannot be expressed is found before anything changes.
  std::vector<std::vector<xfrm_selector>> selectors;
  for (const model::FlowSpec& flow : flows) {
    IKE_TRY(auto of_flow, to_kernel(flow.selectors));
    selectors.push_back(std::move(of_flow));
  }
  Change change;
  for (size_t i = 0; i < flows.size(); ++i) {
    const model::FlowSpec& flow = flows[i];
    Known* known = find(flow.reqid, flow.selectors);
    if (known != nullptr) {
      change.before.push_back({flow.reqid, flow.selectors, known->flow, known->order});
    } else {
      change.before.push_back({flow.reqid, flow.selectors, std::nullopt, 0});
      known = by_reqid_[flow.reqid.raw()].emplace_back(std::make_unique<Known>()).get();
      known->selectors = selectors[i];
      ++count_;
      link(*known);
    }
    known->flow = flow;
    known->order = next_order_++;
    settle(known->selectors, change.messages);
  }
  return change;
}

std::vector<Blob> PolicyBook::remove(const std::vector<model::FlowSpec>& flows) {
  std::vector<Blob> messages;
  for (const model::FlowSpec& flow : flows) {
    const Known* const known = find(flow.reqid, flow.selectors);
    if (known == nullptr) continue;
    const auto selectors = known->selectors;
    erase(*known);
    settle(selectors, messages);
  }
  return messages;
}

PolicyBook::Change PolicyBook::move(ReqId reqid, const Address& tunnel_local,
                                    const Address& tunnel_remote) {
  Change change;
  const auto list = by_reqid_.find(reqid.raw());
  if (list == by_reqid_.end()) return change;
  for (const auto& known : list->second) {
    change.before.push_back({reqid, known->flow.selectors, known->flow, known->order});
    known->flow.tunnel_local = tunnel_local;
    known->flow.tunnel_remote = tunnel_remote;
    settle(known->selectors, change.messages);
  }
  return change;
}

std::vector<Blob> PolicyBook::undo(const Change& change) {
  std::vector<Blob> messages;
  for (auto before = change.before.rbegin(); before != change.before.rend(); ++before) {
    Known* const known = find(before->reqid, before->selectors);
    if (known == nullptr) continue;
    const auto selectors = known->selectors;
    if (before->flow) {
      known->flow = *before->flow;
      known->order = before->order;
    } else {
      erase(*known);
    }
    settle(selectors, messages);
  }
  return messages;
}

std::vector<Blob> PolicyBook::clear() {
  std::vector<model::FlowSpec> all;
  for (const auto& [reqid, list] : by_reqid_) {
    for (const auto& known : list) all.push_back(known->flow);
  }
  return remove(all);
}

void PolicyBook::link(const Known& known) {
  for (const xfrm_selector& selector : known.selectors) {
    places_[key_of(selector)].users.push_back(&known);
  }
}

void PolicyBook::unlink(const Known& known) {
  for (const xfrm_selector& selector : known.selectors) {
    std::erase(places_[key_of(selector)].users, &known);
  }
}

void PolicyBook::erase(const Known& known) {
  unlink(known);
  --count_;
  const auto list = by_reqid_.find(known.flow.reqid.raw());
  std::erase_if(list->second, [&](const auto& one) { return one.get() == &known; });
  if (list->second.empty()) by_reqid_.erase(list);
}

bool PolicyBook::wants(const model::FlowSpec& flow, uint8_t direction) const {
  return use_ == Use::ipsec ? has_policy(flow, direction) : direction != XFRM_POLICY_OUT;
}

Blob PolicyBook::put_message(const model::FlowSpec& flow, const xfrm_selector& selector,
                             uint8_t direction) {
  if (use_ == Use::ipsec) return put_policy(flow, selector, direction);
  return put_barrier(flow, selector, direction, next_barrier_++);
}

void PolicyBook::settle(const std::vector<xfrm_selector>& selectors, std::vector<Blob>& out) {
  for (const xfrm_selector& selector : selectors) {
    const auto at = places_.find(key_of(selector));
    Place& place = at->second;
    const auto newest = std::ranges::max_element(place.users, {}, &Known::order);
    for (const uint8_t direction : kDirections) {
      const bool wanted = newest != place.users.end() && wants((*newest)->flow, direction);
      if (wanted) {
        out.push_back(put_message((*newest)->flow, selector, direction));
        place.directions |= bit_of(direction);
      } else if ((place.directions & bit_of(direction)) != 0) {
        out.push_back(remove_policy(selector, direction));
        place.directions = static_cast<uint8_t>(place.directions & ~bit_of(direction));
      }
    }
    if (place.users.empty()) places_.erase(at);
  }
}

}  // namespace ike::kernel::xfrm
