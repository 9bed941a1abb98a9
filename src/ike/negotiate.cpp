#include "ike/negotiate.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/limits.h"
#include "ike/match.h"
#include "wire/reader.h"

namespace ike::proto {
namespace {

uint64_t number_of(Bytes spi) {
  wire::Reader r(spi);
  return spi.size() == 8 ? r.u64() : spi.size() == 4 ? r.u32() : 0;
}

Choice choice_of(const Match& match, const wire::v2::Proposal& theirs) {
  Choice choice;
  choice.number = theirs.number;
  choice.peer_spi = number_of(theirs.spi);
  choice.suite = match.suite;
  choice.answer = {theirs.number, theirs.protocol, match.chosen};
  return choice;
}

bool has_type_twice(const wire::v2::Proposal& p) {
  for (size_t i = 0; i < p.transforms.size(); ++i) {
    for (size_t j = i + 1; j < p.transforms.size(); ++j) {
      if (p.transforms[i].type == p.transforms[j].type) return true;
    }
  }
  return false;
}

wire::v2::Transform to_wire(const model::Transform& t) {
  wire::v2::Transform out;
  out.type = t.type;
  out.id = t.id;
  out.key_bits = t.key_bits;
  return out;
}

}  // namespace

std::optional<Choice> choose(const std::vector<model::Proposal>& ours, const wire::v2::Sa& theirs,
                             const NegotiationRules& rules) {
  for (const model::Proposal& mine : ours) {
    std::optional<Choice> best;
    unsigned lowest = std::numeric_limits<unsigned>::max();
    for (const wire::v2::Proposal& offered : theirs.proposals) {
      const auto match = match_proposals(mine, offered, rules);
      if (!match || match->score >= lowest) continue;
      lowest = match->score;
      best = choice_of(*match, offered);
    }
    if (best) return best;
  }
  return std::nullopt;
}

Result<Choice> accept_answer(const std::vector<model::Proposal>& offered,
                             const wire::v2::Sa& answer, const NegotiationRules& rules) {
  if (answer.proposals.size() != 1) return fail(Fault::refused, "SA answer: not one proposal");
  const wire::v2::Proposal& taken = answer.proposals.front();
  //= RFC 7296 section 3.3.1: the number of the proposal that was accepted
  if (taken.number == 0 || taken.number > offered.size()) {
    return fail(Fault::refused, "SA answer: a proposal that was not offered");
  }
  //= RFC 7296 section 2.7: exactly one transform of each type
  if (has_type_twice(taken)) return fail(Fault::refused, "SA answer: two transforms of one type");
  const auto match = match_proposals(offered[taken.number - 1U], taken, rules);
  if (!match) return fail(Fault::refused, "SA answer: transforms that were not offered");
  return choice_of(*match, taken);
}

wire::v2::Sa offer_payload(const std::vector<model::Proposal>& ours, Bytes spi,
                           const NegotiationRules& rules) {
  wire::v2::Sa sa;
  sa.proposals.reserve(std::min(ours.size(), limits::kProposalsMax));
  for (const model::Proposal& mine : ours) {
    if (sa.proposals.size() == limits::kProposalsMax) break;
    wire::v2::Proposal p;
    //= RFC 7296 section 3.3.1: numbered from one, in order
    p.number = static_cast<uint8_t>(sa.proposals.size() + 1);
    p.protocol = mine.protocol;
    p.spi = spi;
    for (const model::Transform& t : mine.transforms) {
      if (t.type == TransformType::ke && rules.without_ke) continue;
      p.transforms.push_back(to_wire(t));
    }
    //= RFC 7296 section 3.3.3: ESP and AH always say whether sequence numbers are extended
    if (mine.protocol != ProtocolId::ike && !mine.offers(TransformType::esn)) {
      p.transforms.push_back(to_wire(model::Transform::esn(Esn::no)));
    }
    sa.proposals.push_back(std::move(p));
  }
  return sa;
}

wire::v2::Sa answer_payload(const Choice& choice, Bytes spi) {
  wire::v2::Proposal p;
  p.number = choice.number;
  p.protocol = choice.answer.protocol;
  p.spi = spi;
  for (const model::Transform& t : choice.answer.transforms) p.transforms.push_back(to_wire(t));
  wire::v2::Sa sa;
  sa.proposals.push_back(std::move(p));
  return sa;
}

model::Proposal from_wire(const wire::v2::Proposal& proposal) {
  model::Proposal out{proposal.number, proposal.protocol, {}};
  out.transforms.reserve(proposal.transforms.size());
  for (const wire::v2::Transform& t : proposal.transforms) {
    out.transforms.push_back({t.type, t.id, t.key_bits});
  }
  return out;
}

bool takes_suite(const std::vector<model::Proposal>& ours, const model::Suite& suite) {
  const auto has = [](const model::Proposal& p, const model::Transform& t) {
    return std::ranges::any_of(
        p.transforms, [&](const model::Transform& mine) { return same_transform(mine, t); });
  };
  return std::ranges::any_of(ours, [&](const model::Proposal& p) {
    if (!has(p, model::Transform::encr(suite.encr, suite.encr_key_bits))) return false;
    if (suite.integ != Integ::none && !has(p, model::Transform::integ(suite.integ))) return false;
    if (suite.prf != PrfId::none && !has(p, model::Transform::prf(suite.prf))) return false;
    if (suite.ke != KeMethod::none && !has(p, model::Transform::ke(suite.ke))) return false;
    return suite.esn == Esn::no || has(p, model::Transform::esn(suite.esn));
  });
}

KeMethod first_ke(const std::vector<model::Proposal>& ours) {
  if (ours.empty()) return KeMethod::none;
  for (const model::Transform& t : ours.front().transforms) {
    if (t.type == TransformType::ke) return static_cast<KeMethod>(t.id);
  }
  return KeMethod::none;
}

bool offers_ke(const std::vector<model::Proposal>& ours, KeMethod method) {
  const model::Transform wanted = model::Transform::ke(method);
  return std::ranges::any_of(ours, [&](const model::Proposal& p) {
    return std::ranges::find(p.transforms, wanted) != p.transforms.end();
  });
}

}  // namespace ike::proto
