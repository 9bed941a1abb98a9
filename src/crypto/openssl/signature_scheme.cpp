#include "crypto/openssl/signature_scheme.h"

#include <algorithm>
#include <array>
#include <optional>

#include "crypto/der.h"

namespace ike::crypto::openssl {

namespace {

using Kind = SignatureAlgorithm::Kind;

constexpr std::array<uint8_t, 9> kPssOid{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a};
constexpr std::array<uint8_t, 9> kMgf1Oid{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08};
// id-sha256, -384 and -512 differ in the last octet.
constexpr std::array<uint8_t, 8> kSha2Oid{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02};

//= RFC 7427 appendix A: whole AlgorithmIdentifier objects
struct Identifier {
  SignatureAlgorithm algorithm;
  uint8_t size;
  std::array<uint8_t, 15> der;
};
constexpr std::array kIdentifiers{
    Identifier{{Kind::rsa_pkcs1, Hash::sha2_256},
               15,
               {0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0}},
    Identifier{{Kind::rsa_pkcs1, Hash::sha2_384},
               15,
               {0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12, 5, 0}},
    Identifier{{Kind::rsa_pkcs1, Hash::sha2_512},
               15,
               {0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13, 5, 0}},
    Identifier{
        {Kind::ecdsa, Hash::sha2_256}, 12, {0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}},
    Identifier{
        {Kind::ecdsa, Hash::sha2_384}, 12, {0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3}},
    Identifier{
        {Kind::ecdsa, Hash::sha2_512}, 12, {0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4}},
    Identifier{{Kind::ed25519, Hash::sha2_512}, 7, {0x30, 5, 6, 3, 0x2b, 0x65, 0x70}},
    Identifier{{Kind::ed448, Hash::sha2_512}, 7, {0x30, 5, 6, 3, 0x2b, 0x65, 0x71}},
};

std::optional<Hash> sha2_of(DerReader identifier) {
  const Bytes oid = identifier.take(der::kOid);
  //= RFC 4055 section 2.1: both absent and NULL parameters of a hash are to be taken
  if (identifier.more() && !identifier.take(der::kNull).empty()) return std::nullopt;
  if (!identifier.done() || oid.size() != kSha2Oid.size() + 1) return std::nullopt;
  if (!equal(oid.first(kSha2Oid.size()), kSha2Oid)) return std::nullopt;
  switch (oid.back()) {
    case 1: return Hash::sha2_256;
    case 2: return Hash::sha2_384;
    case 3: return Hash::sha2_512;
    default: return std::nullopt;
  }
}

// RSASSA-PSS-params.  What is left out means SHA-1 there, which we refuse, so all but the trailer
// must be said.
std::optional<SignatureAlgorithm> parse_pss(DerReader identifier) {
  if (!equal(identifier.take(der::kOid), kPssOid)) return std::nullopt;
  DerReader fields = identifier.enter(der::kSequence);
  DerReader hash_field = fields.enter(der::context(0));
  const auto hash = sha2_of(hash_field.enter(der::kSequence));
  DerReader mask_field = fields.enter(der::context(1));
  DerReader mask = mask_field.enter(der::kSequence);
  const bool mgf1 = equal(mask.take(der::kOid), kMgf1Oid);
  const auto mask_hash = sha2_of(mask.enter(der::kSequence));
  DerReader salt_field = fields.enter(der::context(2));
  const Bytes salt = salt_field.positive();
  bool trailer_good = true;
  if (fields.more()) {
    DerReader trailer_field = fields.enter(der::context(3));
    const Bytes trailer = trailer_field.positive();
    trailer_good = trailer_field.done() && trailer.size() == 1 && trailer[0] == 1;
  }
  const bool complete = identifier.done() && fields.done() && hash_field.done() &&
                        mask_field.done() && mask.done() && salt_field.done();
  if (!complete || !mgf1 || !hash || mask_hash != hash || !trailer_good || salt.size() > 2) {
    return std::nullopt;
  }
  uint32_t salt_size = 0;
  for (const uint8_t octet : salt) salt_size = salt_size << 8 | octet;
  return SignatureAlgorithm{Kind::rsa_pss, *hash, salt_size};
}

std::optional<SignatureAlgorithm> parse_identifier(Bytes der) {
  for (const Identifier& row : kIdentifiers) {
    if (equal(der, Bytes(row.der).first(row.size))) return row.algorithm;
  }
  DerReader outer(der);
  const auto pss = parse_pss(outer.enter(der::kSequence));
  if (!outer.done()) return std::nullopt;
  return pss;
}

bool fits(Kind kind, KeyType key) {
  switch (kind) {
    case Kind::rsa_pkcs1:
    case Kind::rsa_pss: return key == KeyType::rsa;
    case Kind::ecdsa: return is_ecdsa(key);
    case Kind::ed25519: return key == KeyType::ed25519;
    case Kind::ed448: return key == KeyType::ed448;
  }
  return false;
}

//= RFC 4754 section 2: curve, hash and length of r | s go together
struct BareEcdsa {
  KeyType key;
  Hash hash;
  size_t size;
};

Result<Signature> parse_bare_ecdsa(const BareEcdsa& wanted, KeyType key, Bytes auth_data) {
  if (key != wanted.key) return fail(Fault::unsupported, "AUTH: method does not fit the key");
  if (auth_data.size() != wanted.size) return fail(Fault::malformed, "AUTH: wrong length");
  return Signature{{Kind::ecdsa, wanted.hash}, true, auth_data};
}

}  // namespace

Result<Signature> parse_auth_data(AuthMethod method, KeyType key, Bytes auth_data) {
  switch (method) {
    case AuthMethod::rsa:
      if (key != KeyType::rsa) return fail(Fault::unsupported, "AUTH: method does not fit the key");
      return Signature{{Kind::rsa_pkcs1, Hash::sha1}, false, auth_data};
    case AuthMethod::ecdsa256:
      return parse_bare_ecdsa({KeyType::p256, Hash::sha2_256, 64}, key, auth_data);
    case AuthMethod::ecdsa384:
      return parse_bare_ecdsa({KeyType::p384, Hash::sha2_384, 96}, key, auth_data);
    case AuthMethod::ecdsa521:
      return parse_bare_ecdsa({KeyType::p521, Hash::sha2_512, 132}, key, auth_data);
    case AuthMethod::signature: break;
    default: return fail(Fault::unsupported, "AUTH: not a signature method");
  }
  //= RFC 7427 section 3: length of the AlgorithmIdentifier, the object, the signature
  if (auth_data.empty() || auth_data.size() - 1 < auth_data[0]) {
    return fail(Fault::malformed, "AUTH: AlgorithmIdentifier truncated");
  }
  const auto algorithm = parse_identifier(auth_data.subspan(1, auth_data[0]));
  if (!algorithm) return fail(Fault::unsupported, "AUTH: signature algorithm not supported");
  if (!fits(algorithm->kind, key)) {
    return fail(Fault::unsupported, "AUTH: signature algorithm does not fit the key");
  }
  return Signature{*algorithm, false, auth_data.subspan(size_t{1} + auth_data[0])};
}

Blob algorithm_prefix(const SignatureAlgorithm& algorithm) {
  for (const Identifier& row : kIdentifiers) {
    const bool eddsa = row.algorithm.kind == Kind::ed25519 || row.algorithm.kind == Kind::ed448;
    if (row.algorithm.kind != algorithm.kind) continue;
    if (!eddsa && row.algorithm.hash != algorithm.hash) continue;
    Blob out{row.size};
    append(out, Bytes(row.der).first(row.size));
    return out;
  }
  return {};
}

Blob ecdsa_to_der(Bytes r_and_s) {
  const size_t half = r_and_s.size() / 2;
  Blob content = der_unsigned(r_and_s.first(half));
  append(content, der_unsigned(r_and_s.subspan(half)));
  return der_element(der::kSequence, content);
}

Result<Blob> ecdsa_from_der(Bytes der, size_t coordinate_size) {
  DerReader outer(der);
  DerReader fields = outer.enter(der::kSequence);
  const std::array<Bytes, 2> numbers{fields.positive(), fields.positive()};
  Blob out(2 * coordinate_size);
  auto end = out.begin();
  for (const Bytes number : numbers) {
    end += static_cast<ptrdiff_t>(coordinate_size);
    if (number.size() > coordinate_size) return fail(Fault::malformed, "ECDSA number too long");
    std::copy_backward(number.begin(), number.end(), end);
  }
  if (!fields.done() || !outer.done()) return fail(Fault::malformed, "bad ECDSA signature");
  return out;
}

}  // namespace ike::crypto::openssl
