// The security policy database: which rule a packet falls under.  RFC 4301 section 4.4.1.
//
// Rules whose two address ranges are prefixes, nearly all of them, lie in one hash table per pair
// of prefix lengths; a search looks into each table once.  Other ranges are searched in order.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "esp/ip.h"
#include "esp/offload.h"
#include "model/sa_spec.h"

namespace ike::esp {

struct HeldPacket {
  Blob packet;
  Offload offload;
};

struct Rule {
  model::FlowSpec flow;
  uint64_t order = 0;                  // of installation; among equal priorities the first wins
  std::optional<Instant> acquired_at;  // when an SA was last asked for
  std::deque<HeldPacket> held;         // packets that wait for it
  size_t held_octets = 0;

  bool before(const Rule& other) const {
    return flow.priority != other.flow.priority ? flow.priority < other.flow.priority
                                                : order < other.order;
  }
};

class Spd {
 public:
  // A rule with the same reqid and selectors is updated.
  Rule& put(const model::FlowSpec& flow);
  bool remove(const model::FlowSpec& flow);
  Rule* exact(ReqId reqid, const model::SelectorPair& selectors) const;
  // The first rule in order that the outbound flow falls under.
  Rule* find(const FlowKey& flow) const;
  // Is there a protecting or discarding rule that the flow falls under but for its ports?
  bool may_cover(const FlowKey& flow) const;
  // In order of installation; empty when there are none.
  std::vector<Rule*> of(ReqId reqid) const;
  std::vector<const model::FlowSpec*> all() const;  // in order of installation
  size_t size() const { return rules_.size(); }
  void clear();

 private:
  struct PairKey {
    Address local;
    Address remote;
    friend bool operator==(const PairKey&, const PairKey&) = default;
  };
  struct PairHash {
    size_t operator()(const PairKey& key) const noexcept;
  };
  using Bucket = std::vector<Rule*>;  // in order
  struct Table {
    Family local_family, remote_family;
    uint8_t local_length, remote_length;
    uint32_t best_priority;  // no rule of the table comes before it
    std::unordered_map<PairKey, Bucket, PairHash> buckets;
  };

  Bucket& bucket_for(const model::SelectorPair& selectors, uint32_t priority);
  const Bucket* bucket_of(const model::SelectorPair& selectors) const;
  void unlink(const Rule& rule);

  std::unordered_map<uint64_t, std::unique_ptr<Rule>> rules_;  // by order
  std::unordered_map<ReqId, std::vector<Rule*>> by_reqid_;
  std::vector<Table> tables_;  // by best priority
  Bucket ranges_;
  uint64_t next_order_ = 1;
};

}  // namespace ike::esp
