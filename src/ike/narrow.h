// Traffic-selector narrowing.  RFC 7296 section 2.9.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/connection.h"
#include "model/traffic_selector.h"
#include "wire/v2/ts.h"

namespace ike::proto {

// Both TS payloads of a message, seen from us: any of `local` with any of `remote`.
struct SelectorSets {
  model::TrafficSelectors local;
  model::TrafficSelectors remote;
};

struct Narrowed {
  std::vector<model::SelectorPair> pairs;  // what the Child SA carries, none inside another
  SelectorSets sets;                       // the same for the TS payloads
  //= RFC 7296 section 2.9: tells the initiator to ask again for the rest
  bool additional_possible = false;  // ADDITIONAL_TS_POSSIBLE: more would have been acceptable
};

// Selectors of types that we do not know are left out.
model::TrafficSelectors from_wire(const wire::v2::Ts& ts);
wire::v2::Ts to_wire(const model::TrafficSelectors& selectors);

// What a request of ours offers.  `packet`: what triggered it, goes first.
SelectorSets offer_sets(const std::vector<model::SelectorPair>& configured,
                        const std::optional<model::SelectorPair>& packet);

// As responder: what the offer and our configuration have in common; Fault::refused when nothing.
Result<Narrowed> narrow(const SelectorSets& offered,
                        const std::vector<model::SelectorPair>& configured);
// As initiator: the answer must lie within what we offered; what we configured is cut to it.
Result<Narrowed> accept_narrowed(const SelectorSets& offered, const SelectorSets& answer,
                                 const std::vector<model::SelectorPair>& configured);

// Several lines for the operator: the offer beside what the policy's flows take.
struct SelectorCandidate {
  const model::Connection* connection = nullptr;
  const std::vector<model::SelectorPair>* selectors = nullptr;
};
std::string explain_selectors(const SelectorSets& offered,
                              const std::vector<SelectorCandidate>& candidates);

}  // namespace ike::proto
