#include "crypto/openssl/public_key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

#include "crypto/der.h"

namespace ike::crypto::openssl {

namespace {

constexpr size_t kModulusMin = 1024 / 8;
constexpr size_t kModulusMax = 8192 / 8;
// Larger exponents would let a key make us work for seconds.
constexpr size_t kExponentMax = 8;

constexpr std::array<uint8_t, 9> kRsaOid{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
constexpr std::array<uint8_t, 7> kEcOid{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::array<uint8_t, 3> kEd25519Oid{0x2b, 0x65, 0x70};
constexpr std::array<uint8_t, 3> kEd448Oid{0x2b, 0x65, 0x71};

struct CurveRow {
  KeyType type;
  uint8_t oid_size;
  std::array<uint8_t, 9> oid;
  uint8_t coordinate_size;
  const char* openssl;
};
constexpr std::array kCurves{
    CurveRow{KeyType::p256, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}, 32, "prime256v1"},
    CurveRow{KeyType::p384, 5, {0x2b, 0x81, 4, 0, 0x22}, 48, "secp384r1"},
    CurveRow{KeyType::p521, 5, {0x2b, 0x81, 4, 0, 0x23}, 66, "secp521r1"},
    CurveRow{KeyType::brainpool256, 9, {0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7}, 32, "brainpoolP256r1"},
    CurveRow{KeyType::brainpool384, 9, {0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11}, 48, "brainpoolP384r1"},
    CurveRow{KeyType::brainpool512, 9, {0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13}, 64, "brainpoolP512r1"},
};

Result<PublicKey> parse_ec(Bytes curve_oid, Bytes point) {
  for (const CurveRow& row : kCurves) {
    if (!equal(curve_oid, Bytes(row.oid).first(row.oid_size))) continue;
    //= RFC 5480 section 2.2: uncompressed is the form that everybody must take
    if (point.size() != size_t{1} + 2 * row.coordinate_size || point[0] != 0x04) {
      return fail(Fault::unsupported, "public key: EC point is not in uncompressed form");
    }
    return PublicKey{row.type, point, {}, {}};
  }
  return fail(Fault::unsupported, "public key: curve not supported");
}

Result<PublicKey> parse_eddsa(KeyType type, Bytes octets) {
  const size_t size = type == KeyType::ed25519 ? 32 : 57;
  if (octets.size() != size) return fail(Fault::malformed, "public key: wrong EdDSA length");
  return PublicKey{type, octets, {}, {}};
}

KeyHandle from_parameters(const char* kind, OSSL_PARAM* parameters, OSSL_LIB_CTX* library) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(library, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
    return nullptr;
  }
  return KeyHandle(key);
}

KeyHandle import_rsa(const PublicKey& key, OSSL_LIB_CTX* library) {
  // OSSL_PARAM takes numbers in the byte order of the machine.
  std::array<uint8_t, kModulusMax> n{};
  std::array<uint8_t, kExponentMax> e{};
  const auto native = [](Bytes big_endian, uint8_t* out) {
    const Number number(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
    return number && BN_bn2nativepad(number.get(), out, static_cast<int>(big_endian.size())) >= 0;
  };
  if (!native(key.modulus, n.data()) || !native(key.exponent, e.data())) return nullptr;
  std::array parameters{
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n.data(), key.modulus.size()),
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e.data(), key.exponent.size()),
      OSSL_PARAM_construct_end()};
  return from_parameters("RSA", parameters.data(), library);
}

KeyHandle import_ec(const PublicKey& key, OSSL_LIB_CTX* library) {
  const auto row = std::ranges::find(kCurves, key.type, &CurveRow::type);
  if (row == kCurves.end()) return nullptr;
  // OSSL_PARAM has no const, though nothing is written here.
  std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(row->openssl),
                                       0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                        const_cast<uint8_t*>(key.octets.data()), key.octets.size()),
      OSSL_PARAM_construct_end()};
  return from_parameters("EC", parameters.data(), library);
}

KeyHandle import_eddsa(const PublicKey& key, OSSL_LIB_CTX* library) {
  const char* name = key.type == KeyType::ed25519 ? "ED25519" : "ED448";
  return KeyHandle(
      EVP_PKEY_new_raw_public_key_ex(library, name, nullptr, key.octets.data(), key.octets.size()));
}

}  // namespace

Result<PublicKey> parse_raw_rsa(Bytes der) {
  DerReader outer(der);
  DerReader fields = outer.enter(der::kSequence);
  PublicKey key{KeyType::rsa, der, {}, {}};
  key.modulus = fields.positive();
  key.exponent = fields.positive();
  if (!fields.done() || !outer.done()) return fail(Fault::malformed, "public key: bad RSA key");
  if (key.modulus.size() < kModulusMin || key.modulus.size() > kModulusMax) {
    return fail(Fault::unsupported, "public key: RSA modulus not of 1024 to 8192 bits");
  }
  const bool odd = (key.exponent.back() & key.modulus.back() & 1) != 0;
  const bool one = key.exponent.size() == 1 && key.exponent[0] == 1;
  if (!odd || one || key.exponent.size() > kExponentMax) {
    return fail(Fault::unsupported, "public key: RSA numbers out of range");
  }
  return key;
}

Blob wrap_raw_rsa(Bytes raw) {
  Blob algorithm = der_element(der::kOid, kRsaOid);
  append(algorithm, der_element(der::kNull, {}));
  Blob bits{0};  // no unused bits
  append(bits, raw);
  Blob content = der_element(der::kSequence, algorithm);
  append(content, der_element(der::kBitString, bits));
  return der_element(der::kSequence, content);
}

Result<PublicKey> parse_spki(Bytes spki) {
  DerReader outer(spki);
  DerReader fields = outer.enter(der::kSequence);
  DerReader algorithm = fields.enter(der::kSequence);
  const Bytes oid = algorithm.take(der::kOid);
  const Bytes bits = fields.take(der::kBitString);
  if (algorithm.failed() || !fields.done() || !outer.done() || bits.empty() || bits[0] != 0) {
    return fail(Fault::malformed, "public key: bad SubjectPublicKeyInfo");
  }
  const Bytes octets = bits.subspan(1);
  if (equal(oid, kRsaOid)) {
    //= RFC 3279 section 2.3.1: the parameters are NULL
    if (!algorithm.take(der::kNull).empty() || !algorithm.done()) {
      return fail(Fault::malformed, "public key: bad RSA parameters");
    }
    return parse_raw_rsa(octets);
  }
  if (equal(oid, kEcOid)) {
    if (!algorithm.next_is(der::kOid)) {
      return fail(Fault::unsupported, "public key: only named curves");
    }
    const Bytes curve = algorithm.take(der::kOid);
    if (!algorithm.done()) return fail(Fault::malformed, "public key: bad EC parameters");
    return parse_ec(curve, octets);
  }
  const bool ed25519 = equal(oid, kEd25519Oid);
  if (!ed25519 && !equal(oid, kEd448Oid)) {
    return fail(Fault::unsupported, "public key: kind not supported");
  }
  //= RFC 8410 section 3: the parameters are absent
  if (!algorithm.done()) return fail(Fault::malformed, "public key: bad EdDSA parameters");
  return parse_eddsa(ed25519 ? KeyType::ed25519 : KeyType::ed448, octets);
}

Result<KeyHandle> import_key(const PublicKey& key, OSSL_LIB_CTX* library) {
  KeyHandle imported = key.type == KeyType::rsa ? import_rsa(key, library)
                       : is_ecdsa(key.type)     ? import_ec(key, library)
                                                : import_eddsa(key, library);
  if (!imported) {
    ERR_clear_error();
    return fail(Fault::malformed, "public key: not a valid key");
  }
  return imported;
}

}  // namespace ike::crypto::openssl
