#include "crypto/openssl/key_exchange.h"

#include <openssl/err.h>

namespace ike::crypto::openssl {

namespace {

constexpr int kDrawsMax = 128;  // each succeeds with a chance above one half

}  // namespace

Result<AnsweredKeyExchange> Group::answer(Bytes peer_public, Random& random) const {
  IKE_TRY(auto private_value, draw(random));
  IKE_TRY(const auto ours, key_pair(std::move(private_value)));
  IKE_TRY(auto shared, ours->derive(peer_public));
  return AnsweredKeyExchange{to_blob(ours->public_value()), std::move(shared)};
}

Result<Secret> draw_below(const BIGNUM* bound, Random& random) {
  const auto bits = static_cast<unsigned>(BN_num_bits(bound));
  Secret drawn((bits + 7) / 8);
  const Number number(BN_secure_new());
  if (!number) return fail(Fault::internal, "out of memory");
  for (int i = 0; i < kDrawsMax; ++i) {
    random.fill_secret(drawn.writable());
    uint8_t& top = drawn.writable().front();
    if (bits % 8 != 0) top = static_cast<uint8_t>(top & (0xff >> (8 - bits % 8)));
    if (BN_bin2bn(drawn.view().data(), static_cast<int>(drawn.size()), number.get()) == nullptr) {
      break;
    }
    if (!BN_is_zero(number.get()) && BN_cmp(number.get(), bound) < 0) return drawn;
  }
  return fail(Fault::internal, "random numbers are not random");
}

std::shared_ptr<const Group> make_group(KeMethod method, const std::shared_ptr<Library>& library) {
  const auto info = info_of(method);
  if (!info) return nullptr;
  switch (method) {
    case KeMethod::modp768:
    case KeMethod::modp1024:
    case KeMethod::modp1536:
    case KeMethod::modp2048:
    case KeMethod::modp3072:
    case KeMethod::modp4096:
    case KeMethod::modp6144:
    case KeMethod::modp8192: return make_modp(*info);
    case KeMethod::curve25519:
    case KeMethod::curve448: return make_montgomery_curve(*info, library);
    case KeMethod::ml_kem_512:
    case KeMethod::ml_kem_768:
    case KeMethod::ml_kem_1024: return make_ml_kem(*info, *library);
    case KeMethod::sntrup761x25519: return make_sntrup761_x25519(*info, library);
    default: return make_curve(*info, library);
  }
}

Result<std::shared_ptr<const Group>> Groups::find(KeMethod method) {
  for (const auto& group : groups_) {
    if (group->info().id == method) return group;
  }
  auto made = make_group(method, library_);
  if (!made) {
    ERR_clear_error();
    return fail(Fault::unsupported, "key exchange method not supported");
  }
  return groups_.emplace_back(std::move(made));
}

}  // namespace ike::crypto::openssl
