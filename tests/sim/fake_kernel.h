// A kernel that keeps SAs and flows, answers late, sometimes refuses, and lets SAs expire.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "kernel/guard.h"
#include "model/ports.h"
#include "sim/scheduler.h"
#include "sim/sim_random.h"

namespace ike::sim {

struct KernelHabits {
  Duration delay_min = microseconds(50);
  Duration delay_max = milliseconds(3);
  unsigned refuse = 0;  // per mille of the installations
};

struct InstalledSa {
  model::SaSpec spec;
  uint64_t order = 0;  // of installation: the newest one sends
  uint64_t packets = 0;
};

class FakeKernel {
 public:
  using Report = std::function<void(model::KernelEvent)>;

  FakeKernel(Scheduler& clock, SimRandom random, const Address& own, Report report)
      : clock_(clock), random_(random), own_(own), report_(std::move(report)) {}

  // What the guard of the process `kernel` judges by.
  void set_policy(model::PolicyPtr policy) { guard_.set_policy(std::move(policy)); }
  // The first request that the guard refused: the engine asked for what it must not have.
  const std::optional<Error>& refusal() const { return refusal_; }
  void set_habits(const KernelHabits& habits) { habits_ = habits; }
  void submit(model::KernelRequest request);
  // As at the end of a process that owned it all.
  void wipe();

  const std::map<model::SaId, InstalledSa>& sas() const { return sas_; }
  const std::vector<model::FlowSpec>& flows() const { return flows_; }
  const InstalledSa* find(const model::SaId& id) const;
  const InstalledSa* inbound(EspSpi spi) const;
  // What a packet that a flow protects would leave with: the newest outbound SA of the request ID.
  const InstalledSa* newest_outbound(ReqId reqid) const;

  // A packet meets a flow: an acquire when there is no SA.  False: no such flow.
  bool send_packet(const model::SelectorPair& packet);
  void expire(EspSpi inbound_or_outbound, bool hard);
  void count_packet(const model::SaId& id);
  size_t waiting() const { return waiting_; }  // requests without an answer

 private:
  void tell(model::KernelEvent event);
  Result<model::KernelAnswer> execute(model::KernelRequest& request);
  Result<model::KernelAnswer> install(model::InstallSas& request);
  Result<model::KernelAnswer> move(const model::MoveSas& request);
  void add_flow(const model::FlowSpec& flow);
  void schedule_expiry(const model::SaId& id, uint64_t order, seconds after, bool hard);

  Scheduler& clock_;
  SimRandom random_;
  Address own_;
  Report report_;
  KernelHabits habits_;
  kernel::Guard guard_;
  std::optional<Error> refusal_;
  std::map<model::SaId, InstalledSa> sas_;
  std::vector<model::FlowSpec> flows_;
  uint64_t next_order_ = 1;
  uint64_t life_ = 0;  // wiped so often
  size_t waiting_ = 0;
  Instant last_done_{};
};

}  // namespace ike::sim
