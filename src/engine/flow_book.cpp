#include "engine/flow_book.h"

namespace ike::engine {

FlowBook::FlowBook(KeyedHash hash, uint32_t reqid_base)
    : users_(16, KeyHash{hash}),
      standing_(16, TemplateHash{hash}),
      uses_(16, hash),
      next_(reqid_base) {}

size_t FlowBook::KeyHash::operator()(const Key& k) const {
  uint64_t h = k.reqid.raw();
  for (const model::TrafficSelector* ts : {&k.selectors.local, &k.selectors.remote}) {
    h = hash.of(h, hash.of(ts->addresses.first));
    h = hash.of(h, hash.of(ts->addresses.last));
    h = hash.of(h, uint64_t{ts->protocol} << 32 | uint64_t{ts->port_first} << 16 | ts->port_last);
  }
  return h;
}

void FlowBook::hold(const std::vector<model::FlowSpec>& flows) {
  for (const model::FlowSpec& f : flows) {
    if (++users_[{f.reqid, f.selectors}] > 1) continue;
    if (const auto use = uses_.find(f.reqid); use != uses_.end()) ++use->second.flows;
  }
}

std::vector<model::FlowSpec> FlowBook::drop(const std::vector<model::FlowSpec>& flows) {
  std::vector<model::FlowSpec> unused;
  for (const model::FlowSpec& f : flows) {
    const auto it = users_.find({f.reqid, f.selectors});
    if (it == users_.end() || --it->second > 0) continue;
    users_.erase(it);
    unused.push_back(f);
    const auto use = uses_.find(f.reqid);
    if (use != uses_.end() && --use->second.flows == 0 && !use->second.standing) uses_.erase(use);
  }
  return unused;
}

ReqId FlowBook::allocate(ConnectionId connection, uint16_t template_index) {
  // 0 means "none", and after four thousand million the first ones are long gone.
  do {
    if (next_ == 0) next_ = 1;
  } while (uses_.contains(ReqId(next_)) && ++next_ != 0);
  const ReqId reqid(next_++);
  uses_[reqid] = {connection, template_index, false, 0};
  return reqid;
}

ReqId FlowBook::standing(ConnectionId connection, uint16_t template_index) const {
  const auto it = standing_.find({connection, template_index});
  return it == standing_.end() ? ReqId() : it->second;
}

ReqId FlowBook::make_standing(ConnectionId connection, uint16_t template_index) {
  const auto [it, fresh] = standing_.try_emplace({connection, template_index});
  if (fresh) {
    it->second = allocate(connection, template_index);
    uses_[it->second].standing = true;
  }
  return it->second;
}

void FlowBook::forget_standing(ConnectionId connection) {
  for (uint16_t i = 0;; ++i) {
    const auto it = standing_.find({connection, i});
    if (it == standing_.end()) return;
    const auto use = uses_.find(it->second);
    // One that was handed on has another user now.
    if (use != uses_.end() && use->second.connection == connection) uses_.erase(use);
    standing_.erase(it);
  }
}

void FlowBook::hand_on(const ReqidUse& from, const ReqidUse& to) {
  const ReqId reqid = standing(from.connection, from.template_index);
  if (!reqid) return;
  standing_[{to.connection, to.template_index}] = reqid;
  ReqidUse& use = uses_[reqid];
  use.connection = to.connection;
  use.template_index = to.template_index;
}

const ReqidUse* FlowBook::use_of(ReqId reqid) const {
  const auto it = uses_.find(reqid);
  return it == uses_.end() ? nullptr : &it->second;
}

}  // namespace ike::engine
