// Owns the IKE SAs and finds them: by slot (tickets, timers), by our SPI (datagrams), by the peer's
// identity and by connection.  Walks go by slot, so their order can be repeated.
#pragma once

#include <memory>
#include <vector>

#include "base/keyed_hash.h"
#include "base/limits.h"
#include "ikev2/ike_sa.h"

namespace ike::engine {

class SaTable {
 public:
  explicit SaTable(KeyedHash hash, size_t most = limits::kIkeSasMax)
      : most_(most), by_spi_(16, hash), init_(16, hash) {}

  // Null when the table is full.  `own` must not be in use.
  v2::IkeSa* create(IkeSpi own);
  void erase(v2::IkeSa& sa);

  v2::IkeSa* by_spi(IkeSpi own) const;
  v2::IkeSa* at(uint32_t slot) const {
    return slot < slots_.size() ? slots_[slot].sa.get() : nullptr;
  }
  v2::IkeSa* at(uint32_t slot, uint16_t generation) const;
  size_t size() const { return by_spi_.size(); }
  uint32_t slots() const { return static_cast<uint32_t>(slots_.size()); }

  template <typename F>
  void for_each(F f) const {
    for (uint32_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].sa) f(*slots_[i].sa);
    }
  }

  // Half-open responder SAs by a digest of their IKE_SA_INIT request and its source.
  void remember_init(uint64_t digest, const v2::IkeSa& sa) { init_[Ticket(digest)] = sa.slot; }
  void forget_init(uint64_t digest) { init_.erase(Ticket(digest)); }
  v2::IkeSa* by_init(uint64_t digest) const;

 private:
  struct Slot {
    std::unique_ptr<v2::IkeSa> sa;
    uint16_t generation = 0;
  };

  size_t most_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  KeyedMap<IkeSpi, uint32_t> by_spi_;
  KeyedMap<Ticket, uint32_t> init_;
};

}  // namespace ike::engine
