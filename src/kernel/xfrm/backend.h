// The kernel's own IPsec, over NETLINK_XFRM.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "kernel/factory.h"
#include "kernel/xfrm/policy_book.h"

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
  Result<std::vector<Blob>> sa_messages(const model::InstallSas& request);
  bool forget_reservations(const model::InstallSas& request, const std::vector<int>& errors);
  struct Moved {
    Blob there, back;  // the messages that install an SA at its new and at its old place
  };
  std::optional<Moved> fetch_moved(const model::SaMove& move);
  std::unexpected<Error> refused(std::string_view part, int error);
  int talk(const std::vector<Blob>& messages, std::vector<int>* errors = nullptr);
  void read_events(std::vector<model::KernelEvent>& out);
  void pass_on(model::KernelEvent&& event, std::vector<model::KernelEvent>& out);
  void resync(std::vector<model::KernelEvent>& out);

  Resources resources_;
  int requests_, events_, routes_;
  std::deque<model::KernelRequest> queue_;
  struct Installed {
    model::SaLimits limits;
    bool soft_told = false;
  };
  std::set<model::SaId> reserved_;  // SPIs that AllocateSpi took
  std::deque<model::SaId> reserved_order_;
  std::map<model::SaId, Installed> sas_;
  xfrm::PolicyBook book_;
  std::set<std::pair<std::string_view, int>> told_;  // refusals that were reported
  std::string complaint_;
};

}  // namespace ike::kernel
