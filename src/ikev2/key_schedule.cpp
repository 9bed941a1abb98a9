#include "ikev2/key_schedule.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "crypto/algorithms.h"

namespace ike::v2 {
namespace {

using Octets8 = std::array<uint8_t, 8>;

Octets8 octets_of(IkeSpi spi) {
  Octets8 out{};
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<uint8_t>(spi.raw() >> (8 * (out.size() - 1 - i)));
  }
  return out;
}

Result<SkKeys::Sizes> sizes_for(const model::Suite& suite) {
  const auto prf = crypto::info_of(suite.prf);
  const auto protection = crypto::sizes_of(protection_of(suite));
  if (!prf || !protection) return fail(Fault::unsupported, "key schedule: unknown algorithm");
  return SkKeys::Sizes{prf->size, protection->integ_key, protection->key};
}

Result<SkKeys> expand(crypto::Provider& provider, const model::Suite& suite, Bytes skeyseed,
                      const KeyInputs& inputs) {
  IKE_TRY(const SkKeys::Sizes sizes, sizes_for(suite));
  const Octets8 spi_i = octets_of(inputs.spi_i);
  const Octets8 spi_r = octets_of(inputs.spi_r);
  const std::array<Bytes, 4> seed{inputs.ni, inputs.nr, spi_i, spi_r};
  Secret block(sizes.total());
  provider.prf_plus(suite.prf, skeyseed, seed, block.writable());
  return SkKeys(std::move(block), sizes);
}

}  // namespace

crypto::Protection protection_of(const model::Suite& suite) {
  return {suite.encr, suite.encr_key_bits, suite.integ};
}

SkKeys::SkKeys(Secret&& block, const Sizes& sizes)
    : block_(std::move(block)),
      prf_(static_cast<uint16_t>(sizes.prf)),
      integ_(static_cast<uint16_t>(sizes.integ)),
      encr_(static_cast<uint16_t>(sizes.encr)) {
  IKE_ASSERT(block_.size() == sizes.total());
}

Result<SkKeys> derive_keys(crypto::Provider& provider, const model::Suite& suite,
                           const KeyInputs& inputs) {
  const auto prf = crypto::info_of(suite.prf);
  if (!prf) return fail(Fault::unsupported, "key schedule: unknown PRF");
  Bytes ni = inputs.ni;
  Bytes nr = inputs.nr;
  //= RFC 7296 section 2.14: with AES-XCBC and AES-CMAC only the first 64 bits of each nonce make
  //= the key of SKEYSEED, while prf+ takes all of them
  if (prf->fixed_key) {
    const size_t half = prf->size / 2U;
    ni = ni.first(std::min(ni.size(), half));
    nr = nr.first(std::min(nr.size(), half));
  }
  const Secret key = Secret::concat({ni, nr});
  const std::array<Bytes, 1> data{inputs.shared};
  Secret skeyseed(prf->size);
  provider.prf(suite.prf, key.view(), data, skeyseed.writable());
  return expand(provider, suite, skeyseed.view(), inputs);
}

Result<SkKeys> derive_rekeyed(crypto::Provider& provider, const model::Suite& suite,
                              const RekeyFrom& old, const KeyInputs& inputs) {
  const auto prf = crypto::info_of(old.prf);
  if (!prf) return fail(Fault::unsupported, "key schedule: unknown PRF");
  const std::array<Bytes, 3> data{inputs.shared, inputs.ni, inputs.nr};
  Secret skeyseed(prf->size);
  provider.prf(old.prf, old.sk_d, data, skeyseed.writable());
  //= RFC 7296 section 2.18: SKEYSEED by the old PRF, everything after it by the new one
  return expand(provider, suite, skeyseed.view(), inputs);
}

Result<ChildKeys> derive_child_keys(crypto::Provider& provider, PrfId prf, Bytes sk_d,
                                    const model::Suite& suite, const ChildKeyInputs& inputs) {
  const auto sizes = crypto::sizes_of(protection_of(suite));
  if (!sizes) return fail(Fault::unsupported, "key schedule: unknown Child SA algorithm");
  const std::array<Bytes, 3> seed{inputs.shared, inputs.ni, inputs.nr};
  Secret keymat(2 * (sizes->key + sizes->integ_key));
  provider.prf_plus(prf, sk_d, seed, keymat.writable());

  Bytes rest = keymat.view();
  const auto next = [&rest](size_t size) {
    Secret taken(rest.first(size));
    rest = rest.subspan(size);
    return taken;
  };
  //= RFC 7296 section 2.17: all of the initiator-to-responder SA first, in it encryption first
  ChildKeys keys;
  for (ChildKeyPair* pair : {&keys.from_initiator, &keys.from_responder}) {
    pair->encryption = next(sizes->key);
    pair->integrity = next(sizes->integ_key);
  }
  return keys;
}

}  // namespace ike::v2
