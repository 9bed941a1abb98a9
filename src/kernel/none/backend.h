// Accepts SAs and installs nothing: for measuring the rest of the engine, and for trying a
// configuration without touching the machine.
#pragma once

#include <deque>
#include <set>

#include "base/random.h"
#include "kernel/backend.h"
#include "kernel/fd.h"

namespace ike::kernel {

class NoneBackend final : public KernelBackend {
 public:
  // `routes`: an rtnetlink descriptor for FindSource; without one that is refused.
  NoneBackend(Random& random, Fd routes) : random_(random), routes_(std::move(routes)) {}

  void submit(Instant now, model::KernelRequest request) override;
  std::vector<int> fds() const override { return {}; }
  void poll(Instant now, std::vector<model::KernelEvent>& out) override;
  std::optional<Instant> next_deadline() const override;
  Capabilities capabilities() const override;
  size_t size() const { return sas_.size(); }

 private:
  Result<model::KernelAnswer> answer(const model::KernelRequest& request);

  Random& random_;
  Fd routes_;
  std::set<model::SaId> sas_;
  std::deque<model::KernelReply> replies_;
};

}  // namespace ike::kernel
