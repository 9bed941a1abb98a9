// The embedded data plane: userspace ESP over a TUN device.
#pragma once

#include <deque>
#include <set>

#include "esp/pipeline.h"
#include "kernel/factory.h"
#include "kernel/tun/clear_guard.h"
#include "kernel/tun/device.h"
#include "kernel/tun/receive_ring.h"
#include "kernel/tun/routes.h"
#include "kernel/tun/transmit.h"

namespace ike::kernel {

class TunBackend final : public KernelBackend {
 public:
  TunBackend(Resources resources, Services services);

  void submit(Instant now, model::KernelRequest request) override;
  std::vector<int> fds() const override;
  void poll(Instant now, std::vector<model::KernelEvent>& out) override;
  std::optional<Instant> next_deadline() const override;
  Capabilities capabilities() const override;
  std::string take_complaint() override { return std::exchange(complaint_, {}); }

  const esp::PipelineStats& stats() const { return pipeline_.stats(); }

 private:
  struct Outer {
    int fd;
    OuterKind kind;
  };

  Result<model::KernelAnswer> answer(Instant now, const model::KernelRequest& request);
  Result<model::KernelAnswer> install(Instant now, const model::InstallSas& request);
  int lead_in(const model::FlowSpec& flow);  // 0 or an errno
  void lead_out(const model::FlowSpec& flow);
  void remove_flow_ways(const model::FlowSpec& flow);
  void tell_unguarded(Family family);
  Result<model::KernelAnswer> allocate();
  void learn_path(const Address& remote);
  void from_inside(Instant now);
  void from_outside(Instant now, const Outer& outer);
  void deliver();  // to the inside
  void flush();    // to the network

  Resources resources_;
  Random& random_;
  esp::Pipeline pipeline_;
  esp::Batch batch_;
  esp::Coalescer coalescer_;
  TunDevice tun_;
  Routes routes_;
  ClearGuard guard_;
  std::set<Family> told_unguarded_;
  std::vector<Outer> outer_;
  Transmit transmit_;
  ReceiveRing ring_;
  std::deque<model::KernelRequest> requests_;
  std::vector<Address> too_narrow_;
  std::string complaint_;
};

}  // namespace ike::kernel
