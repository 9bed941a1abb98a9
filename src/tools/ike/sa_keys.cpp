#include "tools/ike/sa_keys.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "crypto/algorithms.h"
#include "wire/reader.h"

namespace ike::tools {

namespace {

using nlohmann::json;

struct EncrName {
  std::string_view name;
  Encr id;
};
constexpr EncrName kEncrNames[] = {
    {"3DES", Encr::des3},
    {"AES_CBC", Encr::aes_cbc},
    {"AES_CTR", Encr::aes_ctr},
    {"AES_CCM_8", Encr::aes_ccm_8},
    {"AES_CCM_12", Encr::aes_ccm_12},
    {"AES_CCM_16", Encr::aes_ccm_16},
    {"AES_GCM_8", Encr::aes_gcm_8},
    {"AES_GCM_12", Encr::aes_gcm_12},
    {"AES_GCM_16", Encr::aes_gcm_16},
    {"CHACHA20_POLY1305", Encr::chacha20_poly1305},
};

struct IntegName {
  std::string_view name;
  Integ id;
};
constexpr IntegName kIntegNames[] = {
    {"NONE", Integ::none},
    {"HMAC_MD5_96", Integ::hmac_md5_96},
    {"HMAC_SHA1_96", Integ::hmac_sha1_96},
    {"AES_XCBC_96", Integ::aes_xcbc_96},
    {"AES_CMAC_96", Integ::aes_cmac_96},
    {"HMAC_SHA2_256_128", Integ::hmac_sha2_256_128},
    {"HMAC_SHA2_384_192", Integ::hmac_sha2_384_192},
    {"HMAC_SHA2_512_256", Integ::hmac_sha2_512_256},
};

// The text of a member; empty where there is none.
std::string_view text_of(const json& entry, const char* member) {
  const auto it = entry.find(member);
  if (it == entry.end() || !it->is_string()) return {};
  return it->get_ref<const std::string&>();
}

Result<Secret> secret_of(const json& entry, const char* member) {
  auto octets = from_hex(text_of(entry, member));
  if (!octets) return fail(Fault::malformed, "key file: a key is not hex");
  return Secret::adopt(std::move(*octets));
}

Result<IkeSpi> spi_of(const json& entry, const char* member) {
  const auto octets = from_hex(text_of(entry, member));
  if (!octets) return fail(Fault::malformed, "key file: an SPI is not hex");
  if (octets->empty()) return IkeSpi{};
  wire::Reader r(*octets, "key file: an SPI is shorter than 8 octets");
  const IkeSpi spi(r.u64());
  return r.done(spi);
}

// The key length is told by the key.
Result<crypto::Protection> protection_of(const json& entry, const SaKeys& keys) {
  crypto::Protection p;
  for (const IntegName& integ : kIntegNames) {
    if (integ.name == text_of(entry, "integ")) p.integ = integ.id;
  }
  for (const EncrName& encr : kEncrNames) {
    if (encr.name != text_of(entry, "encr")) continue;
    for (const crypto::EncrInfo& info : crypto::all_encr()) {
      if (info.id == encr.id && size_t{info.key_size} + info.salt_size == keys.encr.size()) {
        p.encr = info.id;
        p.encr_key_bits = info.key_bits;
        return p;
      }
    }
    return fail(Fault::malformed, "key file: sk_e has not the size of a key of its cipher");
  }
  return fail(Fault::unsupported, "key file: unknown cipher");
}

Result<SaKeys> parse_entry(const json& entry) {
  if (!entry.is_object()) return fail(Fault::malformed, "key file: an SA is not an object");
  SaKeys keys;
  IKE_TRY(keys.spi_i, spi_of(entry, "ispi"));
  IKE_TRY(keys.spi_r, spi_of(entry, "rspi"));
  IKE_TRY(keys.encr, secret_of(entry, "sk_e"));
  IKE_TRY(keys.integ, secret_of(entry, "sk_a"));
  IKE_TRY(keys.protection, protection_of(entry, keys));
  keys.from_initiator = text_of(entry, "from") == "initiator";
  if (!keys.from_initiator && text_of(entry, "from") != "responder") {
    return fail(Fault::malformed, "key file: \"from\" is neither initiator nor responder");
  }
  return keys;
}

}  // namespace

Result<std::vector<SaKeys>> parse_keys(std::string_view text, std::string_view capture) {
  const json file = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!file.is_object()) return fail(Fault::malformed, "key file: not a JSON object");
  const auto named = file.find(capture);
  const json& entry = named == file.end() ? file : *named;
  const auto list = entry.is_object() ? entry.find("ikev2") : entry.end();
  std::vector<SaKeys> keys;
  if (list == entry.end()) return keys;
  for (const json& sa : *list) {
    IKE_TRY(SaKeys one, parse_entry(sa));
    keys.push_back(std::move(one));
  }
  return keys;
}

}  // namespace ike::tools
