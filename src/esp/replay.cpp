#include "esp/replay.h"

#include <algorithm>

#include "base/limits.h"

namespace ike::esp {

ReplayWindow::ReplayWindow(uint32_t size, bool extended)
    : size_(std::min(size, limits::kReplayWindowMax)),
      extended_(extended),
      words_(size_ == 0 ? 1 : (size_ + 63) / 64 + 1) {}

//= RFC 4303 appendix A2.2: the high half is the one that puts the number nearest to the window
uint64_t ReplayWindow::complete(uint32_t low) const {
  if (!extended_) return low;
  const uint64_t high = highest_ >> 32;
  const auto top = static_cast<uint32_t>(highest_);
  // Without a check packets may come in any order: the nearest number of all.
  const uint32_t window = size_ == 0 ? 1u << 31 : size_;
  const uint32_t bottom = top - window + 1;  // wraps as the appendix wants it
  if (top >= window - 1) return (low >= bottom ? high : high + 1) << 32 | low;
  // The window spans two subspaces; before the first wrap there is no lower one.
  if (low >= bottom && high > 0) return (high - 1) << 32 | low;
  return high << 32 | low;
}

bool ReplayWindow::fresh(uint64_t sequence) const {
  //= RFC 4303 section 3.3.3: the first packet has number 1
  if (size_ == 0) return true;
  if (sequence == 0) return false;
  if (sequence > highest_) return true;
  if (highest_ - sequence >= size_) return false;
  return (words_[word_of(sequence)] >> (sequence % 64) & 1) == 0;
}

bool ReplayWindow::accept(uint64_t sequence) {
  if (size_ == 0) {
    highest_ = std::max(highest_, sequence);
    return true;
  }
  if (!fresh(sequence)) return false;
  if (sequence > highest_) {
    const uint64_t steps = std::min<uint64_t>(sequence / 64 - highest_ / 64, words_.size());
    for (uint64_t i = 1; i <= steps; ++i) words_[word_of((highest_ / 64 + i) * 64)] = 0;
    highest_ = sequence;
  }
  words_[word_of(sequence)] |= uint64_t{1} << (sequence % 64);
  return true;
}

}  // namespace ike::esp
