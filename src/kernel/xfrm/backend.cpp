#include "kernel/xfrm/backend.h"

#include <libmnl/libmnl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/limits.h"
#include "base/overloaded.h"
#include "kernel/netlink.h"
#include "kernel/rtnetlink/find.h"
#include "kernel/xfrm/codec.h"

namespace ike::kernel {
namespace {

constexpr size_t kReservedMax = 4096;
constexpr int kReadsPerPoll = 32;

int fd_of(const Resources& resources, ResourceKind kind) {
  const auto at = std::ranges::find(resources.descriptors, kind, &Resource::kind);
  return at == resources.descriptors.end() ? -1 : at->fd.value();
}

bool same_flow(const model::FlowSpec& a, const model::FlowSpec& b) {
  return a.selectors == b.selectors;
}

}  // namespace

XfrmBackend::XfrmBackend(Resources resources)
    : resources_(std::move(resources)),
      requests_(fd_of(resources_, ResourceKind::xfrm)),
      events_(fd_of(resources_, ResourceKind::xfrm_events)),
      routes_(fd_of(resources_, ResourceKind::routes)) {
  // What a killed predecessor left would answer for SAs that nobody knows.
  flush_all();
}

XfrmBackend::~XfrmBackend() { flush_all(); }

Capabilities XfrmBackend::capabilities() const {
  return {.name = "xfrm",
          .carries_traffic = true,
          .transport_mode = true,
          .extended_sequence_numbers = true,
          .encapsulation = true,
          .replay_window_max = limits::kReplayWindowMax};
}

void XfrmBackend::submit(Instant, model::KernelRequest request) {
  queue_.push_back(std::move(request));
}

std::optional<Instant> XfrmBackend::next_deadline() const {
  if (queue_.empty()) return std::nullopt;
  return Instant{};
}

void XfrmBackend::poll(Instant, std::vector<model::KernelEvent>& out) {
  while (!queue_.empty()) {
    const model::KernelRequest request = std::move(queue_.front());
    queue_.pop_front();
    const Ticket ticket = std::visit([](const auto& r) { return r.ticket; }, request);
    out.push_back(model::KernelReply{ticket, answer(request)});
  }
  read_events(out);
}

void XfrmBackend::read_events(std::vector<model::KernelEvent>& out) {
  alignas(nlmsghdr) std::array<uint8_t, 16384> buffer;
  for (int i = 0; i < kReadsPerPoll; ++i) {
    const ssize_t got = recv(events_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && errno == ENOBUFS) {
      complaint_ = "xfrm: events were lost, the kernel's queue was full";
      continue;
    }
    if (got <= 0) return;
    int rest = static_cast<int>(got);
    for (auto* m = reinterpret_cast<const nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(m, rest);
         m = mnl_nlmsg_next(m, &rest)) {
      if (auto event = xfrm::parse_event(*m)) out.push_back(std::move(*event));
    }
  }
}

int XfrmBackend::talk(const std::vector<Blob>& messages, std::vector<int>* errors) {
  Blob all;
  for (const Blob& message : messages) append(all, message);
  return all.empty() ? 0 : netlink_talk(requests_, all, {}, errors);
}

std::unexpected<Error> XfrmBackend::refused(std::string_view part, int error) {
  if (told_.emplace(part, error).second) {
    complaint_ = std::string(part) + ": " + std::strerror(error);
  }
  return fail(error == EEXIST ? Fault::refused : Fault::internal, part);
}

XfrmBackend::Answer XfrmBackend::answer(const model::KernelRequest& request) {
  return std::visit(
      overloaded{
          [&](const model::InstallSas& r) { return install(r); },
          [&](const model::RemoveSas& r) { return remove(r); },
          [&](const model::MoveSas& r) { return move(r); },
          [&](const model::QuerySas& r) { return query(r); },
          [&](const model::AllocateSpi& r) { return allocate(r); },
          [&](const model::FindSource& r) { return rtnetlink::find_source(routes_, r.remote, 0); },
          [&](const model::FlushAll&) { return flush_all(); },
      },
      request);
}

Result<std::vector<Blob>> XfrmBackend::install_messages(const model::InstallSas& request) {
  std::vector<Blob> messages;
  for (const model::SaSpec& sa : request.sas) {
    const bool reserved = reserved_.contains(sa.id);
    IKE_TRY(Blob message, xfrm::add_sa(sa, reserved ? xfrm::Add::reserved : xfrm::Add::fresh));
    messages.push_back(std::move(message));
  }
  for (const model::FlowSpec& flow : request.flows) {
    IKE_TRY(auto policies, xfrm::add_policies(flow));
    std::ranges::move(policies, std::back_inserter(messages));
  }
  return messages;
}

// Takes back what of a failed installation the kernel did; the SAs' messages come first.
void XfrmBackend::undo(const model::InstallSas& request, const std::vector<int>& errors) {
  std::vector<Blob> messages;
  for (size_t i = 0; i < request.sas.size() && i < errors.size(); ++i) {
    if (errors[i] == 0) messages.push_back(xfrm::remove_sa(request.sas[i].id));
  }
  for (const model::FlowSpec& flow : request.flows) {
    const auto& known = flows_[flow.reqid.raw()];
    const bool there_before =
        std::ranges::any_of(known, [&](const auto& f) { return same_flow(f, flow); });
    auto policies = there_before ? xfrm::add_policies(flow) : xfrm::remove_policies(flow);
    if (policies) std::ranges::move(*policies, std::back_inserter(messages));
  }
  talk(messages);
}

XfrmBackend::Answer XfrmBackend::install(const model::InstallSas& request) {
  IKE_TRY(auto messages, install_messages(request));
  std::vector<int> errors;
  const int error = talk(messages, &errors);
  for (Blob& message : messages) wipe(message);
  if (error != 0) {
    const auto first = std::ranges::find_if(errors, [](int e) { return e != 0; });
    const auto index = static_cast<size_t>(first - errors.begin());
    const bool sa = index < request.sas.size();
    undo(request, errors);
    // The kernel forgets its reservations after half a minute.
    if (sa && error == ESRCH && reserved_.erase(request.sas[index].id) > 0) {
      return install(request);
    }
    return refused(sa ? "xfrm: the kernel refused an SA" : "xfrm: the kernel refused a policy",
                   error);
  }
  for (const model::SaSpec& sa : request.sas) reserved_.erase(sa.id);
  for (const model::FlowSpec& flow : request.flows) {
    auto& known = flows_[flow.reqid.raw()];
    std::erase_if(known, [&](const auto& f) { return same_flow(f, flow); });
    known.push_back(flow);
  }
  return model::KernelAnswer{};
}

XfrmBackend::Answer XfrmBackend::remove(const model::RemoveSas& request) {
  std::vector<Blob> messages;
  for (const model::SaId& id : request.sas) {
    messages.push_back(xfrm::remove_sa(id));
    reserved_.erase(id);
  }
  for (const model::FlowSpec& flow : request.flows) {
    const auto known = flows_.find(flow.reqid.raw());
    if (known == flows_.end()) continue;
    if (std::erase_if(known->second, [&](const auto& f) { return same_flow(f, flow); }) == 0) {
      continue;
    }
    if (known->second.empty()) flows_.erase(known);
    IKE_TRY(auto policies, xfrm::remove_policies(flow));
    std::ranges::move(policies, std::back_inserter(messages));
  }
  std::vector<int> errors;
  talk(messages, &errors);
  for (const int error : errors) {
    if (error != 0 && error != ESRCH && error != ENOENT) {
      return refused("xfrm: the kernel refused a removal", error);
    }
  }
  return model::KernelAnswer{};
}

std::optional<Blob> XfrmBackend::fetch_moved(const model::SaMove& move) {
  std::optional<Blob> moved;
  netlink_talk(requests_, xfrm::query_sa(move.id), [&](const nlmsghdr& m) {
    if (!moved) moved = xfrm::moved_sa(m, move);
  });
  return moved;
}

// The kernel cannot change an SA's addresses in place: it is read with its numbers, removed and
// put back.  Packets in between are lost.
XfrmBackend::Answer XfrmBackend::move(const model::MoveSas& request) {
  std::vector<Blob> removals;
  std::vector<Blob> additions;
  for (const model::SaMove& one : request.sas) {
    auto moved = fetch_moved(one);
    if (!moved) return fail(Fault::refused, "no such SA to move");
    removals.push_back(xfrm::remove_sa(one.id));
    additions.push_back(std::move(*moved));
  }
  if (const auto known = flows_.find(request.reqid.raw()); known != flows_.end()) {
    for (model::FlowSpec& flow : known->second) {
      flow.tunnel_local = request.tunnel_local;
      flow.tunnel_remote = request.tunnel_remote;
      IKE_TRY(auto policies, xfrm::add_policies(flow));
      std::ranges::move(policies, std::back_inserter(additions));
    }
  }
  talk(removals);
  const int error = talk(additions);
  for (Blob& message : additions) wipe(message);
  if (error != 0) return refused("xfrm: the kernel refused to move an SA", error);
  return model::KernelAnswer{};
}

XfrmBackend::Answer XfrmBackend::query(const model::QuerySas& request) {
  model::KernelAnswer found;
  timespec wall{};
  clock_gettime(CLOCK_REALTIME, &wall);
  for (const model::SaId& id : request.sas) {
    netlink_talk(requests_, xfrm::query_sa(id), [&](const nlmsghdr& m) {
      auto state = xfrm::parse_sa(m);
      if (!state || !xfrm::is_ours(state->kernel_reqid)) return;
      if (state->last_used != 0) {
        const auto idle =
            static_cast<int64_t>(wall.tv_sec) - static_cast<int64_t>(state->last_used);
        state->counters.since_last_use = seconds(std::max<int64_t>(0, idle));
      }
      found.counters.push_back(state->counters);
    });
  }
  return found;
}

XfrmBackend::Answer XfrmBackend::allocate(const model::AllocateSpi& request) {
  std::optional<model::SaId> id;
  const int error = netlink_talk(requests_, xfrm::allocate_spi(request.local, request.remote),
                                 [&](const nlmsghdr& m) {
                                   if (const auto state = xfrm::parse_sa(m)) id = state->id;
                                 });
  if (error != 0 || !id) return refused("xfrm: the kernel gave no SPI", error);
  if (reserved_.size() >= kReservedMax) reserved_.clear();
  reserved_.insert(*id);
  model::KernelAnswer answer;
  answer.spi = id->spi;
  return answer;
}

XfrmBackend::Answer XfrmBackend::flush_all() {
  std::vector<Blob> messages;
  netlink_talk(requests_, xfrm::list_sas(), [&](const nlmsghdr& m) {
    const auto state = xfrm::parse_sa(m);
    const bool ours =
        state && (xfrm::is_ours(state->kernel_reqid) || reserved_.contains(state->id));
    if (ours) messages.push_back(xfrm::remove_sa(state->id));
  });
  netlink_talk(requests_, xfrm::list_policies(), [&](const nlmsghdr& m) {
    if (auto removal = xfrm::removal_of_our_policy(m)) messages.push_back(std::move(*removal));
  });
  // Bypass and discard have no template that says whose they are.
  for (const auto& [reqid, flows] : flows_) {
    for (const model::FlowSpec& flow : flows) {
      if (flow.action == model::FlowAction::protect) continue;
      if (auto policies = xfrm::remove_policies(flow)) {
        std::ranges::move(*policies, std::back_inserter(messages));
      }
    }
  }
  flows_.clear();
  reserved_.clear();
  constexpr size_t kBatch = 64;
  for (size_t at = 0; at < messages.size(); at += kBatch) {
    const auto end = std::min(messages.size(), at + kBatch);
    talk({messages.begin() + static_cast<std::ptrdiff_t>(at),
          messages.begin() + static_cast<std::ptrdiff_t>(end)});
  }
  return model::KernelAnswer{};
}

}  // namespace ike::kernel
