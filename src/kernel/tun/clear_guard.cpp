#include "kernel/tun/clear_guard.h"

#include <algorithm>
#include <utility>

#include "kernel/netlink.h"

namespace ike::kernel {
namespace {

constexpr uint8_t kIcmp = 1, kUnreachable = 3;
constexpr ReqId kNobody{0};

model::FlowSpec admitting(const model::SelectorPair& selectors) {
  model::FlowSpec flow;
  flow.reqid = kNobody;
  flow.selectors = selectors;
  flow.action = model::FlowAction::bypass;
  flow.priority = 0;
  return flow;
}

// A flow as a barrier: behind everything that lets through, in the order of the flows.
model::FlowSpec barrier_of(const model::FlowSpec& flow) {
  model::FlowSpec barrier = flow;
  if (flow.action != model::FlowAction::bypass) barrier.action = model::FlowAction::discard;
  barrier.priority = std::max(flow.priority + 1, flow.priority);
  return barrier;
}

model::TrafficSelector inside(const AddressRange& range) {
  model::TrafficSelector selector;
  selector.addresses = range;
  return selector;
}

}  // namespace

ClearGuard::ClearGuard(int xfrm, bool exempt) : xfrm_(exempt ? xfrm : -1) {
  if (xfrm_ < 0) return;
  // A killed predecessor's stand for flows that nobody has.
  std::vector<Blob> removals;
  const int error = netlink_talk(xfrm_, xfrm::list_policies(), [&](const nlmsghdr& m) {
    if (auto removal = xfrm::removal_of_our_barrier(m)) removals.push_back(std::move(*removal));
  });
  if (error != 0) xfrm_ = -1;
  send(removals);
}

ClearGuard::~ClearGuard() { send(book_.clear()); }

int ClearGuard::send(const std::vector<Blob>& messages) {
  int first = 0;
  for (const Blob& message : messages) {
    const int error = netlink_talk(xfrm_, message);
    if (first == 0) first = error;
  }
  return first;
}

// Also where a flow covers the outer addresses routers may tell the path's MTU (RFC 4301 section
// 6.1.1 leaves it to us).
void ClearGuard::admit_signalling() {
  if (std::exchange(signalling_, true)) return;
  auto any = model::TrafficSelector::of(Prefix{Address::any(Family::ipv4), 0}, kIcmp);
  any.port_first = kUnreachable << 8;
  any.port_last = kUnreachable << 8 | 0xff;
  if (const auto change = book_.put({admitting({any, any})})) send(change->messages);
}

int ClearGuard::add(const model::FlowSpec& flow) {
  const auto& [local, remote] = flow.selectors;
  if (!guards(local.addresses.family())) return 0;
  admit_signalling();
  // With a remote side that contains the local one, hosts of the local side still meet each other.
  if (remote.addresses.contains(local.addresses) && ++at_home_[local.addresses] == 1) {
    const auto home = inside(local.addresses);
    if (const auto change = book_.put({admitting({home, home})})) send(change->messages);
  }
  const auto change = book_.put({barrier_of(flow)});
  if (!change) return 0;
  const int error = send(change->messages);
  if (error != 0) send(book_.undo(*change));
  return error;
}

void ClearGuard::remove(const model::FlowSpec& flow) {
  const auto& [local, remote] = flow.selectors;
  if (!guards(local.addresses.family())) return;
  send(book_.remove({barrier_of(flow)}));
  if (!remote.addresses.contains(local.addresses)) return;
  const auto at = at_home_.find(local.addresses);
  if (at == at_home_.end() || --at->second > 0) return;
  const auto home = inside(local.addresses);
  send(book_.remove({admitting({home, home})}));
  at_home_.erase(at);
}

}  // namespace ike::kernel
