// Finds the connection for a peer without looking at all of them.  Order of the file decides: the
// last match wins, unless a first-match connection matched before.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.h"
#include "ikev2/host.h"
#include "model/policy.h"

namespace ike::engine {

class PolicyIndex {
 public:
  PolicyIndex() = default;
  PolicyIndex(model::PolicyPtr policy, KeyedHash hash);

  const model::PolicyPtr& policy() const { return policy_; }
  model::ConnectionPtr find(ConnectionId id) const;  // null when unknown
  // Null when nothing matches and there is no fallback (or no fallback is wanted).
  model::ConnectionPtr choose(const v2::ConnectionQuery& query) const;
  // Those that the peer's address leads to, in file order, at most `most`: to explain a refusal.
  std::vector<model::ConnectionPtr> candidates(const Address& local, const Address& remote,
                                               size_t most) const;

 private:
  using Ordinal = uint32_t;  // position in the file
  // Positions of connections that one key leads to, ascending.
  struct Bucket {
    std::vector<Ordinal> first_match;
    std::vector<Ordinal> others;
  };
  struct PrefixKey {
    Address address;
    uint8_t length = 0;
    friend bool operator==(const PrefixKey&, const PrefixKey&) = default;
  };
  struct PrefixHash {
    KeyedHash hash;
    size_t operator()(const PrefixKey& k) const { return hash.of(hash.of(k.address), k.length); }
  };
  struct IdentityHash {
    KeyedHash hash;
    size_t operator()(const model::Identity& id) const {
      return hash.of(hash.of(id.data), raw(id.type));
    }
  };

  std::vector<const Bucket*> buckets_for(const v2::ConnectionQuery& query) const;
  bool matches(const model::Connection& connection, const v2::ConnectionQuery& query) const;

  model::PolicyPtr policy_;
  model::ConnectionPtr fallback_;
  std::unordered_map<ConnectionId, Ordinal, KeyedHash> by_id_;
  // Connections by the peer's prefix; those that name no peer are in the bucket of length 0.
  std::unordered_map<PrefixKey, Bucket, PrefixHash> by_remote_;
  std::vector<std::pair<Family, uint8_t>> lengths_;  // prefix lengths in use
  Bucket anybody_;
  std::unordered_map<model::Identity, Bucket, IdentityHash> by_peer_id_;
  Bucket any_id_;
};

}  // namespace ike::engine
