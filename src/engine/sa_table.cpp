#include "engine/sa_table.h"

namespace ike::engine {

v2::IkeSa* SaTable::create(IkeSpi own) {
  if (size() >= most_) return nullptr;
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Slot& entry = slots_[slot];
  entry.sa = std::make_unique<v2::IkeSa>();
  entry.sa->slot = slot;
  entry.sa->generation = ++entry.generation;
  by_spi_[own] = slot;
  return entry.sa.get();
}

void SaTable::erase(v2::IkeSa& sa) {
  const uint32_t slot = sa.slot;
  by_spi_.erase(sa.our_spi());
  slots_[slot].sa.reset();
  free_.push_back(slot);
}

v2::IkeSa* SaTable::by_spi(IkeSpi own) const {
  const auto it = by_spi_.find(own);
  return it == by_spi_.end() ? nullptr : slots_[it->second].sa.get();
}

v2::IkeSa* SaTable::at(uint32_t slot, uint16_t generation) const {
  v2::IkeSa* const sa = at(slot);
  return sa != nullptr && sa->generation == generation ? sa : nullptr;
}

v2::IkeSa* SaTable::by_init(uint64_t digest) const {
  const auto it = init_.find(Ticket(digest));
  return it == init_.end() ? nullptr : slots_[it->second].sa.get();
}

}  // namespace ike::engine
