#include "kernel/xfrm/algorithms.h"

#include <algorithm>
#include <array>

namespace ike::kernel::xfrm {
namespace {

struct EncrRow {
  Encr encr;
  CipherName name;
};
constexpr auto kCiphers = std::to_array<EncrRow>({
    {Encr::des, {"cbc(des)", 0}},
    {Encr::cast, {"cbc(cast5)", 0}},
    {Encr::blowfish, {"cbc(blowfish)", 0}},
    {Encr::null_aes_gmac, {"rfc4543(gcm(aes))", 128}},
    {Encr::null, {"ecb(cipher_null)", 0}},
    {Encr::des3, {"cbc(des3_ede)", 0}},
    {Encr::aes_cbc, {"cbc(aes)", 0}},
    {Encr::aes_ctr, {"rfc3686(ctr(aes))", 0}},
    {Encr::aes_ccm_8, {"rfc4309(ccm(aes))", 64}},
    {Encr::aes_ccm_12, {"rfc4309(ccm(aes))", 96}},
    {Encr::aes_ccm_16, {"rfc4309(ccm(aes))", 128}},
    {Encr::aes_gcm_8, {"rfc4106(gcm(aes))", 64}},
    {Encr::aes_gcm_12, {"rfc4106(gcm(aes))", 96}},
    {Encr::aes_gcm_16, {"rfc4106(gcm(aes))", 128}},
    {Encr::chacha20_poly1305, {"rfc7539esp(chacha20,poly1305)", 128}},
});

struct IntegRow {
  Integ integ;
  IntegName name;
};
constexpr auto kIntegs = std::to_array<IntegRow>({
    {Integ::hmac_md5_96, {"hmac(md5)", 96}},
    {Integ::hmac_sha1_96, {"hmac(sha1)", 96}},
    {Integ::aes_xcbc_96, {"xcbc(aes)", 96}},
    {Integ::aes_cmac_96, {"cmac(aes)", 96}},
    {Integ::hmac_sha2_256_128, {"hmac(sha256)", 128}},
    {Integ::hmac_sha2_384_192, {"hmac(sha384)", 192}},
    {Integ::hmac_sha2_512_256, {"hmac(sha512)", 256}},
});

}  // namespace

std::optional<CipherName> kernel_name(Encr encr) {
  const auto row = std::ranges::find(kCiphers, encr, &EncrRow::encr);
  return row == kCiphers.end() ? std::nullopt : std::optional(row->name);
}

std::optional<IntegName> kernel_name(Integ integ) {
  const auto row = std::ranges::find(kIntegs, integ, &IntegRow::integ);
  return row == kIntegs.end() ? std::nullopt : std::optional(row->name);
}

}  // namespace ike::kernel::xfrm
