#include "kernel/tun/backend.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/overloaded.h"
#include "kernel/netlink.h"
#include "kernel/rtnetlink/find.h"
#include "kernel/socket_address.h"

namespace ike::kernel {
namespace {

// A poll() ends after this much although there may be more, so that requests are not starved.
constexpr int kReadsPerPoll = 64;
constexpr int kReceivesPerPoll = 4;

int fd_of(const Resources& resources, ResourceKind kind) {
  const auto at = std::ranges::find(resources.descriptors, kind, &Resource::kind);
  return at == resources.descriptors.end() ? -1 : at->fd.value();
}

Endpoint bound_to(int fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return {};
  return from_system(name);
}

bool exempt_from_policies(int netlink, unsigned device) {
  bool exempt = false;
  netlink_talk(netlink, rtnetlink::find_link(device),
               [&](const nlmsghdr& m) { exempt |= rtnetlink::parse_policy_exemption(m); });
  return exempt;
}

OuterSockets sockets_of(const Resources& resources) {
  OuterSockets sockets;
  sockets.raw_v4 = fd_of(resources, ResourceKind::esp_v4);
  sockets.raw_v6 = fd_of(resources, ResourceKind::esp_v6);
  sockets.clear_v4 = fd_of(resources, ResourceKind::clear_v4);
  sockets.clear_v6 = fd_of(resources, ResourceKind::clear_v6);
  for (const Resource& resource : resources.descriptors) {
    if (resource.kind != ResourceKind::encap_v4 && resource.kind != ResourceKind::encap_v6) {
      continue;
    }
    sockets.encap.push_back({resource.fd.value(), bound_to(resource.fd.value())});
  }
  return sockets;
}

}  // namespace

TunBackend::TunBackend(Resources resources, Services services)
    : resources_(std::move(resources)),
      random_(services.random),
      pipeline_(services.provider, services.random),
      tun_(fd_of(resources_, ResourceKind::tun), resources_.vnet_header),
      routes_(fd_of(resources_, ResourceKind::routes), resources_.device_index),
      guard_(
          fd_of(resources_, ResourceKind::xfrm),
          exempt_from_policies(fd_of(resources_, ResourceKind::routes), resources_.device_index)),
      transmit_(sockets_of(resources_)) {
  for (const Resource& resource : resources_.descriptors) {
    switch (resource.kind) {
      case ResourceKind::esp_v4: outer_.push_back({resource.fd.value(), OuterKind::raw_v4}); break;
      case ResourceKind::esp_v6: outer_.push_back({resource.fd.value(), OuterKind::raw_v6}); break;
      case ResourceKind::encap_v4:
        outer_.push_back({resource.fd.value(), OuterKind::udp_v4});
        break;
      case ResourceKind::encap_v6:
        outer_.push_back({resource.fd.value(), OuterKind::udp_v6});
        break;
      default: break;
    }
  }
}

Capabilities TunBackend::capabilities() const {
  return {.name = "tun",
          .carries_traffic = true,
          .transport_mode = true,
          .extended_sequence_numbers = true,
          .encapsulation = true,
          .replay_window_max = limits::kReplayWindowMax};
}

std::vector<int> TunBackend::fds() const {
  std::vector<int> fds{tun_.fd()};
  for (const Outer& outer : outer_) fds.push_back(outer.fd);
  return fds;
}

std::optional<Instant> TunBackend::next_deadline() const {
  if (!requests_.empty()) return Instant{};
  return pipeline_.next_deadline();
}

void TunBackend::submit(Instant, model::KernelRequest request) {
  requests_.push_back(std::move(request));
}

void TunBackend::poll(Instant now, std::vector<model::KernelEvent>& out) {
  while (!requests_.empty()) {
    const model::KernelRequest request = std::move(requests_.front());
    requests_.pop_front();
    const Ticket ticket = std::visit([](const auto& r) { return r.ticket; }, request);
    out.push_back(model::KernelReply{ticket, answer(now, request)});
  }
  from_inside(now);
  for (const Outer& outer : outer_) from_outside(now, outer);
  pipeline_.collect(now, out);
}

// ---- packets
// --------------------------------------------------------------------------------------

void TunBackend::from_inside(Instant now) {
  for (int i = 0; i < kReadsPerPoll; ++i) {
    const FromInside got = tun_.read();
    if (got.packet.empty()) break;
    pipeline_.outbound(now, got.packet, got.offload, batch_);
    // Clear text still lies in the device's buffer.
    if (batch_.wants_flush() || !batch_.clear_text.empty()) flush();
  }
  flush();
}

void TunBackend::from_outside(Instant now, const Outer& outer) {
  for (int i = 0; i < kReceivesPerPoll; ++i) {
    const auto& received = ring_.receive(outer.fd, outer.kind);
    for (const ReceivedBuffer& buffer : received) {
      for (size_t at = 0; at < buffer.data.size(); at += buffer.segment_size) {
        const size_t size = std::min(buffer.segment_size, buffer.data.size() - at);
        const auto inner = pipeline_.inbound(
            now, {buffer.data.subspan(at, size), buffer.from, buffer.to, buffer.tos}, batch_);
        if (!inner.packet.empty()) {
          coalescer_.add(inner.packet, inner.ip, tun_.superframes());
        }
        if (batch_.wants_flush()) deliver();
      }
    }
    deliver();
    if (received.size() < ReceiveRing::kMessages) break;
  }
}

void TunBackend::deliver() {
  for (const esp::Delivery& delivery : coalescer_.finish()) tun_.write(delivery);
  coalescer_.clear();
  batch_.clear();
}

void TunBackend::flush() {
  transmit_.send(batch_, too_narrow_);
  for (const Blob& answer : batch_.to_inside) tun_.write(answer);
  batch_.clear();
  if (too_narrow_.empty()) return;
  std::ranges::sort(too_narrow_);
  const auto repeated = std::ranges::unique(too_narrow_);
  too_narrow_.erase(repeated.begin(), repeated.end());
  for (const Address& remote : too_narrow_) learn_path(remote);
  too_narrow_.clear();
}

void TunBackend::learn_path(const Address& remote) {
  const auto route = routes_.find(remote);
  if (!route || route->mtu == 0) return;
  pipeline_.set_path_mtu(remote, static_cast<uint16_t>(std::min<uint32_t>(route->mtu, 65535)));
}

// ---- requests
// -------------------------------------------------------------------------------------

Result<model::KernelAnswer> TunBackend::answer(Instant now, const model::KernelRequest& request) {
  using Answer = Result<model::KernelAnswer>;
  return std::visit(overloaded{
                        [&](const model::InstallSas& r) -> Answer { return install(now, r); },
                        [&](const model::RemoveSas& r) -> Answer {
                          for (const model::FlowSpec& flow : r.flows) remove_flow_ways(flow);
                          pipeline_.remove(r);
                          return model::KernelAnswer{};
                        },
                        [&](const model::MoveSas& r) -> Answer {
                          IKE_CHECK(pipeline_.move(r));
                          if (r.tunnel_remote.bits() != 0) learn_path(r.tunnel_remote);
                          return model::KernelAnswer{};
                        },
                        [&](const model::QuerySas& r) -> Answer {
                          model::KernelAnswer found;
                          found.counters = pipeline_.query(now, r);
                          return found;
                        },
                        [&](const model::AllocateSpi&) -> Answer { return allocate(); },
                        [&](const model::FindSource& r) -> Answer {
                          return rtnetlink::find_source(fd_of(resources_, ResourceKind::routes),
                                                        r.remote, kOuterMark);
                        },
                        [&](const model::FlushAll&) -> Answer {
                          for (const model::FlowSpec* flow : pipeline_.spd().all())
                            remove_flow_ways(*flow);
                          pipeline_.flush_all();
                          return model::KernelAnswer{};
                        },
                    },
                    request);
}

Result<model::KernelAnswer> TunBackend::install(Instant now, const model::InstallSas& request) {
  std::vector<const model::FlowSpec*> added;
  for (const model::FlowSpec& flow : request.flows) {
    if (pipeline_.spd().exact(flow.reqid, flow.selectors) != nullptr) continue;
    const int error = lead_in(flow);
    added.push_back(&flow);
    if (error == 0) continue;
    complaint_ = std::string("tun: cannot set the route or the inbound policy for ") +
                 flow.selectors.text() + ": " + std::strerror(error);
    for (const model::FlowSpec* undo : added) lead_out(*undo);
    return fail(Fault::internal, "tun: the kernel refused a route or a policy");
  }
  for (const model::SaSpec& sa : request.sas) {
    if (sa.direction == model::Direction::outbound) learn_path(sa.id.destination);
  }
  if (const auto installed = pipeline_.install(now, request, batch_); !installed) {
    for (const model::FlowSpec* undo : added) lead_out(*undo);
    return std::unexpected(installed.error());
  }
  flush();
  return model::KernelAnswer{};
}

// What the flow protects comes into the device, and arrives in no other way.
int TunBackend::lead_in(const model::FlowSpec& flow) {
  tell_unguarded(flow.selectors.local.addresses.family());
  const int error = flow.action == model::FlowAction::bypass ? 0 : routes_.add(flow);
  return error != 0 ? error : guard_.add(flow);
}

void TunBackend::lead_out(const model::FlowSpec& flow) {
  guard_.remove(flow);
  if (flow.action != model::FlowAction::bypass) routes_.remove(flow);
}

void TunBackend::tell_unguarded(Family family) {
  if (guard_.guards(family) || !told_unguarded_.insert(family).second) return;
  const bool v6 = family == Family::ipv6;
  complaint_ = std::string("tun: ") + (v6 ? "IPv6" : "IPv4") +
               " packets that arrive in the clear although a flow protects them are not dropped (" +
               (v6 ? "Linux cannot exempt a device from IPv6 policies" : "no XFRM policies here") +
               "): drop them by a packet filter";
}

void TunBackend::remove_flow_ways(const model::FlowSpec& flow) {
  const esp::Rule* const rule = pipeline_.spd().exact(flow.reqid, flow.selectors);
  if (rule != nullptr) lead_out(rule->flow);
}

Result<model::KernelAnswer> TunBackend::allocate() {
  for (;;) {
    const EspSpi spi(random_.u32());
    if (spi.raw() > 255 && !pipeline_.has(spi)) {
      model::KernelAnswer found;
      found.spi = spi;
      return found;
    }
  }
}

}  // namespace ike::kernel
