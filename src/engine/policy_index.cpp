#include "engine/policy_index.h"

#include <algorithm>

namespace ike::engine {
namespace {

bool within(const std::optional<Prefix>& prefix, const Address& address) {
  return !prefix || prefix->contains(address);
}

}  // namespace

PolicyIndex::PolicyIndex(model::PolicyPtr policy, KeyedHash hash)
    : policy_(std::move(policy)),
      by_id_(16, hash),
      by_remote_(16, PrefixHash{hash}),
      by_peer_id_(16, IdentityHash{hash}) {
  const auto add = [](Bucket& bucket, const model::Connection& c, Ordinal ordinal) {
    const bool first = c.evaluation == model::Evaluation::first_match;
    (first ? bucket.first_match : bucket.others).push_back(ordinal);
  };
  for (Ordinal ordinal = 0; ordinal < policy_->connections.size(); ++ordinal) {
    const model::ConnectionPtr& c = policy_->connections[ordinal];
    by_id_.emplace(c->id, ordinal);
    if (c->evaluation == model::Evaluation::skipped) continue;
    if (c->evaluation == model::Evaluation::fallback) fallback_ = c;
    if (c->remote) {
      const Prefix p = c->remote->masked();
      const std::pair used{p.address.family(), p.length};
      if (std::ranges::find(lengths_, used) == lengths_.end()) lengths_.push_back(used);
      add(by_remote_[{p.address, p.length}], *c, ordinal);
    } else {
      add(anybody_, *c, ordinal);
    }
    add(c->remote_id ? by_peer_id_[*c->remote_id] : any_id_, *c, ordinal);
  }
}

model::ConnectionPtr PolicyIndex::find(ConnectionId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : policy_->connections[found->second];
}

std::vector<const PolicyIndex::Bucket*> PolicyIndex::buckets_for(
    const v2::ConnectionQuery& query) const {
  std::vector<const Bucket*> buckets;
  if (query.peer_id) {
    if (const auto it = by_peer_id_.find(*query.peer_id); it != by_peer_id_.end()) {
      buckets.push_back(&it->second);
    }
    buckets.push_back(&any_id_);
    return buckets;
  }
  for (const auto& [family, length] : lengths_) {
    if (family != query.remote.family()) continue;
    const Prefix p = Prefix{query.remote, length}.masked();
    const auto it = by_remote_.find({p.address, length});
    if (it != by_remote_.end()) buckets.push_back(&it->second);
  }
  buckets.push_back(&anybody_);
  return buckets;
}

bool PolicyIndex::matches(const model::Connection& c, const v2::ConnectionQuery& q) const {
  if (c.family != Family::unspecified && c.family != q.remote.family()) return false;
  if (!within(c.remote, q.remote) || !within(c.local, q.local)) return false;
  if (q.peer_id && c.remote_id && *c.remote_id != *q.peer_id) return false;
  if (q.our_id && c.local_id.type != IdType::none && c.local_id != *q.our_id) return false;
  if (q.transport && !c.children.empty() && c.children.front().mode != model::Mode::transport) {
    return false;
  }
  return !q.accepts || q.accepts(c);
}

model::ConnectionPtr PolicyIndex::choose(const v2::ConnectionQuery& query) const {
  if (!policy_) return nullptr;
  const auto buckets = buckets_for(query);
  // Each list is ascending, so its first (or last) match is its best one.
  std::optional<Ordinal> first, last;
  for (const Bucket* bucket : buckets) {
    for (const Ordinal o : bucket->first_match) {
      if (first && *first < o) break;
      if (matches(*policy_->connections[o], query)) {
        first = o;
        break;
      }
    }
  }
  if (first) return policy_->connections[*first];
  for (const Bucket* bucket : buckets) {
    for (auto it = bucket->others.rbegin(); it != bucket->others.rend(); ++it) {
      if (last && *last > *it) break;
      if (matches(*policy_->connections[*it], query)) {
        last = *it;
        break;
      }
    }
  }
  if (last) return policy_->connections[*last];
  return query.fallback ? fallback_ : nullptr;
}

std::vector<model::ConnectionPtr> PolicyIndex::candidates(const Address& local,
                                                          const Address& remote,
                                                          size_t most) const {
  std::vector<model::ConnectionPtr> found;
  if (!policy_) return found;
  v2::ConnectionQuery query;
  query.local = local;
  query.remote = remote;
  std::vector<Ordinal> ordinals;
  for (const Bucket* bucket : buckets_for(query)) {
    for (const auto* list : {&bucket->first_match, &bucket->others}) {
      for (const Ordinal o : *list) {
        if (ordinals.size() >= most) break;
        if (matches(*policy_->connections[o], query)) ordinals.push_back(o);
      }
    }
  }
  std::ranges::sort(ordinals);
  for (const Ordinal o : ordinals) found.push_back(policy_->connections[o]);
  return found;
}

}  // namespace ike::engine
