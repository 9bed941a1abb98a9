#include "model/proposal.h"

#include <algorithm>

namespace ike::model {

namespace {

// Where the key length stands in the usual names: aes-256-gcm, not aes-gcm-16 with 256.
std::string encr_text(Encr id, uint16_t key_bits) {
  std::string bits = "-" + std::to_string(key_bits);
  switch (id) {
    case Encr::aes_cbc: return "aes" + bits;
    case Encr::aes_gcm_16: return "aes" + bits + "-gcm";
    case Encr::null_aes_gmac: return "aes" + bits + "-gmac";
    // One key length each, so naming it would only confuse.
    case Encr::blowfish:
    case Encr::cast: return to_text(id);
    default: break;
  }
  const std::string name = to_text(id);
  if (key_bits == 0) return name;
  if (name.starts_with("aes-")) return "aes" + bits + name.substr(3);
  return name + bits;
}

std::string_view keyword_of(TransformType type) {
  switch (type) {
    case TransformType::encr: return "enc";
    case TransformType::prf: return "prf";
    case TransformType::integ: return "auth";
    case TransformType::ke: return "group";
    default: return {};
  }
}

void append_word(std::string& text, std::string_view word) {
  if (!text.empty()) text += ' ';
  text += word;
}

}  // namespace

Transform Transform::encr(Encr id, uint16_t key_bits) {
  return {TransformType::encr, raw(id), key_bits};
}
Transform Transform::prf(PrfId id) { return {TransformType::prf, raw(id), 0}; }
Transform Transform::integ(Integ id) { return {TransformType::integ, raw(id), 0}; }
Transform Transform::ke(KeMethod id) { return {TransformType::ke, raw(id), 0}; }
Transform Transform::esn(Esn id) { return {TransformType::esn, raw(id), 0}; }

std::string Transform::text() const {
  switch (type) {
    case TransformType::encr: return encr_text(Encr{id}, key_bits);
    case TransformType::prf: return to_text(PrfId{id});
    case TransformType::integ: return to_text(Integ{id});
    case TransformType::ke: return to_text(KeMethod{id});
    case TransformType::esn: return to_text(Esn{id});
    default: break;
  }
  return to_text(type) + "/" + std::to_string(id);
}

std::vector<Transform> Proposal::of_type(TransformType type) const {
  std::vector<Transform> found;
  std::ranges::copy_if(transforms, std::back_inserter(found),
                       [type](const Transform& t) { return t.type == type; });
  return found;
}

bool Proposal::offers(TransformType type) const {
  return std::ranges::any_of(transforms, [type](const Transform& t) { return t.type == type; });
}

bool Proposal::is_aead() const {
  return offers(TransformType::encr) && std::ranges::all_of(transforms, [](const Transform& t) {
           return t.type != TransformType::encr || model::is_aead(Encr{t.id});
         });
}

std::string Proposal::text() const {
  std::vector<TransformType> order = {TransformType::encr, TransformType::prf, TransformType::integ,
                                      TransformType::ke, TransformType::esn};
  for (const auto& t : transforms) {
    if (std::ranges::find(order, t.type) == order.end()) order.push_back(t.type);
  }
  std::string text;
  for (const TransformType type : order) {
    std::string names;
    for (const auto& t : of_type(type)) names += (names.empty() ? "" : ",") + t.text();
    if (names.empty()) continue;
    if (const auto keyword = keyword_of(type); !keyword.empty()) append_word(text, keyword);
    append_word(text, names);
  }
  return text;
}

std::string Suite::text() const {
  std::string text = "enc " + encr_text(encr, encr_key_bits);
  if (integ != Integ::none) text += " auth " + to_text(integ);
  if (ke != KeMethod::none) text += " group " + to_text(ke);
  if (prf != PrfId::none) text += " prf " + to_text(prf);
  if (esn == Esn::yes) text += " esn";
  return text;
}

bool is_aead(Encr encr) {
  switch (encr) {
    case Encr::aes_ccm_8:
    case Encr::aes_ccm_12:
    case Encr::aes_ccm_16:
    case Encr::aes_gcm_8:
    case Encr::aes_gcm_12:
    case Encr::aes_gcm_16:
    case Encr::null_aes_gmac:
    case Encr::chacha20_poly1305: return true;
    default: return false;
  }
}

}  // namespace ike::model
