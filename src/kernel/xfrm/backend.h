// The kernel's own IPsec, over NETLINK_XFRM.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "kernel/factory.h"

namespace ike::kernel {

class XfrmBackend final : public KernelBackend {
 public:
  explicit XfrmBackend(Resources resources);
  ~XfrmBackend() override;

  void submit(Instant now, model::KernelRequest request) override;
  std::vector<int> fds() const override { return {events_}; }
  void poll(Instant now, std::vector<model::KernelEvent>& out) override;
  std::optional<Instant> next_deadline() const override;
  Capabilities capabilities() const override;
  std::string take_complaint() override { return std::exchange(complaint_, {}); }

 private:
  using Answer = Result<model::KernelAnswer>;

  Answer answer(const model::KernelRequest& request);
  Answer install(const model::InstallSas& request);
  Answer remove(const model::RemoveSas& request);
  Answer move(const model::MoveSas& request);
  Answer query(const model::QuerySas& request);
  Answer allocate(const model::AllocateSpi& request);
  Answer flush_all();
  Result<std::vector<Blob>> install_messages(const model::InstallSas& request);
  void undo(const model::InstallSas& request, const std::vector<int>& errors);
  std::optional<Blob> fetch_moved(const model::SaMove& move);
  std::unexpected<Error> refused(std::string_view part, int error);
  int talk(const std::vector<Blob>& messages, std::vector<int>* errors = nullptr);
  void read_events(std::vector<model::KernelEvent>& out);

  Resources resources_;
  int requests_, events_, routes_;
  std::deque<model::KernelRequest> queue_;
  std::set<model::SaId> reserved_;                          // SPIs that AllocateSpi took
  std::map<uint32_t, std::vector<model::FlowSpec>> flows_;  // ours, by reqid
  std::set<std::pair<std::string_view, int>> told_;         // refusals that were reported
  std::string complaint_;
};

}  // namespace ike::kernel
