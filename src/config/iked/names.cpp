#include "config/iked/names.h"

#include <span>

#include "crypto/algorithms.h"

namespace ike::config::iked {

namespace {

using model::Transform;

constexpr std::string_view kShortBlocks = "its 64-bit blocks leak after some gigabytes";
constexpr std::string_view kShortGroup = "its discrete logarithms are within reach";
constexpr std::string_view kBrokenHash = "its hash is broken";
constexpr std::string_view kNoSecrecy = "it does not hide anything";
constexpr std::string_view kFine;

std::span<const NamedTransform> ike_ciphers() {
  static const std::vector<NamedTransform> table = {
      {"3des", Transform::encr(Encr::des3), kShortBlocks},
      {"3des-cbc", Transform::encr(Encr::des3), kShortBlocks},
      {"aes-128", Transform::encr(Encr::aes_cbc, 128), kFine},
      {"aes-192", Transform::encr(Encr::aes_cbc, 192), kFine},
      {"aes-256", Transform::encr(Encr::aes_cbc, 256), kFine},
      {"aes-128-gcm", Transform::encr(Encr::aes_gcm_16, 128), kFine},
      {"aes-256-gcm", Transform::encr(Encr::aes_gcm_16, 256), kFine},
      {"aes-128-gcm-12", Transform::encr(Encr::aes_gcm_12, 128), kFine},
      {"aes-256-gcm-12", Transform::encr(Encr::aes_gcm_12, 256), kFine},
      // Not in the original.
      {"chacha20-poly1305", Transform::encr(Encr::chacha20_poly1305), kFine},
  };
  return table;
}

std::span<const NamedTransform> child_ciphers() {
  static const std::vector<NamedTransform> table = {
      {"3des", Transform::encr(Encr::des3), kShortBlocks},
      {"3des-cbc", Transform::encr(Encr::des3), kShortBlocks},
      {"aes-128", Transform::encr(Encr::aes_cbc, 128), kFine},
      {"aes-192", Transform::encr(Encr::aes_cbc, 192), kFine},
      {"aes-256", Transform::encr(Encr::aes_cbc, 256), kFine},
      {"aes-128-ctr", Transform::encr(Encr::aes_ctr, 128), kFine},
      {"aes-192-ctr", Transform::encr(Encr::aes_ctr, 192), kFine},
      {"aes-256-ctr", Transform::encr(Encr::aes_ctr, 256), kFine},
      {"aes-128-gcm", Transform::encr(Encr::aes_gcm_16, 128), kFine},
      {"aes-192-gcm", Transform::encr(Encr::aes_gcm_16, 192), kFine},
      {"aes-256-gcm", Transform::encr(Encr::aes_gcm_16, 256), kFine},
      {"aes-128-gmac", Transform::encr(Encr::null_aes_gmac, 128), kNoSecrecy},
      {"aes-192-gmac", Transform::encr(Encr::null_aes_gmac, 192), kNoSecrecy},
      {"aes-256-gmac", Transform::encr(Encr::null_aes_gmac, 256), kNoSecrecy},
      {"blowfish", Transform::encr(Encr::blowfish, 160), kShortBlocks},
      {"cast", Transform::encr(Encr::cast, 128), kShortBlocks},
      //= RFC 7634 section 4: ChaCha20-Poly1305 has no Key Length attribute
      {"chacha20-poly1305", Transform::encr(Encr::chacha20_poly1305), kFine},
      {"null", Transform::encr(Encr::null), kNoSecrecy},
  };
  return table;
}

std::span<const NamedTransform> integrity() {
  static const std::vector<NamedTransform> table = {
      {"hmac-md5", Transform::integ(Integ::hmac_md5_96), kBrokenHash},
      {"hmac-sha1", Transform::integ(Integ::hmac_sha1_96), kBrokenHash},
      {"hmac-sha2-256", Transform::integ(Integ::hmac_sha2_256_128), kFine},
      {"hmac-sha2-384", Transform::integ(Integ::hmac_sha2_384_192), kFine},
      {"hmac-sha2-512", Transform::integ(Integ::hmac_sha2_512_256), kFine},
  };
  return table;
}

std::span<const NamedTransform> prfs() {
  static const std::vector<NamedTransform> table = {
      {"hmac-md5", Transform::prf(PrfId::hmac_md5), kBrokenHash},
      {"hmac-sha1", Transform::prf(PrfId::hmac_sha1), kBrokenHash},
      {"hmac-sha2-256", Transform::prf(PrfId::hmac_sha2_256), kFine},
      {"hmac-sha2-384", Transform::prf(PrfId::hmac_sha2_384), kFine},
      {"hmac-sha2-512", Transform::prf(PrfId::hmac_sha2_512), kFine},
  };
  return table;
}

std::span<const NamedTransform> groups() {
  static const std::vector<NamedTransform> table = {
      {"none", Transform::ke(KeMethod::none), kFine},
      {"modp768", Transform::ke(KeMethod::modp768), kShortGroup},
      {"grp1", Transform::ke(KeMethod::modp768), kShortGroup},
      {"modp1024", Transform::ke(KeMethod::modp1024), kShortGroup},
      {"grp2", Transform::ke(KeMethod::modp1024), kShortGroup},
      {"modp1536", Transform::ke(KeMethod::modp1536), kShortGroup},
      {"grp5", Transform::ke(KeMethod::modp1536), kShortGroup},
      {"modp2048", Transform::ke(KeMethod::modp2048), kFine},
      {"grp14", Transform::ke(KeMethod::modp2048), kFine},
      {"modp3072", Transform::ke(KeMethod::modp3072), kFine},
      {"grp15", Transform::ke(KeMethod::modp3072), kFine},
      {"modp4096", Transform::ke(KeMethod::modp4096), kFine},
      {"grp16", Transform::ke(KeMethod::modp4096), kFine},
      {"modp6144", Transform::ke(KeMethod::modp6144), kFine},
      {"grp17", Transform::ke(KeMethod::modp6144), kFine},
      {"modp8192", Transform::ke(KeMethod::modp8192), kFine},
      {"grp18", Transform::ke(KeMethod::modp8192), kFine},
      {"ecp256", Transform::ke(KeMethod::ecp256), kFine},
      {"grp19", Transform::ke(KeMethod::ecp256), kFine},
      {"ecp384", Transform::ke(KeMethod::ecp384), kFine},
      {"grp20", Transform::ke(KeMethod::ecp384), kFine},
      {"ecp521", Transform::ke(KeMethod::ecp521), kFine},
      {"grp21", Transform::ke(KeMethod::ecp521), kFine},
      {"ecp192", Transform::ke(KeMethod::ecp192), kShortGroup},
      {"grp25", Transform::ke(KeMethod::ecp192), kShortGroup},
      {"ecp224", Transform::ke(KeMethod::ecp224), kFine},
      {"grp26", Transform::ke(KeMethod::ecp224), kFine},
      {"brainpool224", Transform::ke(KeMethod::brainpool224), kFine},
      {"grp27", Transform::ke(KeMethod::brainpool224), kFine},
      {"brainpool256", Transform::ke(KeMethod::brainpool256), kFine},
      {"grp28", Transform::ke(KeMethod::brainpool256), kFine},
      {"brainpool384", Transform::ke(KeMethod::brainpool384), kFine},
      {"grp29", Transform::ke(KeMethod::brainpool384), kFine},
      {"brainpool512", Transform::ke(KeMethod::brainpool512), kFine},
      {"grp30", Transform::ke(KeMethod::brainpool512), kFine},
      {"curve25519", Transform::ke(KeMethod::curve25519), kFine},
      {"grp31", Transform::ke(KeMethod::curve25519), kFine},
      {"sntrup761x25519", Transform::ke(KeMethod::sntrup761x25519), kFine},
      // Not in the original.
      {"curve448", Transform::ke(KeMethod::curve448), kFine},
      {"grp32", Transform::ke(KeMethod::curve448), kFine},
  };
  return table;
}

std::span<const NamedTransform> esn() {
  static const std::vector<NamedTransform> table = {
      {"esn", Transform::esn(Esn::yes), kFine},
      {"noesn", Transform::esn(Esn::no), kFine},
  };
  return table;
}

std::span<const NamedTransform> table_of(SaKind kind, TransformClause::Type type) {
  switch (type) {
    case TransformClause::Type::auth: return integrity();
    case TransformClause::Type::enc: return kind == SaKind::ike ? ike_ciphers() : child_ciphers();
    case TransformClause::Type::prf: return prfs();
    case TransformClause::Type::group: return groups();
    case TransformClause::Type::esn:
    case TransformClause::Type::noesn: break;
  }
  return esn();
}

std::span<const NamedAuth> auth_modes() {
  using enum AuthMethod;
  // A policy that names a key type accepts the older method of this type, or the general one.
  static const std::vector<NamedAuth> table = {
      {"signature", {AuthMethod::signature, AuthMethod::rsa, ecdsa256, ecdsa384, ecdsa521}},
      {"rsa", {AuthMethod::rsa, AuthMethod::signature}},
      {"ecdsa256", {ecdsa256, AuthMethod::signature}},
      {"ecdsa384", {ecdsa384, AuthMethod::signature}},
      {"ecdsa521", {ecdsa521, AuthMethod::signature}},
      {"rfc7427", {AuthMethod::signature}},
  };
  return table;
}

template <typename Row>
const Row* find_by_name(std::span<const Row> table, std::string_view text) {
  if (text.empty()) return nullptr;
  for (const Row& row : table) {
    if (row.name == text) return &row;
  }
  for (const Row& row : table) {
    if (row.name.starts_with(text)) return &row;
  }
  return nullptr;
}

template <typename Row>
std::vector<std::string_view> names_of(std::span<const Row> table) {
  std::vector<std::string_view> names;
  for (const Row& row : table) names.push_back(row.name);
  return names;
}

}  // namespace

const NamedTransform* find_transform(SaKind kind, TransformClause::Type type,
                                     std::string_view text) {
  return find_by_name(table_of(kind, type), text);
}

std::vector<std::string_view> transform_names(SaKind kind, TransformClause::Type type) {
  return names_of(table_of(kind, type));
}

const NamedAuth* find_auth(std::string_view text) { return find_by_name(auth_modes(), text); }
std::vector<std::string_view> auth_names() { return names_of(auth_modes()); }

bool is_implemented(const Transform& t) {
  switch (t.type) {
    case TransformType::encr:
      return Encr{t.id} == Encr::null || crypto::info_of(Encr{t.id}, t.key_bits).has_value();
    case TransformType::prf: return crypto::info_of(PrfId{t.id}).has_value();
    case TransformType::integ: return crypto::info_of(Integ{t.id}).has_value();
    case TransformType::ke:
      return KeMethod{t.id} == KeMethod::none || crypto::info_of(KeMethod{t.id}).has_value();
    default: return true;
  }
}

}  // namespace ike::config::iked
