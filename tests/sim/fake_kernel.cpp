#include "sim/fake_kernel.h"

#include <algorithm>

#include "base/overloaded.h"

namespace ike::sim {

void FakeKernel::submit(model::KernelRequest request) {
  ++waiting_;
  if (const auto admitted = guard_.admit(request); !admitted && !refusal_) {
    refusal_ = admitted.error();
  }
  // In order, as one process with one socket does it.
  last_done_ =
      std::max(last_done_, clock_.now() + random_.between(habits_.delay_min, habits_.delay_max));
  clock_.at(last_done_, [this, life = life_, r = std::move(request)]() mutable {
    if (life != life_) return;
    const Ticket ticket = std::visit([](const auto& x) { return x.ticket; }, r);
    auto result = execute(r);
    --waiting_;
    tell(model::KernelReply{ticket, std::move(result)});
  });
}

void FakeKernel::tell(model::KernelEvent event) {
  guard_.observe(event);
  report_(std::move(event));
}

void FakeKernel::wipe() {
  ++life_;
  waiting_ = 0;
  sas_.clear();
  flows_.clear();
  guard_ = kernel::Guard{};
}

Result<model::KernelAnswer> FakeKernel::execute(model::KernelRequest& request) {
  return std::visit(overloaded{
                        [&](model::InstallSas& r) { return install(r); },
                        [&](const model::RemoveSas& r) -> Result<model::KernelAnswer> {
                          for (const model::SaId& id : r.sas) sas_.erase(id);
                          for (const model::FlowSpec& gone : r.flows) {
                            std::erase_if(flows_, [&](const model::FlowSpec& f) {
                              return f.reqid == gone.reqid && f.selectors == gone.selectors;
                            });
                          }
                          return model::KernelAnswer{};
                        },
                        [&](const model::MoveSas& r) { return move(r); },
                        [&](const model::QuerySas& r) -> Result<model::KernelAnswer> {
                          model::KernelAnswer answer;
                          for (const model::SaId& id : r.sas) {
                            if (const InstalledSa* sa = find(id)) {
                              answer.counters.push_back(
                                  {.id = id, .bytes = sa->packets * 100, .packets = sa->packets});
                            }
                          }
                          return answer;
                        },
                        [&](const model::AllocateSpi&) -> Result<model::KernelAnswer> {
                          model::KernelAnswer answer;
                          answer.spi = EspSpi(random_.u32() | 0x1000);
                          return answer;
                        },
                        [&](const model::FindSource&) -> Result<model::KernelAnswer> {
                          model::KernelAnswer answer;
                          answer.source = own_;
                          return answer;
                        },
                        [&](const model::FlushAll&) -> Result<model::KernelAnswer> {
                          sas_.clear();
                          flows_.clear();
                          return model::KernelAnswer{};
                        },
                    },
                    request);
}

Result<model::KernelAnswer> FakeKernel::install(model::InstallSas& request) {
  if (!request.sas.empty() && random_.chance(habits_.refuse)) {
    return fail(Fault::internal, "the kernel has no memory");
  }
  for (const model::SaSpec& spec : request.sas) {
    if (sas_.contains(spec.id)) return fail(Fault::refused, "the SA is there already");
  }
  for (model::SaSpec& spec : request.sas) {
    const model::SaId id = spec.id;
    const model::SaLimits limits = spec.limits;
    const uint64_t order = next_order_++;
    sas_.emplace(id, InstalledSa{std::move(spec), order, 0});
    schedule_expiry(id, order, limits.soft_time, false);
    schedule_expiry(id, order, limits.hard_time, true);
  }
  for (const model::FlowSpec& flow : request.flows) add_flow(flow);
  return model::KernelAnswer{};
}

void FakeKernel::add_flow(const model::FlowSpec& flow) {
  for (model::FlowSpec& f : flows_) {
    if (f.reqid != flow.reqid || f.selectors != flow.selectors) continue;
    f = flow;
    return;
  }
  flows_.push_back(flow);
}

Result<model::KernelAnswer> FakeKernel::move(const model::MoveSas& request) {
  for (const model::SaMove& m : request.sas) {
    auto node = sas_.extract(m.id);
    if (node.empty()) continue;
    InstalledSa& sa = node.mapped();
    sa.spec.source = m.source;
    sa.spec.id.destination = m.destination;
    sa.spec.encapsulation = m.encapsulation;
    node.key() = sa.spec.id;
    sas_.insert(std::move(node));
  }
  for (model::FlowSpec& f : flows_) {
    if (f.reqid != request.reqid) continue;
    f.tunnel_local = request.tunnel_local;
    f.tunnel_remote = request.tunnel_remote;
  }
  return model::KernelAnswer{};
}

void FakeKernel::schedule_expiry(const model::SaId& id, uint64_t order, seconds after, bool hard) {
  if (after.count() == 0) return;
  clock_.after(after, [this, life = life_, spi = id.spi, order, hard] {
    if (life != life_) return;
    // It may have moved to another address meanwhile.
    for (const auto& [now_id, sa] : sas_) {
      if (sa.order != order || now_id.spi != spi) continue;
      expire(spi, hard);
      return;
    }
  });
}

void FakeKernel::expire(EspSpi spi, bool hard) {
  const auto at = std::ranges::find_if(sas_, [&](const auto& e) { return e.first.spi == spi; });
  if (at == sas_.end()) return;
  const model::SaId id = at->first;
  if (hard) sas_.erase(at);
  tell(model::Expired{id, hard});
}

const InstalledSa* FakeKernel::find(const model::SaId& id) const {
  const auto at = sas_.find(id);
  return at == sas_.end() ? nullptr : &at->second;
}

const InstalledSa* FakeKernel::inbound(EspSpi spi) const {
  for (const auto& [id, sa] : sas_) {
    if (id.spi == spi && sa.spec.direction == model::Direction::inbound) return &sa;
  }
  return nullptr;
}

const InstalledSa* FakeKernel::newest_outbound(ReqId reqid) const {
  const InstalledSa* newest = nullptr;
  for (const auto& [id, sa] : sas_) {
    if (sa.spec.direction != model::Direction::outbound || sa.spec.reqid != reqid) continue;
    if (newest == nullptr || sa.order > newest->order) newest = &sa;
  }
  return newest;
}

void FakeKernel::count_packet(const model::SaId& id) {
  if (const auto at = sas_.find(id); at != sas_.end()) ++at->second.packets;
}

bool FakeKernel::send_packet(const model::SelectorPair& packet) {
  for (const model::FlowSpec& f : flows_) {
    if (!f.selectors.contains(packet)) continue;
    if (const InstalledSa* sa = newest_outbound(f.reqid)) {
      count_packet(sa->spec.id);
    } else {
      report_(model::Acquire{f.reqid, packet});
    }
    return true;
  }
  return false;
}

}  // namespace ike::sim
