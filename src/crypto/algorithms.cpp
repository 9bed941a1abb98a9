#include "crypto/algorithms.h"

#include <algorithm>
#include <array>

namespace ike::crypto {

namespace {

// id, key bits (attribute), key, salt, iv, block, icv, aead, OpenSSL
constexpr std::array kEncr{
    EncrInfo{Encr::des, 0, 8, 0, 8, 8, 0, false, "DES-CBC"},
    EncrInfo{Encr::des3, 0, 24, 0, 8, 8, 0, false, "DES-EDE3-CBC"},
    // RFC 2451: variable keys, 128 bits where the attribute is absent.
    EncrInfo{Encr::cast, 0, 16, 0, 8, 8, 0, false, "CAST5-CBC"},
    EncrInfo{Encr::cast, 128, 16, 0, 8, 8, 0, false, "CAST5-CBC"},
    EncrInfo{Encr::blowfish, 0, 16, 0, 8, 8, 0, false, "BF-CBC"},
    EncrInfo{Encr::blowfish, 128, 16, 0, 8, 8, 0, false, "BF-CBC"},
    EncrInfo{Encr::blowfish, 160, 20, 0, 8, 8, 0, false, "BF-CBC"},
    EncrInfo{Encr::blowfish, 192, 24, 0, 8, 8, 0, false, "BF-CBC"},
    EncrInfo{Encr::blowfish, 256, 32, 0, 8, 8, 0, false, "BF-CBC"},
    EncrInfo{Encr::blowfish, 448, 56, 0, 8, 8, 0, false, "BF-CBC"},
    EncrInfo{Encr::null, 0, 0, 0, 0, 1, 0, false, nullptr},
    EncrInfo{Encr::aes_cbc, 128, 16, 0, 16, 16, 0, false, "AES-128-CBC"},
    EncrInfo{Encr::aes_cbc, 192, 24, 0, 16, 16, 0, false, "AES-192-CBC"},
    EncrInfo{Encr::aes_cbc, 256, 32, 0, 16, 16, 0, false, "AES-256-CBC"},
    EncrInfo{Encr::aes_ctr, 128, 16, 4, 8, 1, 0, false, "AES-128-CTR"},
    EncrInfo{Encr::aes_ctr, 192, 24, 4, 8, 1, 0, false, "AES-192-CTR"},
    EncrInfo{Encr::aes_ctr, 256, 32, 4, 8, 1, 0, false, "AES-256-CTR"},
    EncrInfo{Encr::aes_ccm_8, 128, 16, 3, 8, 1, 8, true, "AES-128-CCM"},
    EncrInfo{Encr::aes_ccm_8, 192, 24, 3, 8, 1, 8, true, "AES-192-CCM"},
    EncrInfo{Encr::aes_ccm_8, 256, 32, 3, 8, 1, 8, true, "AES-256-CCM"},
    EncrInfo{Encr::aes_ccm_12, 128, 16, 3, 8, 1, 12, true, "AES-128-CCM"},
    EncrInfo{Encr::aes_ccm_12, 192, 24, 3, 8, 1, 12, true, "AES-192-CCM"},
    EncrInfo{Encr::aes_ccm_12, 256, 32, 3, 8, 1, 12, true, "AES-256-CCM"},
    EncrInfo{Encr::aes_ccm_16, 128, 16, 3, 8, 1, 16, true, "AES-128-CCM"},
    EncrInfo{Encr::aes_ccm_16, 192, 24, 3, 8, 1, 16, true, "AES-192-CCM"},
    EncrInfo{Encr::aes_ccm_16, 256, 32, 3, 8, 1, 16, true, "AES-256-CCM"},
    EncrInfo{Encr::aes_gcm_8, 128, 16, 4, 8, 1, 8, true, "AES-128-GCM"},
    EncrInfo{Encr::aes_gcm_8, 192, 24, 4, 8, 1, 8, true, "AES-192-GCM"},
    EncrInfo{Encr::aes_gcm_8, 256, 32, 4, 8, 1, 8, true, "AES-256-GCM"},
    EncrInfo{Encr::aes_gcm_12, 128, 16, 4, 8, 1, 12, true, "AES-128-GCM"},
    EncrInfo{Encr::aes_gcm_12, 192, 24, 4, 8, 1, 12, true, "AES-192-GCM"},
    EncrInfo{Encr::aes_gcm_12, 256, 32, 4, 8, 1, 12, true, "AES-256-GCM"},
    EncrInfo{Encr::aes_gcm_16, 128, 16, 4, 8, 1, 16, true, "AES-128-GCM"},
    EncrInfo{Encr::aes_gcm_16, 192, 24, 4, 8, 1, 16, true, "AES-192-GCM"},
    EncrInfo{Encr::aes_gcm_16, 256, 32, 4, 8, 1, 16, true, "AES-256-GCM"},
    EncrInfo{Encr::null_aes_gmac, 128, 16, 4, 8, 1, 16, true, "AES-128-GCM"},
    EncrInfo{Encr::null_aes_gmac, 192, 24, 4, 8, 1, 16, true, "AES-192-GCM"},
    EncrInfo{Encr::null_aes_gmac, 256, 32, 4, 8, 1, 16, true, "AES-256-GCM"},
    //= RFC 7634 section 2: the key is always 256 bits, so there is no Key Length attribute
    EncrInfo{Encr::chacha20_poly1305, 0, 32, 4, 8, 1, 16, true, "ChaCha20-Poly1305"},
};

// id, key, icv, OpenSSL
constexpr std::array kInteg{
    IntegInfo{Integ::hmac_md5_96, 16, 12, "MD5"},
    IntegInfo{Integ::hmac_sha1_96, 20, 12, "SHA1"},
    IntegInfo{Integ::aes_xcbc_96, 16, 12, "AES-128-CBC"},
    IntegInfo{Integ::aes_cmac_96, 16, 12, "AES-128-CBC"},
    IntegInfo{Integ::hmac_sha2_256_128, 32, 16, "SHA256"},
    IntegInfo{Integ::hmac_sha2_384_192, 48, 24, "SHA384"},
    IntegInfo{Integ::hmac_sha2_512_256, 64, 32, "SHA512"},
};

// id, size, fixed key, OpenSSL
constexpr std::array kPrf{
    PrfInfo{PrfId::hmac_md5, 16, false, "MD5"},
    PrfInfo{PrfId::hmac_sha1, 20, false, "SHA1"},
    PrfInfo{PrfId::aes128_xcbc, 16, true, "AES-128-CBC"},
    PrfInfo{PrfId::hmac_sha2_256, 32, false, "SHA256"},
    PrfInfo{PrfId::hmac_sha2_384, 48, false, "SHA384"},
    PrfInfo{PrfId::hmac_sha2_512, 64, false, "SHA512"},
    PrfInfo{PrfId::aes128_cmac, 16, true, "AES-128-CBC"},
};

// id, KE payload of the initiator, of the responder, shared secret, strength
constexpr std::array kKe{
    KeInfo{KeMethod::modp768, 96, 96, 96, 66},
    KeInfo{KeMethod::modp1024, 128, 128, 128, 80},
    KeInfo{KeMethod::modp1536, 192, 192, 192, 96},
    KeInfo{KeMethod::modp2048, 256, 256, 256, 112},
    KeInfo{KeMethod::modp3072, 384, 384, 384, 128},
    KeInfo{KeMethod::modp4096, 512, 512, 512, 152},
    KeInfo{KeMethod::modp6144, 768, 768, 768, 176},
    KeInfo{KeMethod::modp8192, 1024, 1024, 1024, 200},
    KeInfo{KeMethod::ecp256, 64, 64, 32, 128},
    KeInfo{KeMethod::ecp384, 96, 96, 48, 192},
    KeInfo{KeMethod::ecp521, 132, 132, 66, 256},
    KeInfo{KeMethod::ecp192, 48, 48, 24, 96},
    KeInfo{KeMethod::ecp224, 56, 56, 28, 112},
    KeInfo{KeMethod::brainpool224, 56, 56, 28, 112},
    KeInfo{KeMethod::brainpool256, 64, 64, 32, 128},
    KeInfo{KeMethod::brainpool384, 96, 96, 48, 192},
    KeInfo{KeMethod::brainpool512, 128, 128, 64, 256},
    KeInfo{KeMethod::curve25519, 32, 32, 32, 128},
    KeInfo{KeMethod::curve448, 56, 56, 56, 224},
    // Source: draft-ietf-ipsecme-ikev2-mlkem; keys and ciphertexts differ in size.
    KeInfo{KeMethod::ml_kem_512, 800, 768, 32, 128},
    KeInfo{KeMethod::ml_kem_768, 1184, 1088, 32, 192},
    KeInfo{KeMethod::ml_kem_1024, 1568, 1568, 32, 256},
    KeInfo{KeMethod::sntrup761x25519, 1190, 1071, 64, 128},
};

template <typename Row, size_t n, typename Id>
std::optional<Row> find(const std::array<Row, n>& rows, Id id) {
  const auto at = std::ranges::find(rows, id, &Row::id);
  if (at == rows.end()) return std::nullopt;
  return *at;
}

}  // namespace

std::optional<EncrInfo> info_of(Encr id, uint16_t key_bits) {
  const auto matches = [&](const EncrInfo& row) {
    return row.id == id && row.key_bits == key_bits;
  };
  const auto at = std::ranges::find_if(kEncr, matches);
  if (at == kEncr.end()) return std::nullopt;
  return *at;
}
std::optional<IntegInfo> info_of(Integ id) { return find(kInteg, id); }
std::optional<PrfInfo> info_of(PrfId id) { return find(kPrf, id); }
std::optional<KeInfo> info_of(KeMethod id) { return find(kKe, id); }

std::span<const EncrInfo> all_encr() { return kEncr; }
std::span<const IntegInfo> all_integ() { return kInteg; }
std::span<const PrfInfo> all_prf() { return kPrf; }
std::span<const KeInfo> all_ke() { return kKe; }

std::optional<ProtectionSizes> sizes_of(const Protection& protection) {
  const auto encr = info_of(protection.encr, protection.encr_key_bits);
  if (!encr) return std::nullopt;
  ProtectionSizes sizes{.key = size_t{encr->key_size} + encr->salt_size,
                        .integ_key = 0,
                        .iv = encr->iv_size,
                        .block = encr->block_size,
                        .icv = encr->icv_size};
  if (encr->aead) {
    if (protection.integ != Integ::none) return std::nullopt;
    return sizes;
  }
  // Encryption without integrity is open to forgery (RFC 7296 section 3.3.2), so it has no sizes.
  const auto integ = info_of(protection.integ);
  if (!integ) return std::nullopt;
  sizes.integ_key = integ->key_size;
  sizes.icv = integ->icv_size;
  return sizes;
}

}  // namespace ike::crypto
