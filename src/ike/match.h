// One proposal of ours against one of the peer's: do they meet, how well, and if not, where first.
#pragma once

#include <optional>

#include "ike/negotiate.h"

namespace ike::proto {

struct Match {
  unsigned score = 0;  // the lower the better: our preference
  model::Suite suite;
  std::vector<model::Transform> chosen;  // one a type, key lengths as the peer wrote them
};

struct Mismatch {
  enum class Why : uint8_t {
    protocol,
    spi_size,
    unknown_type,  // a transform type that we do not know: RFC 7296 section 3.3.6
    nothing_common,
    not_offered,      // the peer has nothing of a type that we need
    not_wanted,       // the peer insists on a type that we do not use
    integ_with_aead,  // RFC 5282 section 8: a combined cipher with separate integrity
  };
  Why why{};
  TransformType type{};
  unsigned agreed = 0;  // how many types did meet: the more, the closer
};

std::expected<Match, Mismatch> match_proposals(const model::Proposal& ours,
                                               const wire::v2::Proposal& theirs,
                                               const NegotiationRules& rules);

// Type, number and key length are the same; algorithms with one key length may name it or not.
bool same_transform(const model::Transform& a, const model::Transform& b);

}  // namespace ike::proto
