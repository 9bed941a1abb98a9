#include "privsep/live_counters.h"

#include <algorithm>
#include <map>

namespace ike::privsep {
namespace {

// The engine's tickets begin with a number of an IKE SA, or with this one's successor.
constexpr uint64_t kOurs = uint64_t{0xfffffe} << 40;

model::SaId id_of(const model::ChildSaReport& child) {
  return {child.destination, child.spi, child.protocol};
}

}  // namespace

std::optional<model::QuerySas> LiveCounters::hold(model::ControlReply&& reply) {
  model::QuerySas query;
  for (const model::IkeSaReport& sa : reply.sas) {
    for (const model::ChildSaReport& child : sa.children) {
      if (child.loaded) query.sas.push_back(id_of(child));
    }
  }
  Waiting& waiting = waiting_.emplace_back(Waiting{std::move(reply), {}});
  if (query.sas.empty()) return std::nullopt;
  waiting.question = query.ticket = Ticket(kOurs | (++last_ & 0xffffffffff));
  return query;
}

bool LiveCounters::take(const model::KernelReply& reply) {
  if ((reply.ticket.raw() & ~uint64_t{0xffffffffff}) != kOurs) return false;
  const auto found = std::ranges::find(waiting_, reply.ticket, &Waiting::question);
  if (found == waiting_.end()) return true;
  found->question = Ticket();
  if (!reply.result) return true;  // what the engine knew is better than nothing
  std::map<model::SaId, const model::SaCounters*> counters;
  for (const model::SaCounters& each : reply.result->counters) counters[each.id] = &each;
  for (model::IkeSaReport& sa : found->reply.sas) {
    for (model::ChildSaReport& child : sa.children) {
      const auto counted = counters.find(id_of(child));
      if (counted == counters.end()) continue;
      child.bytes = counted->second->bytes;
      child.packets = counted->second->packets;
    }
  }
  return true;
}

std::optional<model::ControlReply> LiveCounters::next() {
  if (waiting_.empty() || waiting_.front().question) return std::nullopt;
  model::ControlReply reply = std::move(waiting_.front().reply);
  waiting_.pop_front();
  return reply;
}

}  // namespace ike::privsep
