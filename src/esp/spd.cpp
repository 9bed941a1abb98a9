#include "esp/spd.h"

#include <algorithm>

#include "esp/selector.h"

namespace ike::esp {
namespace {

struct PrefixPair {
  Prefix local;
  Prefix remote;
};

std::optional<PrefixPair> prefixes_of(const model::SelectorPair& selectors) {
  const auto local = selectors.local.addresses.as_prefix();
  const auto remote = selectors.remote.addresses.as_prefix();
  if (!local || !remote) return std::nullopt;
  return PrefixPair{local->masked(), remote->masked()};
}

void insert_in_order(std::vector<Rule*>& bucket, Rule* rule) {
  const auto at = std::ranges::find_if(bucket, [&](const Rule* r) { return rule->before(*r); });
  bucket.insert(at, rule);
}

const Rule* first_match(const std::vector<Rule*>& bucket, const FlowKey& flow) {
  const auto at = std::ranges::find_if(
      bucket, [&](const Rule* rule) { return matches(rule->flow.selectors, flow); });
  return at == bucket.end() ? nullptr : *at;
}

}  // namespace

size_t Spd::PairHash::operator()(const PairKey& key) const noexcept {
  uint64_t h = 0xcbf29ce484222325u;
  for (const uint8_t octet : key.local.octets()) h = (h ^ octet) * 0x100000001b3u;
  for (const uint8_t octet : key.remote.octets()) h = (h ^ octet) * 0x100000001b3u;
  return static_cast<size_t>(h ^ h >> 29);
}

Spd::Bucket& Spd::bucket_for(const model::SelectorPair& selectors, uint32_t priority) {
  const auto pair = prefixes_of(selectors);
  if (!pair) return ranges_;
  const auto& [local, remote] = *pair;
  auto at = std::ranges::find_if(tables_, [&](const Table& t) {
    return t.local_length == local.length && t.remote_length == remote.length &&
           t.local_family == local.address.family() && t.remote_family == remote.address.family();
  });
  if (at == tables_.end()) {
    tables_.push_back({local.address.family(),
                       remote.address.family(),
                       local.length,
                       remote.length,
                       priority,
                       {}});
    at = tables_.end() - 1;
  }
  at->best_priority = std::min(at->best_priority, priority);
  Bucket& bucket = at->buckets[{local.address, remote.address}];
  std::ranges::sort(tables_, {}, &Table::best_priority);
  return bucket;
}

const Spd::Bucket* Spd::bucket_of(const model::SelectorPair& selectors) const {
  const auto pair = prefixes_of(selectors);
  if (!pair) return &ranges_;
  for (const Table& table : tables_) {
    if (table.local_length != pair->local.length || table.remote_length != pair->remote.length) {
      continue;
    }
    const auto bucket = table.buckets.find({pair->local.address, pair->remote.address});
    if (bucket != table.buckets.end()) return &bucket->second;
  }
  return nullptr;
}

Rule* Spd::exact(ReqId reqid, const model::SelectorPair& selectors) const {
  const Bucket* const bucket = bucket_of(selectors);
  if (bucket == nullptr) return nullptr;
  const auto at = std::ranges::find_if(*bucket, [&](const Rule* rule) {
    return rule->flow.reqid == reqid && rule->flow.selectors == selectors;
  });
  return at == bucket->end() ? nullptr : *at;
}

Rule& Spd::put(const model::FlowSpec& flow) {
  Rule* rule = exact(flow.reqid, flow.selectors);
  if (rule != nullptr) {
    unlink(*rule);
    rule->flow = flow;
  } else {
    auto made = std::make_unique<Rule>();
    rule = made.get();
    rule->flow = flow;
    rule->order = next_order_++;
    rules_.emplace(rule->order, std::move(made));
    by_reqid_[flow.reqid].push_back(rule);
  }
  insert_in_order(bucket_for(flow.selectors, flow.priority), rule);
  return *rule;
}

void Spd::unlink(const Rule& rule) {
  const auto pair = prefixes_of(rule.flow.selectors);
  if (!pair) {
    std::erase(ranges_, &rule);
    return;
  }
  const PairKey key{pair->local.address, pair->remote.address};
  for (Table& table : tables_) {
    if (table.local_length != pair->local.length || table.remote_length != pair->remote.length) {
      continue;
    }
    const auto at = table.buckets.find(key);
    if (at == table.buckets.end()) continue;
    std::erase(at->second, &rule);
    if (at->second.empty()) table.buckets.erase(at);
  }
  std::erase_if(tables_, [](const Table& table) { return table.buckets.empty(); });
}

bool Spd::remove(const model::FlowSpec& flow) {
  Rule* const rule = exact(flow.reqid, flow.selectors);
  if (rule == nullptr) return false;
  unlink(*rule);
  const auto list = by_reqid_.find(flow.reqid);
  std::erase(list->second, rule);
  if (list->second.empty()) by_reqid_.erase(list);
  rules_.erase(rule->order);
  return true;
}

Rule* Spd::find(const FlowKey& flow) const {
  const Rule* found = first_match(ranges_, flow);
  for (const Table& table : tables_) {
    if (found != nullptr && found->flow.priority < table.best_priority) break;
    if (table.local_family != flow.source.family() ||
        table.remote_family != flow.destination.family()) {
      continue;
    }
    const auto bucket = table.buckets.find({Prefix{flow.source, table.local_length}.first(),
                                            Prefix{flow.destination, table.remote_length}.first()});
    if (bucket == table.buckets.end()) continue;
    const Rule* const rule = first_match(bucket->second, flow);
    if (rule != nullptr && (found == nullptr || rule->before(*found))) found = rule;
  }
  return const_cast<Rule*>(found);
}

// Rare: only fragments without their first one come here.
bool Spd::may_cover(const FlowKey& flow) const {
  return std::ranges::any_of(rules_, [&](const auto& entry) {
    model::FlowSpec any_port = entry.second->flow;
    for (model::TrafficSelector* side : {&any_port.selectors.local, &any_port.selectors.remote}) {
      side->port_first = 0;
      side->port_last = 0xffff;
    }
    return any_port.action != model::FlowAction::bypass && matches(any_port.selectors, flow);
  });
}

std::vector<Rule*> Spd::of(ReqId reqid) const {
  const auto at = by_reqid_.find(reqid);
  return at == by_reqid_.end() ? std::vector<Rule*>() : at->second;
}

std::vector<const model::FlowSpec*> Spd::all() const {
  std::vector<const Rule*> rules;
  rules.reserve(rules_.size());
  for (const auto& [order, rule] : rules_) rules.push_back(rule.get());
  std::ranges::sort(rules, {}, &Rule::order);
  std::vector<const model::FlowSpec*> flows;
  flows.reserve(rules.size());
  for (const Rule* rule : rules) flows.push_back(&rule->flow);
  return flows;
}

void Spd::clear() {
  ranges_.clear();
  tables_.clear();
  by_reqid_.clear();
  rules_.clear();
}

}  // namespace ike::esp
