#include "crypto/openssl/prf.h"

#include <algorithm>

#include "base/assert.h"
#include "crypto/algorithms.h"
#include "crypto/openssl/hmac.h"

namespace ike::crypto::openssl {

namespace {

// Parts of a seed: ours are nonces, SPIs, a shared secret; not more than this.
constexpr size_t kPartsMax = 8;

template <typename Keyed>
void expand(Keyed& keyed, Parts seed, MutableBytes out) {
  IKE_ASSERT(seed.size() <= kPartsMax && out.size() <= 255 * Keyed::kSize);
  std::array<uint8_t, Keyed::kSize> block{};
  uint8_t counter = 0;
  //= RFC 7296 section 2.13: Tn = prf(K, Tn-1 | S | n), and T1 has no predecessor
  std::array<Bytes, kPartsMax + 2> parts{};
  std::ranges::copy(seed, parts.begin() + 1);
  parts[seed.size() + 1] = Bytes(&counter, 1);
  while (!out.empty()) {
    ++counter;
    keyed.mac(Parts(parts).first(seed.size() + 2), block);
    parts[0] = block;
    const size_t taken = std::min(block.size(), out.size());
    std::copy_n(block.begin(), taken, out.begin());
    out = out.subspan(taken);
  }
  wipe(block);
}

template <typename D>
void digest(Parts data, MutableBytes out) {
  D work;
  work.start();
  for (const Bytes part : data) work.add(part);
  std::array<uint8_t, D::kSize> value{};
  work.finish(value);
  std::copy_n(value.begin(), std::min(out.size(), value.size()), out.begin());
}

template <typename D, typename Use>
void with_hmac(Bytes key, Use use) {
  Hmac<D> hmac;
  hmac.key(key);
  use(hmac);
}

}  // namespace

bool Prfs::supports(PrfId prf) { return info_of(prf).has_value(); }

template <typename Use>
void Prfs::with_keyed(PrfId prf, Bytes key, Use use) {
  switch (prf) {
    case PrfId::hmac_md5: return with_hmac<Md5>(key, use);
    case PrfId::hmac_sha1: return with_hmac<Sha1>(key, use);
    case PrfId::hmac_sha2_256: return with_hmac<Sha256>(key, use);
    case PrfId::hmac_sha2_384: return with_hmac<Sha384>(key, use);
    case PrfId::hmac_sha2_512: return with_hmac<Sha512>(key, use);
    case PrfId::aes128_xcbc: xcbc_.prf_key(key); return use(xcbc_);
    case PrfId::aes128_cmac: cmac_.prf_key(key); return use(cmac_);
    case PrfId::none: break;
  }
  IKE_ASSERT(false && "not a PRF of ours");
}

void Prfs::prf(PrfId prf, Bytes key, Parts data, MutableBytes out) {
  with_keyed(prf, key, [&](auto& keyed) { keyed.mac(data, out); });
}

void Prfs::prf_plus(PrfId prf, Bytes key, Parts seed, MutableBytes out) {
  with_keyed(prf, key, [&](auto& keyed) { expand(keyed, seed, out); });
}

void hash(Hash hash, Parts data, MutableBytes out) {
  switch (hash) {
    case Hash::sha1: return digest<Sha1>(data, out);
    case Hash::sha2_256: return digest<Sha256>(data, out);
    case Hash::sha2_384: return digest<Sha384>(data, out);
    case Hash::sha2_512: return digest<Sha512>(data, out);
  }
}

}  // namespace ike::crypto::openssl
