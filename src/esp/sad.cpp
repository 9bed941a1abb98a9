#include "esp/sad.h"

#include <algorithm>
#include <limits>

#include "esp/selector.h"

namespace ike::esp {
namespace {

// Before the numbers of an SA without ESN run out a successor has to be there.
constexpr uint64_t kSequenceReserve = 1u << 26;

uint64_t or_unlimited(uint64_t bytes) {
  return bytes == 0 ? std::numeric_limits<uint64_t>::max() : bytes;
}

std::optional<Instant> after(Instant now, seconds time) {
  if (time <= seconds(0)) return std::nullopt;
  return now + time;
}

}  // namespace

Sa::Sa(const model::SaSpec& spec, PacketCodec with, Instant now)
    : id(spec.id),
      direction(spec.direction),
      reqid(spec.reqid),
      mode(spec.mode),
      extended(spec.algorithms.esn == Esn::yes),
      path{spec.source, spec.id.destination, spec.encapsulation},
      selectors(spec.selectors),
      codec(std::move(with)),
      replay(spec.direction == model::Direction::inbound ? spec.replay_window : 0, extended),
      sequence_max(extended ? std::numeric_limits<uint64_t>::max()
                            : std::numeric_limits<uint32_t>::max()),
      soft_at(after(now, spec.limits.soft_time)),
      hard_at(after(now, spec.limits.hard_time)),
      soft_bytes(or_unlimited(spec.limits.soft_bytes)),
      hard_bytes(or_unlimited(spec.limits.hard_bytes)) {
  sequence_soft = sequence_max - kSequenceReserve;
}

size_t SaIdHash::operator()(const model::SaId& id) const noexcept {
  uint64_t h = id.spi.raw() * 0x9e3779b97f4a7c15u;
  for (const uint8_t octet : id.destination.octets()) h = (h ^ octet) * 0x100000001b3u;
  return static_cast<size_t>(h ^ h >> 32);
}

Result<Sa*> Sad::add(std::unique_ptr<Sa> sa) {
  Sa* const added = sa.get();
  const bool inbound = added->direction == model::Direction::inbound;
  if (sas_.contains(added->id) || (inbound && inbound_.contains(added->id.spi))) {
    return fail(Fault::refused, "an SA with this SPI is there already");
  }
  sas_.emplace(added->id, std::move(sa));
  if (inbound) {
    inbound_.emplace(added->id.spi, added);
  } else {
    outbound_[added->reqid].push_back(added);
  }
  return added;
}

bool Sad::remove(const model::SaId& id) {
  const auto at = sas_.find(id);
  if (at == sas_.end()) return false;
  const Sa* const sa = at->second.get();
  if (sa->direction == model::Direction::inbound) {
    inbound_.erase(id.spi);
  } else if (const auto list = outbound_.find(sa->reqid); list != outbound_.end()) {
    std::erase(list->second, sa);
    if (list->second.empty()) outbound_.erase(list);
  }
  sas_.erase(at);
  return true;
}

bool Sad::rename(const model::SaId& from, const model::SaId& to) {
  if (from == to) return true;
  if (sas_.contains(to)) return false;
  auto node = sas_.extract(from);
  if (node.empty()) return false;
  node.key() = to;
  node.mapped()->id = to;
  sas_.insert(std::move(node));
  return true;
}

Sa* Sad::find(const model::SaId& id) const {
  const auto at = sas_.find(id);
  return at == sas_.end() ? nullptr : at->second.get();
}

Sa* Sad::inbound(EspSpi spi) const {
  const auto at = inbound_.find(spi);
  return at == inbound_.end() ? nullptr : at->second;
}

Sa* Sad::outbound(ReqId reqid, const FlowKey& flow) const {
  const auto at = outbound_.find(reqid);
  if (at == outbound_.end()) return nullptr;
  const auto& list = at->second;
  const auto newest = std::find_if(list.rbegin(), list.rend(), [&](const Sa* sa) {
    return !sa->exhausted() && carries(sa->selectors, flow);
  });
  return newest == list.rend() ? nullptr : *newest;
}

void Sad::clear() {
  sas_.clear();
  inbound_.clear();
  outbound_.clear();
}

}  // namespace ike::esp
