// Counts who needs which flow, and gives out request IDs: one per connection's Child SA where the
// peer is known beforehand (its flow waits for packets), else one per IKE SA.
#pragma once

#include <unordered_map>
#include <vector>

#include "base/keyed_hash.h"
#include "model/policy.h"
#include "model/sa_spec.h"

namespace ike::engine {

// What a request ID stands for.
struct ReqidUse {
  ConnectionId connection;
  uint16_t template_index = 0;
  bool standing = false;  // kept without a flow, too
  uint32_t flows = 0;
};

class FlowBook {
 public:
  FlowBook(KeyedHash hash, uint32_t reqid_base);

  void hold(const std::vector<model::FlowSpec>& flows);
  // Those of `flows` that nobody needs any more.  A request ID goes with its last flow.
  std::vector<model::FlowSpec> drop(const std::vector<model::FlowSpec>& flows);

  ReqId allocate(ConnectionId connection, uint16_t template_index);
  // The one that is kept for a connection with a known peer; none when there is none.
  ReqId standing(ConnectionId connection, uint16_t template_index) const;
  ReqId make_standing(ConnectionId connection, uint16_t template_index);
  void forget_standing(ConnectionId connection);
  // The standing one of `from` serves `to` from now on; nothing when there is none.
  void hand_on(const ReqidUse& from, const ReqidUse& to);
  const ReqidUse* use_of(ReqId reqid) const;

  size_t flows() const { return users_.size(); }
  size_t reqids() const { return uses_.size(); }

 private:
  struct Key {
    ReqId reqid;
    model::SelectorPair selectors;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    KeyedHash hash;
    size_t operator()(const Key& k) const;
  };
  struct TemplateKey {
    ConnectionId connection;
    uint16_t index = 0;
    friend bool operator==(const TemplateKey&, const TemplateKey&) = default;
  };
  struct TemplateHash {
    KeyedHash hash;
    size_t operator()(const TemplateKey& k) const { return hash.of(k.connection.raw(), k.index); }
  };

  std::unordered_map<Key, uint32_t, KeyHash> users_;
  std::unordered_map<TemplateKey, ReqId, TemplateHash> standing_;
  KeyedMap<ReqId, ReqidUse> uses_;
  uint32_t next_;
};

}  // namespace ike::engine
