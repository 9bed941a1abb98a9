// Proposals: from and to the wire, the choice among them, and why none was chosen.
// RFC 7296 sections 2.7 and 3.3.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/connection.h"
#include "model/proposal.h"
#include "wire/v2/sa.h"

namespace ike::proto {

struct NegotiationRules {
  // Of the KE payload that came along: taken before better-ranked methods where both sides have it,
  // because another one would cost a round trip.
  KeMethod preferred_ke = KeMethod::none;
  //= RFC 7296 section 1.2: IKE_AUTH has no key exchange, so its Child SA is negotiated without one
  bool without_ke = false;
};

struct Choice {
  uint8_t number = 0;     // of the proposal in the offer
  uint64_t peer_spi = 0;  // of 4 or 8 octets; 0 when the proposal came without one
  model::Suite suite;
  model::Proposal answer;  // the same proposal with one transform a type
};

// As responder: what both sides can do, by our preference.
std::optional<Choice> choose(const std::vector<model::Proposal>& ours, const wire::v2::Sa& theirs,
                             const NegotiationRules& rules);
// As initiator: the answer must be one proposal that we offered, with one transform a type.
//= RFC 7296 section 2.7: an answer that was not offered is refused
Result<Choice> accept_answer(const std::vector<model::Proposal>& offered,
                             const wire::v2::Sa& answer, const NegotiationRules& rules);

// The offer, numbered from 1 in our order.  `spi` must outlive the payload.
wire::v2::Sa offer_payload(const std::vector<model::Proposal>& ours, Bytes spi,
                           const NegotiationRules& rules);
// The responder's answer.  `spi`: ours, which must outlive the payload.
wire::v2::Sa answer_payload(const Choice& choice, Bytes spi);

model::Proposal from_wire(const wire::v2::Proposal& proposal);

// A policy that might have answered an offer.
struct Candidate {
  const model::Connection* connection = nullptr;
  const std::vector<model::Proposal>* proposals = nullptr;  // of it: IKE or of one Child SA
};
// Several lines for the operator: what was offered beside what each policy takes, and for each
// policy the first thing that did not fit in the pair of proposals that came closest.
std::string explain_mismatch(const wire::v2::Sa& theirs, const std::vector<Candidate>& candidates,
                             const NegotiationRules& rules);

// The answer is not made by us here, but would these proposals have led to it?
bool takes_suite(const std::vector<model::Proposal>& ours, const model::Suite& suite);
// What a request of ours begins with; none: no key exchange (a Child SA without PFS).
KeMethod first_ke(const std::vector<model::Proposal>& ours);
bool offers_ke(const std::vector<model::Proposal>& ours, KeMethod method);

}  // namespace ike::proto
