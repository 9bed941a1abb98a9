// Deadlines of many owners in one heap: set, move, cancel and pop in O(log n).  Equal deadlines pop
// in the order in which they were set, so that a run can be repeated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "base/time.h"

namespace ike {

// An owner is a small number that the caller chose (a slot index); each has at most one deadline.
class TimerQueue {
 public:
  void set(uint32_t owner, Instant at) {
    if (owner >= position_.size()) position_.resize(owner + size_t{1}, kAbsent);
    if (position_[owner] == kAbsent) {
      position_[owner] = static_cast<uint32_t>(heap_.size());
      heap_.push_back({at, next_order_++, owner});
      sift_up(heap_.size() - 1);
      return;
    }
    const size_t index = position_[owner];
    if (heap_[index].at == at) return;
    heap_[index].at = at;
    heap_[index].order = next_order_++;
    sift_down(sift_up(index));
  }

  void cancel(uint32_t owner) {
    if (owner >= position_.size() || position_[owner] == kAbsent) return;
    remove(position_[owner]);
  }

  std::optional<Instant> next() const {
    if (heap_.empty()) return std::nullopt;
    return heap_.front().at;
  }

  // The owner of the earliest deadline that is not after `now`; its deadline is gone.
  std::optional<uint32_t> pop_due(Instant now) {
    if (heap_.empty() || heap_.front().at > now) return std::nullopt;
    const uint32_t owner = heap_.front().owner;
    remove(0);
    return owner;
  }

  size_t size() const { return heap_.size(); }

 private:
  struct Node {
    Instant at;
    uint64_t order;
    uint32_t owner;

    bool before(const Node& other) const {
      return at != other.at ? at < other.at : order < other.order;
    }
  };
  static constexpr uint32_t kAbsent = std::numeric_limits<uint32_t>::max();

  void remove(size_t index) {
    position_[heap_[index].owner] = kAbsent;
    const Node last = heap_.back();
    heap_.pop_back();
    if (index == heap_.size()) return;
    place(index, last);
    sift_down(sift_up(index));
  }
  void place(size_t index, const Node& node) {
    heap_[index] = node;
    position_[node.owner] = static_cast<uint32_t>(index);
  }
  size_t sift_up(size_t index) {
    const Node node = heap_[index];
    while (index > 0) {
      const size_t parent = (index - 1) / 2;
      if (!node.before(heap_[parent])) break;
      place(index, heap_[parent]);
      index = parent;
    }
    place(index, node);
    return index;
  }
  void sift_down(size_t index) {
    const Node node = heap_[index];
    while (true) {
      size_t child = index * 2 + 1;
      if (child >= heap_.size()) break;
      if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
      if (!heap_[child].before(node)) break;
      place(index, heap_[child]);
      index = child;
    }
    place(index, node);
  }

  std::vector<Node> heap_;
  std::vector<uint32_t> position_;  // by owner
  uint64_t next_order_ = 0;
};

}  // namespace ike
