#include "kernel/none/backend.h"

#include "base/limits.h"
#include "base/overloaded.h"
#include "kernel/rtnetlink/find.h"

namespace ike::kernel {

void NoneBackend::submit(Instant, model::KernelRequest request) {
  const Ticket ticket = std::visit([](const auto& r) { return r.ticket; }, request);
  replies_.push_back({ticket, answer(request)});
}

void NoneBackend::poll(Instant, std::vector<model::KernelEvent>& out) {
  for (model::KernelReply& reply : replies_) out.push_back(std::move(reply));
  replies_.clear();
}

std::optional<Instant> NoneBackend::next_deadline() const {
  if (replies_.empty()) return std::nullopt;
  return Instant{};
}

Capabilities NoneBackend::capabilities() const {
  return {.name = "none",
          .carries_traffic = false,
          .transport_mode = true,
          .extended_sequence_numbers = true,
          .encapsulation = true,
          .replay_window_max = limits::kReplayWindowMax};
}

Result<model::KernelAnswer> NoneBackend::answer(const model::KernelRequest& request) {
  using Answer = Result<model::KernelAnswer>;
  return std::visit(overloaded{
                        [&](const model::InstallSas& r) -> Answer {
                          for (const model::SaSpec& sa : r.sas) {
                            if (sas_.contains(sa.id)) {
                              return fail(Fault::refused, "an SA with this SPI is there already");
                            }
                          }
                          for (const model::SaSpec& sa : r.sas) sas_.insert(sa.id);
                          return model::KernelAnswer{};
                        },
                        [&](const model::RemoveSas& r) -> Answer {
                          for (const model::SaId& id : r.sas) sas_.erase(id);
                          return model::KernelAnswer{};
                        },
                        [&](const model::MoveSas& r) -> Answer {
                          for (const model::SaMove& move : r.sas) {
                            if (!sas_.contains(move.id))
                              return fail(Fault::refused, "no such SA to move");
                          }
                          for (const model::SaMove& move : r.sas) {
                            sas_.erase(move.id);
                            sas_.insert({move.destination, move.id.spi, move.id.protocol});
                          }
                          return model::KernelAnswer{};
                        },
                        [&](const model::QuerySas& r) -> Answer {
                          model::KernelAnswer found;
                          for (const model::SaId& id : r.sas) {
                            if (sas_.contains(id)) found.counters.push_back({.id = id});
                          }
                          return found;
                        },
                        [&](const model::AllocateSpi&) -> Answer {
                          model::KernelAnswer found;
                          while (found.spi.raw() <= 255) found.spi = EspSpi(random_.u32());
                          return found;
                        },
                        [&](const model::FindSource& r) -> Answer {
                          return rtnetlink::find_source(routes_.value(), r.remote, 0);
                        },
                        [&](const model::FlushAll&) -> Answer {
                          sas_.clear();
                          return model::KernelAnswer{};
                        },
                    },
                    request);
}

}  // namespace ike::kernel
