#include "config/iked/proposals.h"

#include <algorithm>

#include "base/limits.h"
#include "config/text/suggest.h"

namespace ike::config::iked {

namespace {

using model::Proposal;
using model::Transform;
using List = std::vector<Transform>;

// Transforms of one group or of a default, by type.
struct Lists {
  List encr, prf, integ, ke, esn;
};

// What the original has always offered; old peers depend on its ends, so they stay.
Lists default_lists(SaKind kind, bool aead) {
  Lists lists;
  lists.integ = {Transform::integ(Integ::hmac_sha2_256_128),
                 Transform::integ(Integ::hmac_sha2_384_192),
                 Transform::integ(Integ::hmac_sha2_512_256), Transform::integ(Integ::hmac_sha1_96)};
  if (aead) {
    lists.encr = {Transform::encr(Encr::aes_gcm_16, 128), Transform::encr(Encr::aes_gcm_16, 256)};
    lists.integ.clear();
  } else {
    lists.encr = {Transform::encr(Encr::aes_cbc, 256), Transform::encr(Encr::aes_cbc, 192),
                  Transform::encr(Encr::aes_cbc, 128)};
  }
  if (kind == SaKind::child) {
    lists.ke = {Transform::ke(KeMethod::none)};
    lists.esn = {Transform::esn(Esn::yes), Transform::esn(Esn::no)};
    return lists;
  }
  if (!aead) lists.encr.push_back(Transform::encr(Encr::des3));
  lists.prf = {Transform::prf(PrfId::hmac_sha2_256), Transform::prf(PrfId::hmac_sha2_384),
               Transform::prf(PrfId::hmac_sha2_512), Transform::prf(PrfId::hmac_sha1)};
  for (const KeMethod method : {KeMethod::curve25519, KeMethod::ecp521, KeMethod::ecp384,
                                KeMethod::ecp256, KeMethod::modp4096, KeMethod::modp3072,
                                KeMethod::modp2048, KeMethod::modp1536, KeMethod::modp1024}) {
    lists.ke.push_back(Transform::ke(method));
  }
  return lists;
}

bool only_none(const List& ke) {
  return std::ranges::all_of(ke, [](const Transform& t) { return t.id == raw(KeMethod::none); });
}

Proposal assemble(SaKind kind, size_t number, std::initializer_list<const List*> order) {
  Proposal proposal;
  proposal.number = static_cast<uint8_t>(number);
  proposal.protocol = kind == SaKind::ike ? ProtocolId::ike : ProtocolId::esp;
  for (const List* list : order) {
    const bool ke = !list->empty() && list->front().type == TransformType::ke;
    if (ke && only_none(*list)) continue;
    proposal.transforms.insert(proposal.transforms.end(), list->begin(), list->end());
  }
  return proposal;
}

Proposal default_proposal(SaKind kind, bool aead, size_t number) {
  const Lists l = default_lists(kind, aead);
  // The order of types in the original's tables, which differs from that of configured ones.
  return assemble(kind, number, {&l.encr, &l.prf, &l.integ, &l.ke, &l.esn});
}

Proposal configured_proposal(SaKind kind, bool aead, size_t number, const Lists& configured) {
  Lists l = default_lists(kind, aead);
  if (kind == SaKind::ike && !configured.prf.empty()) l.prf = configured.prf;
  if (!configured.ke.empty()) l.ke = configured.ke;
  if (!configured.esn.empty()) l.esn = configured.esn;
  if (!configured.integ.empty() && !aead) l.integ = configured.integ;
  List encr;
  std::ranges::copy_if(configured.encr, std::back_inserter(encr),
                       [aead](const Transform& t) { return model::is_aead(Encr{t.id}) == aead; });
  if (!encr.empty()) l.encr = encr;
  return assemble(kind, number, {&l.integ, &l.encr, &l.ke, &l.prf, &l.esn});
}

// What other programs' names have in common with ours: sha256, dh14, aes256gcm16, x25519,
// secp256r1.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  }
  struct Spelling {
    std::string_view from, to;
  };
  static constexpr Spelling kSpellings[] = {
      {"hmac", ""},      {"sha2256", "sha256"}, {"sha2384", "sha384"}, {"sha2512", "sha512"},
      {"gcm16", "gcm"},  {"cbc", ""},           {"curve2", "x2"},      {"curve4", "x4"},
      {"group", "grp"},  {"dh", "grp"},         {"secp", "ecp"},       {"nistp", "ecp"},
      {"r1", ""},

      {"prfsha", "sha"},
  };
  for (const auto& [from, to] : kSpellings) {
    if (const size_t at = plain.find(from); at != std::string::npos) {
      plain.replace(at, from.size(), to);
    }
  }
  return plain;
}

class GroupReader {
 public:
  GroupReader(SaKind kind, Diagnostics& diagnostics) : kind_(kind), diagnostics_(diagnostics) {}

  bool read(const ProposalGroup& group, Lists& out) {
    ok_ = true;
    for (const TransformClause& clause : group.transforms) add(clause, out);
    if (ok_) check(group, out);
    return ok_;
  }

 private:
  void error(const Position& at, std::string message) {
    diagnostics_.error(at, std::move(message));
    ok_ = false;
  }

  void add(const TransformClause& clause, Lists& out) {
    const std::string& text = clause.name.text;
    const Position& at = clause.name.at;
    const NamedTransform* row = find_transform(kind_, clause.type, text);
    if (row == nullptr) {
      error(at, text + " not a valid transform" + hint(clause));
      return;
    }
    if (row->name != text) {
      diagnostics_.warning(
          at, text + " is taken as " + std::string(row->name) + "; write the whole name");
    }
    if (!is_implemented(row->transform)) {
      error(at, "not supported yet: " + std::string(row->name));
      return;
    }
    if (!row->weakness.empty()) {
      diagnostics_.warning(at, std::string(row->name) + " is weak: " + std::string(row->weakness));
    }
    if (kind_ == SaKind::child && clause.type == TransformClause::Type::prf) {
      diagnostics_.warning(at, "prf has no effect in childsa: the one of the IKE SA is used");
    }
    List& list = list_of(row->transform.type, out);
    if (std::ranges::find(list, row->transform) == list.end()) list.push_back(row->transform);
  }

  std::string hint(const TransformClause& clause) const {
    const SaKind other = kind_ == SaKind::ike ? SaKind::child : SaKind::ike;
    const auto* elsewhere = find_transform(other, clause.type, clause.name.text);
    if (elsewhere != nullptr && elsewhere->name == clause.name.text) {
      return std::string(" in ") + (kind_ == SaKind::ike ? "ikesa" : "childsa");
    }
    const auto names = transform_names(kind_, clause.type);
    for (const std::string_view name : names) {
      if (plain_name(name) == plain_name(clause.name.text)) {
        return "; did you mean \"" + std::string(name) + "\"?";
      }
    }
    const std::string near = did_you_mean(clause.name.text, names);
    return near.empty() ? "; see ALGORITHMS in iked.conf(5)" : near;
  }

  static List& list_of(TransformType type, Lists& lists) {
    switch (type) {
      case TransformType::encr: return lists.encr;
      case TransformType::prf: return lists.prf;
      case TransformType::integ: return lists.integ;
      case TransformType::ke: return lists.ke;
      default: return lists.esn;
    }
  }

  void check(const ProposalGroup& group, const Lists& lists) {
    const auto aead = std::ranges::count_if(
        lists.encr, [](const Transform& t) { return model::is_aead(Encr{t.id}); });
    if (aead > 0 && static_cast<size_t>(aead) != lists.encr.size()) {
      error(group.at,
            "cannot mix encryption transforms with implicit and non-implicit authentication; "
            "give each kind its own " +
                std::string(kind_ == SaKind::ike ? "\"ikesa\"" : "\"childsa\""));
    } else if (aead > 0 && !lists.integ.empty()) {
      error(group.at,
            "authentication is implicit for given encryption transforms; leave out \"auth\"");
    }
    if (kind_ == SaKind::child) return;
    const bool none = std::ranges::find(lists.ke, Transform::ke(KeMethod::none)) != lists.ke.end();
    if (none) error(group.at, "IKE group can not be \"none\".");
    if (!lists.esn.empty()) error(group.at, "cannot use ESN with ikesa.");
  }

  SaKind kind_;
  Diagnostics& diagnostics_;
  bool ok_ = true;
};

}  // namespace

bool make_proposals(SaKind kind, const std::vector<ProposalGroup>& groups, Diagnostics& diagnostics,
                    std::vector<Proposal>& out) {
  out.clear();
  if (groups.empty()) {
    out = {default_proposal(kind, true, 1), default_proposal(kind, false, 2)};
    return true;
  }
  bool ok = true;
  GroupReader reader(kind, diagnostics);
  for (const ProposalGroup& group : groups) {
    Lists lists;
    if (!reader.read(group, lists)) {
      ok = false;
      continue;
    }
    const bool aead = std::ranges::any_of(
        lists.encr, [](const Transform& t) { return model::is_aead(Encr{t.id}); });
    const bool other = !lists.integ.empty() || (!lists.encr.empty() && !aead);
    if (aead || !other) out.push_back(configured_proposal(kind, true, out.size() + 1, lists));
    if (other || !aead) out.push_back(configured_proposal(kind, false, out.size() + 1, lists));
    if (out.size() > limits::kProposalsMax ||
        out.back().transforms.size() > limits::kTransformsMax) {
      diagnostics.error(
          group.at, "too many proposals (at most " + std::to_string(limits::kProposalsMax) + ")");
      return false;
    }
  }
  return ok;
}

}  // namespace ike::config::iked
