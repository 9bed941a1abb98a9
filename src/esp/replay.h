// The window against replayed packets, with extended sequence numbers.  RFC 4303 section 3.4.3 and
// appendix A; the ring of words is the way of RFC 6479.
#pragma once

#include <cstdint>
#include <vector>

namespace ike::esp {

class ReplayWindow {
 public:
  // `size` in packets, capped by kReplayWindowMax; 0 switches the check off.
  ReplayWindow(uint32_t size, bool extended);

  // The whole number of a packet that carries the low 32 bits only.
  uint64_t complete(uint32_t low) const;
  // Would this number be new?  To be asked before the packet is authenticated.
  bool fresh(uint64_t sequence) const;
  // Notes an authenticated packet; false when it was not fresh after all.
  bool accept(uint64_t sequence);

  uint64_t highest() const { return highest_; }

 private:
  uint64_t word_of(uint64_t sequence) const { return (sequence / 64) % words_.size(); }

  uint32_t size_;
  bool extended_;
  uint64_t highest_ = 0;
  std::vector<uint64_t> words_;  // one word more than the window needs
};

}  // namespace ike::esp
