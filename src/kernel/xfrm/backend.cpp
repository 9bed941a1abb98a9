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
#include "esp/bounds.h"
#include "kernel/netlink.h"
#include "kernel/rtnetlink/find.h"
#include "kernel/xfrm/codec.h"

namespace ike::kernel {
namespace {

constexpr size_t kReservedMax = 4096;
// As many as the userspace data plane holds.
constexpr size_t kSasMax = esp::Bounds{}.sas, kFlowsMax = esp::Bounds{}.flows;
constexpr size_t kMessagesPerSend = 64;  // what a socket's send buffer takes for sure
constexpr int kReadsPerPoll = 32;

int fd_of(const Resources& resources, ResourceKind kind) {
  const auto at = std::ranges::find(resources.descriptors, kind, &Resource::kind);
  return at == resources.descriptors.end() ? -1 : at->fd.value();
}

uint64_t wall_seconds() {
  timespec wall{};
  clock_gettime(CLOCK_REALTIME, &wall);
  return static_cast<uint64_t>(wall.tv_sec);
}

bool past_soft(const xfrm::SaState& state, const model::SaLimits& limits) {
  const auto soft_seconds = static_cast<uint64_t>(limits.soft_time.count());
  return (limits.soft_bytes != 0 && state.counters.bytes >= limits.soft_bytes) ||
         (soft_seconds != 0 && state.added + soft_seconds <= wall_seconds());
}

model::SaId moved_id(const model::SaMove& move) {
  return {move.destination, move.id.spi, move.id.protocol};
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
  bool lost = false;
  for (int i = 0; i < kReadsPerPoll; ++i) {
    const ssize_t got = recv(events_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && errno == ENOBUFS) {
      lost = true;
      continue;
    }
    if (got <= 0) break;
    int rest = static_cast<int>(got);
    for (auto* m = reinterpret_cast<const nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(m, rest);
         m = mnl_nlmsg_next(m, &rest)) {
      if (auto event = xfrm::parse_event(*m)) pass_on(std::move(*event), out);
    }
  }
  if (!lost) return;
  complaint_ = "xfrm: the kernel's queue was full, events were lost; all SAs are looked at again";
  resync(out);
}

// Each end of a lifetime is told once, whether the kernel said it or a resync found it.
void XfrmBackend::pass_on(model::KernelEvent&& event, std::vector<model::KernelEvent>& out) {
  if (const auto* expired = std::get_if<model::Expired>(&event)) {
    const auto known = sas_.find(expired->id);
    if (known == sas_.end() || (!expired->hard && known->second.soft_told)) return;
    known->second.soft_told = true;
    if (expired->hard) sas_.erase(known);
  }
  out.push_back(std::move(event));
}

// What lost events would have said about SAs is still to be seen in the kernel.  A lost acquire is
// asked again by the kernel itself when its own wait for the SA is over.
void XfrmBackend::resync(std::vector<model::KernelEvent>& out) {
  std::map<model::SaId, xfrm::SaState> there;
  netlink_talk(requests_, xfrm::list_sas(), [&](const nlmsghdr& m) {
    const auto state = xfrm::parse_sa(m);
    if (state && xfrm::is_ours(state->kernel_reqid)) there.emplace(state->id, *state);
  });
  std::vector<model::Expired> found;
  for (const auto& [id, known] : sas_) {
    const auto at = there.find(id);
    if (at == there.end()) {
      found.push_back({id, true});
    } else if (past_soft(at->second, known.limits)) {
      found.push_back({id, false});
    }
  }
  for (const model::Expired& expired : found) pass_on(expired, out);
}

// In portions; `errors` has a place for each message, whatever became of it.
int XfrmBackend::talk(const std::vector<Blob>& messages, std::vector<int>* errors) {
  int first = 0;
  for (size_t at = 0; at < messages.size(); at += kMessagesPerSend) {
    const size_t count = std::min(kMessagesPerSend, messages.size() - at);
    Blob all;
    for (size_t i = 0; i < count; ++i) append(all, messages[at + i]);
    std::vector<int> results;
    const int error = netlink_talk(requests_, all, {}, &results);
    wipe(all);
    results.resize(count, error);
    if (first == 0) first = error;
    if (errors != nullptr) errors->insert(errors->end(), results.begin(), results.end());
  }
  return first;
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

Result<std::vector<Blob>> XfrmBackend::sa_messages(const model::InstallSas& request) {
  std::vector<Blob> messages;
  for (const model::SaSpec& sa : request.sas) {
    const bool reserved = reserved_.contains(sa.id);
    IKE_TRY(Blob message, xfrm::add_sa(sa, reserved ? xfrm::Add::reserved : xfrm::Add::fresh));
    messages.push_back(std::move(message));
  }
  return messages;
}

XfrmBackend::Answer XfrmBackend::install(const model::InstallSas& request) {
  if (sas_.size() + request.sas.size() > kSasMax || book_.flows() > kFlowsMax) {
    return fail(Fault::limit, "xfrm: as many SAs or flows as this process may hold");
  }
  IKE_TRY(auto messages, sa_messages(request));
  IKE_TRY(auto change, book_.put(request.flows));
  std::vector<int> errors;
  int error = talk(messages, &errors);
  for (Blob& message : messages) wipe(message);
  const bool sa_refused = error != 0;
  if (!sa_refused) error = talk(change.messages);
  if (error != 0) {
    std::vector<Blob> back;
    for (size_t i = 0; i < request.sas.size(); ++i) {
      if (errors[i] == 0) back.push_back(xfrm::remove_sa(request.sas[i].id));
    }
    std::ranges::move(book_.undo(change), std::back_inserter(back));
    talk(back);
    if (sa_refused && forget_reservations(request, errors)) return install(request);
    return refused(
        sa_refused ? "xfrm: the kernel refused an SA" : "xfrm: the kernel refused a policy", error);
  }
  for (const model::SaSpec& sa : request.sas) {
    reserved_.erase(sa.id);
    sas_[sa.id] = {sa.limits, false};
  }
  return model::KernelAnswer{};
}

// The kernel drops its reservations after half a minute; an SA that only lacked one is added
// afresh.
bool XfrmBackend::forget_reservations(const model::InstallSas& request,
                                      const std::vector<int>& errors) {
  bool again = false;
  for (size_t i = 0; i < request.sas.size(); ++i) {
    if (errors[i] == 0) reserved_.erase(request.sas[i].id);  // used up, and removed again
    if (errors[i] == ESRCH) again |= reserved_.erase(request.sas[i].id) > 0;
  }
  return again;
}

XfrmBackend::Answer XfrmBackend::remove(const model::RemoveSas& request) {
  std::vector<Blob> messages;
  for (const model::SaId& id : request.sas) {
    messages.push_back(xfrm::remove_sa(id));
    reserved_.erase(id);
    sas_.erase(id);
  }
  std::ranges::move(book_.remove(request.flows), std::back_inserter(messages));
  std::vector<int> errors;
  talk(messages, &errors);
  for (const int error : errors) {
    if (error != 0 && error != ESRCH && error != ENOENT) {
      return refused("xfrm: the kernel refused a removal", error);
    }
  }
  return model::KernelAnswer{};
}

std::optional<XfrmBackend::Moved> XfrmBackend::fetch_moved(const model::SaMove& move) {
  std::optional<Moved> moved;
  netlink_talk(requests_, xfrm::query_sa(move.id), [&](const nlmsghdr& m) {
    if (moved) return;
    auto there = xfrm::moved_sa(m, move);
    auto back = xfrm::same_sa(m);
    if (there && back) moved = Moved{std::move(*there), std::move(*back)};
  });
  return moved;
}

// The kernel cannot change an SA's addresses in place: it is read with its numbers, removed and
// put back.  Packets in between are lost.
XfrmBackend::Answer XfrmBackend::move(const model::MoveSas& request) {
  std::vector<Blob> removals, additions, old;
  for (const model::SaMove& one : request.sas) {
    auto moved = fetch_moved(one);
    if (!moved) return fail(Fault::refused, "no such SA to move");
    removals.push_back(xfrm::remove_sa(one.id));
    additions.push_back(std::move(moved->there));
    old.push_back(std::move(moved->back));
  }
  auto change = book_.move(request.reqid, request.tunnel_local, request.tunnel_remote);
  talk(removals);
  std::vector<int> errors;
  int error = talk(additions, &errors);
  if (error == 0) error = talk(change.messages);
  if (error != 0) {
    std::vector<Blob> back;
    for (size_t i = 0; i < request.sas.size(); ++i) {
      if (errors[i] == 0) back.push_back(xfrm::remove_sa(moved_id(request.sas[i])));
    }
    std::ranges::copy(old, std::back_inserter(back));
    std::ranges::move(book_.undo(change), std::back_inserter(back));
    talk(back);
    for (Blob& message : back) wipe(message);
  }
  for (std::vector<Blob>* const messages : {&additions, &old}) {
    for (Blob& message : *messages) wipe(message);
  }
  if (error != 0) return refused("xfrm: the kernel refused to move an SA", error);
  for (const model::SaMove& one : request.sas) {
    if (auto known = sas_.extract(one.id); !known.empty()) {
      known.key() = moved_id(one);
      sas_.insert(std::move(known));
    }
  }
  return model::KernelAnswer{};
}

XfrmBackend::Answer XfrmBackend::query(const model::QuerySas& request) {
  model::KernelAnswer found;
  const uint64_t wall = wall_seconds();
  for (const model::SaId& id : request.sas) {
    netlink_talk(requests_, xfrm::query_sa(id), [&](const nlmsghdr& m) {
      auto state = xfrm::parse_sa(m);
      if (!state || !xfrm::is_ours(state->kernel_reqid)) return;
      if (state->last_used != 0) {
        const uint64_t idle = wall - std::min(wall, state->last_used);
        state->counters.since_last_use = seconds(static_cast<int64_t>(idle));
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
  // The oldest went first in the kernel too.
  if (reserved_order_.size() >= kReservedMax) {
    reserved_.erase(reserved_order_.front());
    reserved_order_.pop_front();
  }
  if (reserved_.insert(*id).second) reserved_order_.push_back(*id);
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
  std::ranges::move(book_.clear(), std::back_inserter(messages));
  reserved_.clear();
  reserved_order_.clear();
  sas_.clear();
  talk(messages);
  return model::KernelAnswer{};
}

}  // namespace ike::kernel
