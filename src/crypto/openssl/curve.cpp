// Diffie-Hellman on the short Weierstrass curves: RFC 5903, RFC 5114, RFC 6954.
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <array>

#include "crypto/openssl/key_exchange.h"

namespace ike::crypto::openssl {

namespace {

int curve_of(KeMethod method) {
  switch (method) {
    case KeMethod::ecp192: return NID_X9_62_prime192v1;
    case KeMethod::ecp224: return NID_secp224r1;
    case KeMethod::ecp256: return NID_X9_62_prime256v1;
    case KeMethod::ecp384: return NID_secp384r1;
    case KeMethod::ecp521: return NID_secp521r1;
    case KeMethod::brainpool224: return NID_brainpoolP224r1;
    case KeMethod::brainpool256: return NID_brainpoolP256r1;
    case KeMethod::brainpool384: return NID_brainpoolP384r1;
    case KeMethod::brainpool512: return NID_brainpoolP512r1;
    default: return NID_undef;
  }
}

constexpr size_t kPointMax = 1 + 2 * 66;  // 04 | x | y of the largest curve

std::unexpected<Error> failed(std::string_view what) {
  ERR_clear_error();
  return fail(Fault::internal, what);
}

class Curve final : public Group {
 public:
  Curve(const KeInfo& info, CurveHandle curve, std::shared_ptr<Library> library)
      : Group(info), library_(std::move(library)), curve_(std::move(curve)) {}

  const EC_GROUP* curve() const { return curve_.get(); }
  NumberContext scratch() const { return NumberContext(BN_CTX_new_ex(library_->context())); }

  Result<Secret> draw(Random& random) const override {
    return draw_below(EC_GROUP_get0_order(curve_.get()), random);
  }
  Result<std::unique_ptr<KeyExchange>> key_pair(Secret private_value) const override;

  //= RFC 6989 section 2.3: both coordinates below p, the point on the curve and not at infinity
  Result<Point> public_point(Bytes octets, BN_CTX* scratch) const {
    if (octets.size() != info().public_initiator) return fail(Fault::malformed, "KE: wrong length");
    std::array<uint8_t, kPointMax> encoded{POINT_CONVERSION_UNCOMPRESSED};
    std::copy(octets.begin(), octets.end(), encoded.begin() + 1);
    Point point(EC_POINT_new(curve_.get()));
    if (!point) return failed("out of memory");
    // Refuses what is out of range or off the curve; the infinite point has no form of this length.
    if (EC_POINT_oct2point(curve_.get(), point.get(), encoded.data(), octets.size() + 1, scratch) !=
        1) {
      ERR_clear_error();
      return fail(Fault::malformed, "KE: not a point of the curve");
    }
    return point;
  }

 private:
  std::shared_ptr<Library> library_;
  CurveHandle curve_;
};

class CurveKeyPair final : public KeyExchange {
 public:
  CurveKeyPair(std::shared_ptr<const Curve> group, Number scalar, Blob public_value)
      : group_(std::move(group)), scalar_(std::move(scalar)), public_(std::move(public_value)) {}

  KeMethod method() const override { return group_->info().id; }
  Bytes public_value() const override { return public_; }

  Result<Secret> derive(Bytes peer_public) const override {
    const NumberContext scratch = group_->scratch();
    if (!scratch) return failed("out of memory");
    IKE_TRY(const Point peer, group_->public_point(peer_public, scratch.get()));
    const Point product(EC_POINT_new(group_->curve()));
    const Number x(BN_secure_new());
    Secret shared(group_->info().shared_size);
    if (!product || !x ||
        EC_POINT_mul(group_->curve(), product.get(), nullptr, peer.get(), scalar_.get(),
                     scratch.get()) != 1 ||
        EC_POINT_get_affine_coordinates(group_->curve(), product.get(), x.get(), nullptr,
                                        scratch.get()) != 1 ||
        //= RFC 5903 section 7: the shared secret is the x coordinate alone
        BN_bn2binpad(x.get(), shared.writable().data(), static_cast<int>(shared.size())) < 0) {
      return failed("point multiplication failed");
    }
    return shared;
  }

 private:
  std::shared_ptr<const Curve> group_;
  Number scalar_;
  Blob public_;
};

Result<std::unique_ptr<KeyExchange>> Curve::key_pair(Secret private_value) const {
  const NumberContext context = scratch();
  Number scalar(BN_secure_new());
  const Point point(EC_POINT_new(curve_.get()));
  const Bytes octets = private_value.view();
  if (!context || !scalar || !point ||
      BN_bin2bn(octets.data(), static_cast<int>(octets.size()), scalar.get()) == nullptr) {
    return failed("out of memory");
  }
  BN_set_flags(scalar.get(), BN_FLG_CONSTTIME);
  std::array<uint8_t, kPointMax> encoded{};
  const size_t size = size_t{1} + info().public_initiator;
  if (EC_POINT_mul(curve_.get(), point.get(), scalar.get(), nullptr, nullptr, context.get()) != 1 ||
      EC_POINT_point2oct(curve_.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                         encoded.size(), context.get()) != size) {
    return failed("point multiplication failed");
  }
  return std::make_unique<CurveKeyPair>(std::static_pointer_cast<const Curve>(shared_from_this()),
                                        std::move(scalar),
                                        to_blob(Bytes(encoded).subspan(1, size - 1)));
}

}  // namespace

std::shared_ptr<const Group> make_curve(const KeInfo& info, std::shared_ptr<Library> library) {
  const int nid = curve_of(info.id);
  if (nid == NID_undef) return nullptr;
  CurveHandle curve(EC_GROUP_new_by_curve_name_ex(library->context(), nullptr, nid));
  if (!curve) return nullptr;
  return std::make_shared<Curve>(info, std::move(curve), std::move(library));
}

}  // namespace ike::crypto::openssl
