// Why a negotiation came to nothing, for the operator.
#include <algorithm>
#include <set>

#include "ike/match.h"
#include "ike/narrow.h"

namespace ike::proto {
namespace {

// A peer can offer thousands of lines; nobody reads them.
constexpr size_t kLinesMax = 12;

std::string_view word_for(TransformType type) {
  switch (type) {
    case TransformType::encr: return "encryption";
    case TransformType::prf: return "prf";
    case TransformType::integ: return "integrity";
    case TransformType::ke: return "group";
    case TransformType::esn: return "extended sequence numbers";
    default: return "transform type";
  }
}

std::string names(const std::vector<model::Transform>& transforms) {
  std::string text;
  for (const model::Transform& t : transforms) text += (text.empty() ? "" : ", ") + t.text();
  return text.empty() ? "none" : text;
}

std::string more(size_t left) {
  return left == 0 ? "" : "    ... and " + std::to_string(left) + " more\n";
}

std::string head_of(const model::Connection& c) {
  const std::string name = c.name.empty() ? "policy" : "policy \"" + c.name + "\"";
  return name + " (" + c.origin.text() + ")";
}

std::string numbered(size_t number, const model::Proposal& p) {
  return "    #" + std::to_string(number) + "  " + p.text() + "\n";
}

struct Closest {
  Mismatch mismatch;
  const model::Proposal* ours = nullptr;
  size_t our_number = 0;
  const wire::v2::Proposal* theirs = nullptr;
};

// The pair that agreed on most; nothing when some pair fits.
std::optional<Closest> closest(const Candidate& candidate, const wire::v2::Sa& theirs,
                               const NegotiationRules& rules, bool& fits) {
  std::optional<Closest> best;
  for (size_t i = 0; i < candidate.proposals->size(); ++i) {
    const model::Proposal& mine = (*candidate.proposals)[i];
    for (const wire::v2::Proposal& offered : theirs.proposals) {
      const auto match = match_proposals(mine, offered, rules);
      if (match) {
        fits = true;
        return std::nullopt;
      }
      if (!best || match.error().agreed > best->mismatch.agreed) {
        best = Closest{match.error(), &mine, i + 1, &offered};
      }
    }
  }
  return best;
}

std::string reason(const Closest& c) {
  const TransformType type = c.mismatch.type;
  const std::string word(word_for(type));
  const model::Proposal peer = from_wire(*c.theirs);
  const std::string theirs = names(peer.of_type(type));
  const std::string mine = names(c.ours->of_type(type));
  switch (c.mismatch.why) {
    case Mismatch::Why::protocol:
      return "protocol: the peer offers " + to_text(c.theirs->protocol) + ", we take " +
             to_text(c.ours->protocol);
    case Mismatch::Why::spi_size:
      return "SPI: one of " + std::to_string(c.theirs->spi.size()) + " octets is not possible here";
    case Mismatch::Why::unknown_type:
      return word + " " + std::to_string(raw(type)) +
             ": the peer insists on one that we do not know";
    case Mismatch::Why::nothing_common:
      return word + ": the peer offers " + theirs + "; we take " + mine;
    case Mismatch::Why::not_offered: return word + ": the peer offers none; we take " + mine;
    case Mismatch::Why::not_wanted:
      return word + ": the peer insists on " + theirs + "; we use none";
    case Mismatch::Why::integ_with_aead:
      return "integrity: the peer wants " + theirs + " beside a cipher that has its own";
  }
  return word;
}

std::string explain_one(const Candidate& candidate, const wire::v2::Sa& theirs,
                        const NegotiationRules& rules) {
  std::string text = "  " + head_of(*candidate.connection) + " takes:\n";
  size_t shown = 0;
  for (const model::Proposal& p : *candidate.proposals) {
    if (shown == kLinesMax) break;
    text += numbered(++shown, p);
  }
  text += more(candidate.proposals->size() - shown);
  bool fits = false;
  const auto best = closest(candidate, theirs, rules, fits);
  if (fits) return text + "    these would fit\n";
  if (!best) return text + "    nothing, it has no proposals\n";
  return text + "    closest: its #" + std::to_string(best->our_number) + " to the peer's #" +
         std::to_string(best->theirs->number) + "; they differ first in " + reason(*best) + "\n";
}

// Sets that many pairs share are shown once.
model::TrafficSelectors sides(const std::vector<model::SelectorPair>& pairs, bool local) {
  model::TrafficSelectors all;
  for (const model::SelectorPair& p : pairs) {
    const model::TrafficSelector& s = local ? p.local : p.remote;
    if (std::ranges::find(all, s) == all.end()) all.push_back(s);
  }
  return all;
}

std::string short_text(const model::TrafficSelectors& selectors) {
  if (selectors.size() <= kLinesMax) return text_of(selectors);
  const model::TrafficSelectors head(selectors.begin(), selectors.begin() + kLinesMax);
  return text_of(head) + ", ... and " + std::to_string(selectors.size() - kLinesMax) + " more";
}

bool meet(const model::TrafficSelectors& a, const model::TrafficSelectors& b) {
  return std::ranges::any_of(a, [&](const model::TrafficSelector& x) {
    return std::ranges::any_of(
        b, [&](const model::TrafficSelector& y) { return x.intersect(y).has_value(); });
  });
}

}  // namespace

std::string explain_mismatch(const wire::v2::Sa& theirs, const std::vector<Candidate>& candidates,
                             const NegotiationRules& rules) {
  std::string text = "  the peer offers:\n";
  size_t shown = 0;
  for (const wire::v2::Proposal& p : theirs.proposals) {
    if (shown == kLinesMax) break;
    text += numbered(p.number, from_wire(p));
    ++shown;
  }
  text += more(theirs.proposals.size() - shown);
  if (candidates.empty()) return text + "  no policy of ours is for this peer\n";
  shown = 0;
  for (const Candidate& c : candidates) {
    if (shown++ == kLinesMax) break;
    text += explain_one(c, theirs, rules);
  }
  if (candidates.size() > kLinesMax) {
    text += "  ... and " + std::to_string(candidates.size() - kLinesMax) + " more policies\n";
  }
  return text;
}

std::string explain_selectors(const SelectorSets& offered,
                              const std::vector<SelectorCandidate>& candidates) {
  std::string text = "  the peer asks for " + short_text(offered.local) + " at our side and " +
                     short_text(offered.remote) + " at its own\n";
  if (candidates.empty()) return text + "  no policy of ours is for this peer\n";
  size_t shown = 0;
  for (const SelectorCandidate& c : candidates) {
    if (shown++ == kLinesMax) break;
    text += "  " + head_of(*c.connection) + " carries (ours -> the peer's):\n";
    size_t lines = 0;
    for (const model::SelectorPair& pair : *c.selectors) {
      if (lines == kLinesMax) break;
      ++lines;
      text += "    " + pair.text() + "\n";
    }
    text += more(c.selectors->size() - lines);
    const bool local = meet(offered.local, sides(*c.selectors, true));
    const bool remote = meet(offered.remote, sides(*c.selectors, false));
    if (!local) {
      text += "    nothing in common at our side\n";
    } else if (!remote) {
      text += "    nothing in common at the peer's side\n";
    } else {
      text += "    each side has something in common, but no flow has both\n";
    }
  }
  return text;
}

}  // namespace ike::proto
