#include "ike/match.h"

#include <algorithm>

namespace ike::proto {
namespace {

using Transforms = std::vector<model::Transform>;

// How much one place further down in our list costs.
unsigned weight_of(TransformType type) {
  switch (type) {
    case TransformType::encr:
    case TransformType::integ: return 3;
    case TransformType::ke: return 2;
    default: return 1;
  }
}

//= RFC 7634 section 2: ChaCha20-Poly1305 has one key length, which some peers write nevertheless;
//= RFC 2451 section 2.2: so with the default of CAST and Blowfish, which some leave out
uint16_t effective_bits(const model::Transform& t) {
  if (t.type != TransformType::encr) return t.key_bits;
  switch (static_cast<Encr>(t.id)) {
    case Encr::chacha20_poly1305: return t.key_bits == 0 ? 256 : t.key_bits;
    case Encr::cast:
    case Encr::blowfish: return t.key_bits == 0 ? 128 : t.key_bits;
    default: return t.key_bits;
  }
}

bool is_aead(const model::Transform& t) { return model::is_aead(static_cast<Encr>(t.id)); }

class Matcher {
 public:
  Matcher(const model::Proposal& ours, const wire::v2::Proposal& theirs,
          const NegotiationRules& rules)
      : ours_(ours), theirs_(theirs), rules_(rules) {}

  // Only ciphers of one class: a combined one goes without INTEG, others need it.
  std::expected<Match, Mismatch> run(bool aead) {
    aead_ = aead;
    match_ = {};
    agreed_ = 0;
    if (auto bad = frame()) return std::unexpected(*bad);
    // All steps, even after a failure: how many succeed tells how close the two came.
    Bad first;
    for (const auto step : {&Matcher::encr, &Matcher::integ, &Matcher::prf, &Matcher::ke,
                            &Matcher::esn, &Matcher::others}) {
      const Bad unfit = (this->*step)();
      if (!unfit) ++agreed_;
      if (unfit && !first) first = unfit;
    }
    if (first) {
      first->agreed = agreed_;
      return std::unexpected(*first);
    }
    fill_suite();
    return match_;
  }

 private:
  using Bad = std::optional<Mismatch>;
  using Why = Mismatch::Why;

  Bad bad(Why why, TransformType type) const { return Mismatch{why, type, 0}; }

  Bad frame() const {
    if (ours_.protocol != theirs_.protocol) return bad(Why::protocol, {});
    //= RFC 7296 section 3.3.1: SPIs of 4 octets for ESP and AH, of 8 for an IKE SA that is rekeyed
    const size_t size = theirs_.spi.size();
    const bool fits = ours_.protocol == ProtocolId::ike ? size == 0 || size == 8 : size == 4;
    if (!fits) return bad(Why::spi_size, {});
    return std::nullopt;
  }

  Transforms peers(TransformType type) const {
    Transforms found;
    for (const wire::v2::Transform& t : theirs_.transforms) {
      //= RFC 7296 section 3.3.6: an attribute we do not understand spoils its transform only
      if (t.type == type && !t.has_unknown_attribute) found.push_back({t.type, t.id, t.key_bits});
    }
    return found;
  }
  bool peer_has(TransformType type) const {
    return std::ranges::any_of(theirs_.transforms, [&](const auto& t) { return t.type == type; });
  }

  // Takes the best common one; false: there is none.
  bool take_best(const Transforms& mine, const Transforms& theirs, TransformType type) {
    for (size_t i = 0; i < mine.size(); ++i) {
      for (const model::Transform& t : theirs) {
        if (!same_transform(mine[i], t)) continue;
        match_.score += 1 + weight_of(type) * static_cast<unsigned>(i);
        match_.chosen.push_back(t);
        return true;
      }
    }
    return false;
  }
  // The type must have a common member.
  Bad need(const Transforms& mine, TransformType type) {
    if (!peer_has(type)) return bad(Why::not_offered, type);
    if (take_best(mine, peers(type), type)) return std::nullopt;
    return bad(Why::nothing_common, type);
  }
  // The type must be absent, or the peer must be content with "none".
  Bad must_be_none(TransformType type, Why otherwise) {
    if (!peer_has(type)) return std::nullopt;
    for (const model::Transform& t : peers(type)) {
      if (t.id != 0) continue;
      //= RFC 7296 section 2.7: each type of the offer appears in the answer, "none" too
      match_.chosen.push_back(t);
      match_.score += 1;
      return std::nullopt;
    }
    return bad(otherwise, type);
  }

  Bad encr() {
    if (ours_.protocol == ProtocolId::ah) return must_be_none(TransformType::encr, Why::not_wanted);
    const auto of_class = [this](Transforms all) {
      std::erase_if(all, [this](const model::Transform& t) { return is_aead(t) != aead_; });
      return all;
    };
    if (!peer_has(TransformType::encr)) return bad(Why::not_offered, TransformType::encr);
    if (take_best(of_class(ours_.of_type(TransformType::encr)),
                  of_class(peers(TransformType::encr)), TransformType::encr)) {
      return std::nullopt;
    }
    return bad(Why::nothing_common, TransformType::encr);
  }

  Bad integ() {
    //= RFC 7296 section 3.3: a combined cipher comes without integrity, or with "none"
    if (aead_) return must_be_none(TransformType::integ, Why::integ_with_aead);
    Transforms mine = ours_.of_type(TransformType::integ);
    std::erase_if(mine, [](const model::Transform& t) { return t.id == raw(Integ::none); });
    return need(mine, TransformType::integ);
  }

  Bad prf() {
    if (ours_.protocol == ProtocolId::ike) {
      return need(ours_.of_type(TransformType::prf), TransformType::prf);
    }
    return must_be_none(TransformType::prf, Why::not_wanted);
  }

  Bad ke() {
    constexpr TransformType kKe = TransformType::ke;
    // Peers that name groups in IKE_AUTH, where they can have no effect, are left in peace.
    if (rules_.without_ke) {
      if (must_be_none(kKe, Why::not_wanted)) return std::nullopt;
      return std::nullopt;
    }
    const Transforms mine = ours_.of_type(kKe);
    const bool none_is_fine =
        ours_.protocol != ProtocolId::ike &&
        (mine.empty() || std::ranges::any_of(mine, [](const auto& t) { return t.id == 0; }));
    if (!peer_has(kKe)) {
      if (none_is_fine) return std::nullopt;
      return bad(Why::not_offered, kKe);
    }
    if (mine.empty()) return must_be_none(kKe, Why::not_wanted);
    if (rules_.preferred_ke != KeMethod::none) {
      const Transforms preferred{model::Transform::ke(rules_.preferred_ke)};
      const bool ours_too = std::ranges::find(mine, preferred.front()) != mine.end();
      if (ours_too && take_best(preferred, peers(kKe), kKe)) return std::nullopt;
    }
    return need(mine, kKe);
  }

  Bad esn() {
    if (ours_.protocol == ProtocolId::ike) {
      return must_be_none(TransformType::esn, Why::not_wanted);
    }
    Transforms mine = ours_.of_type(TransformType::esn);
    if (mine.empty()) mine.push_back(model::Transform::esn(Esn::no));
    return need(mine, TransformType::esn);
  }

  Bad others() {
    for (const wire::v2::Transform& t : theirs_.transforms) {
      if (t.type >= TransformType::encr && t.type <= TransformType::esn) continue;
      //= RFC 9370 section 2.2.2: an additional key exchange may be "none"
      const bool additional_ke = t.type >= TransformType::addke1 && t.type <= TransformType::addke7;
      if (!additional_ke) return bad(Why::unknown_type, t.type);
      const bool taken = std::ranges::any_of(
          match_.chosen, [&](const model::Transform& c) { return c.type == t.type; });
      if (taken) continue;
      if (auto unfit = must_be_none(t.type, Why::not_wanted)) return unfit;
    }
    return std::nullopt;
  }

  void fill_suite() {
    model::Suite& s = match_.suite;
    for (const model::Transform& t : match_.chosen) {
      switch (t.type) {
        case TransformType::encr:
          s.encr = static_cast<Encr>(t.id);
          s.encr_key_bits = s.encr == Encr::chacha20_poly1305 ? uint16_t{0} : t.key_bits;
          break;
        case TransformType::prf: s.prf = static_cast<PrfId>(t.id); break;
        case TransformType::integ: s.integ = static_cast<Integ>(t.id); break;
        case TransformType::ke: s.ke = static_cast<KeMethod>(t.id); break;
        case TransformType::esn: s.esn = static_cast<Esn>(t.id); break;
        default: break;
      }
    }
  }

  const model::Proposal& ours_;
  const wire::v2::Proposal& theirs_;
  const NegotiationRules& rules_;
  bool aead_ = false;
  Match match_;
  unsigned agreed_ = 0;
};

bool has_class(const model::Proposal& p, bool aead) {
  return std::ranges::any_of(p.transforms, [&](const model::Transform& t) {
    return t.type == TransformType::encr && is_aead(t) == aead;
  });
}

}  // namespace

bool same_transform(const model::Transform& a, const model::Transform& b) {
  return a.type == b.type && a.id == b.id && effective_bits(a) == effective_bits(b);
}

std::expected<Match, Mismatch> match_proposals(const model::Proposal& ours,
                                               const wire::v2::Proposal& theirs,
                                               const NegotiationRules& rules) {
  Matcher matcher(ours, theirs, rules);
  const bool combined = has_class(ours, true);
  if (!combined) return matcher.run(false);
  auto with_aead = matcher.run(true);
  if (!has_class(ours, false)) return with_aead;
  auto without = matcher.run(false);
  if (!with_aead && !without) {
    return with_aead.error().agreed >= without.error().agreed ? with_aead : without;
  }
  if (!with_aead) return without;
  if (!without) return with_aead;
  return with_aead->score <= without->score ? with_aead : without;
}

}  // namespace ike::proto
