#include "crypto/openssl/signing_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "crypto/openssl/digests.h"
#include "crypto/openssl/library.h"
#include "crypto/openssl/prf.h"
#include "crypto/openssl/signature_scheme.h"
#include "crypto/openssl/verifier.h"

namespace ike::crypto::openssl {

namespace {

using Kind = SignatureAlgorithm::Kind;

constexpr size_t kPemMax = 64 * 1024;

Result<KeyKind> kind_of(KeyType type) {
  switch (type) {
    case KeyType::rsa: return KeyKind::rsa;
    case KeyType::p256: return KeyKind::ecdsa256;
    case KeyType::p384: return KeyKind::ecdsa384;
    case KeyType::p521: return KeyKind::ecdsa521;
    case KeyType::ed25519: return KeyKind::ed25519;
    case KeyType::ed448: return KeyKind::ed448;
    default: return fail(Fault::unsupported, "key: curve not supported for signing");
  }
}

Result<Hash> hash_of(SignatureHash hash) {
  switch (hash) {
    case SignatureHash::sha2_256: return Hash::sha2_256;
    case SignatureHash::sha2_384: return Hash::sha2_384;
    case SignatureHash::sha2_512: return Hash::sha2_512;
    default: return fail(Fault::unsupported, "key: hash not supported for signing");
  }
}

AuthMethod bare_method(KeyKind kind) {
  switch (kind) {
    case KeyKind::rsa: return AuthMethod::rsa;
    case KeyKind::ecdsa256: return AuthMethod::ecdsa256;
    case KeyKind::ecdsa384: return AuthMethod::ecdsa384;
    case KeyKind::ecdsa521: return AuthMethod::ecdsa521;
    case KeyKind::ed25519:
    case KeyKind::ed448: break;
  }
  return AuthMethod::none;
}

size_t coordinate_size(KeyKind kind) {
  if (kind == KeyKind::ecdsa256) return 32;
  return kind == KeyKind::ecdsa384 ? 48 : 66;
}

Bio reader_of(std::string_view text) {
  keep_configuration_out();
  if (text.size() > kPemMax) return nullptr;
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// A passphrase would have to be asked for; a daemon cannot.
int no_passphrase(char*, int, int, void*) { return -1; }

Result<Blob> der_of_public(EVP_PKEY* key) {
  uint8_t* raw_der = nullptr;
  const int size = i2d_PUBKEY(key, &raw_der);
  if (size <= 0) {
    ERR_clear_error();
    return fail(Fault::internal, "key: public half cannot be written");
  }
  Blob der(raw_der, raw_der + size);
  OPENSSL_free(raw_der);
  return der;
}

// What is to be signed with, for a key of this kind.
Result<SignatureAlgorithm> algorithm_of(KeyKind kind, const SignatureScheme& scheme) {
  if (kind == KeyKind::ed25519 || kind == KeyKind::ed448) {
    if (scheme.method != AuthMethod::signature) {
      return fail(Fault::unsupported, "key: EdDSA signs with method 14 only");
    }
    const Kind eddsa = kind == KeyKind::ed25519 ? Kind::ed25519 : Kind::ed448;
    return SignatureAlgorithm{eddsa, Hash::sha2_512};
  }
  const Kind family = kind == KeyKind::rsa ? Kind::rsa_pkcs1 : Kind::ecdsa;
  if (scheme.method == AuthMethod::signature) {
    IKE_TRY(const Hash hash, hash_of(scheme.hash));
    return SignatureAlgorithm{family, hash};
  }
  if (scheme.method != bare_method(kind)) {
    return fail(Fault::unsupported, "key: method does not fit");
  }
  switch (kind) {
    //= RFC 7296 section 3.8: method 1 is PKCS#1 v1.5, with SHA-1 unless one knows better
    case KeyKind::rsa: return SignatureAlgorithm{family, Hash::sha1};
    case KeyKind::ecdsa256: return SignatureAlgorithm{family, Hash::sha2_256};
    case KeyKind::ecdsa384: return SignatureAlgorithm{family, Hash::sha2_384};
    default: return SignatureAlgorithm{family, Hash::sha2_512};
  }
}

Result<Blob> sign_digest(EVP_PKEY* key, const SignatureAlgorithm& algorithm, Bytes octets) {
  constexpr std::array<size_t, 4> kSizes{20, 32, 48, 64};
  std::array<uint8_t, kDigestMax> digest{};
  const auto value = MutableBytes(digest).first(kSizes[static_cast<size_t>(algorithm.hash)]);
  hash(algorithm.hash, Parts(&octets, 1), value);
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  Blob signature(static_cast<size_t>(EVP_PKEY_get_size(key)));
  size_t size = signature.size();
  if (!context || !start_signature(context.get(), algorithm, true) ||
      EVP_PKEY_sign(context.get(), signature.data(), &size, value.data(), value.size()) != 1) {
    ERR_clear_error();
    return fail(Fault::internal, "key: signing failed");
  }
  signature.resize(size);
  return signature;
}

Result<Blob> sign_eddsa(EVP_PKEY* key, Bytes octets) {
  const DigestContext context(EVP_MD_CTX_new());
  Blob signature(static_cast<size_t>(EVP_PKEY_get_size(key)));
  size_t size = signature.size();
  if (!context ||
      EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, octets.data(), octets.size()) != 1) {
    ERR_clear_error();
    return fail(Fault::internal, "key: signing failed");
  }
  signature.resize(size);
  return signature;
}

// The first PEM block.
struct PemBlock {
  Blob label;
  Blob der;
};
Result<PemBlock> read_pem(std::string_view text) {
  const Bio bio = reader_of(text);
  char* name = nullptr;
  char* header = nullptr;
  uint8_t* data = nullptr;
  long size = 0;
  if (!bio || PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) {
    ERR_clear_error();
    return fail(Fault::malformed, "key: no PEM block");
  }
  PemBlock block{to_blob(as_bytes(name)), Blob(data, data + size)};
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  return block;
}

// Parses and imports, so that what is stored can be used.
Result<void> check_usable(Bytes spki) {
  IKE_TRY(const PublicKey key, parse_spki(spki));
  IKE_TRY(const KeyHandle imported, import_key(key, nullptr));
  return {};
}

}  // namespace

Result<SignatureScheme> choose_scheme(KeyKind kind, std::span<const SignatureHash> peer_hashes) {
  const auto takes = [&](SignatureHash hash) {
    return std::ranges::find(peer_hashes, hash) != peer_hashes.end();
  };
  if (kind == KeyKind::ed25519 || kind == KeyKind::ed448) {
    //= RFC 8420 section 2: EdDSA needs a peer that announced the identity hash
    if (!takes(SignatureHash::identity)) {
      return fail(Fault::unsupported, "key: the peer does not take EdDSA signatures");
    }
    return SignatureScheme{AuthMethod::signature, SignatureHash::identity};
  }
  constexpr std::array kPreferred{SignatureHash::sha2_256, SignatureHash::sha2_384,
                                  SignatureHash::sha2_512};
  //= RFC 7427 section 4: only hashes that the peer announced
  for (const SignatureHash hash : kPreferred) {
    if (takes(hash)) return SignatureScheme{AuthMethod::signature, hash};
  }
  return SignatureScheme{bare_method(kind), SignatureHash::sha2_256};
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  const Bio bio = reader_of(pem);
  if (!bio) return fail(Fault::limit, "key: file too long");
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    ERR_clear_error();
    return fail(Fault::malformed, "key: no unencrypted private key");
  }
  SigningKey signing;
  IKE_TRY(signing.spki_, der_of_public(key.get()));
  IKE_TRY(const PublicKey parsed, parse_spki(signing.spki_));
  IKE_TRY(signing.kind_, kind_of(parsed.type));
  if (parsed.type == KeyType::rsa) signing.raw_rsa_ = to_blob(parsed.octets);
  signing.key_ = std::move(key);
  return signing;
}

Result<Blob> SigningKey::sign(const SignatureScheme& scheme, Bytes octets) const {
  IKE_TRY(const SignatureAlgorithm algorithm, algorithm_of(kind_, scheme));
  const bool eddsa = algorithm.kind == Kind::ed25519 || algorithm.kind == Kind::ed448;
  IKE_TRY(const Blob signature,
          eddsa ? sign_eddsa(key_.get(), octets) : sign_digest(key_.get(), algorithm, octets));
  if (scheme.method == AuthMethod::signature) {
    Blob out = algorithm_prefix(algorithm);
    append(out, signature);
    return out;
  }
  if (kind_ == KeyKind::rsa) return signature;
  return ecdsa_from_der(signature, coordinate_size(kind_));
}

Result<Blob> load_public_key_pem(std::string_view pem) {
  IKE_TRY(PemBlock block, read_pem(pem));
  const std::string_view label = as_text(block.label);
  if (label == PEM_STRING_RSA_PUBLIC) return spki_of_raw_rsa(block.der);
  if (label != PEM_STRING_PUBLIC) return fail(Fault::malformed, "key: not a public key");
  IKE_CHECK(check_usable(block.der));
  return std::move(block.der);
}

Result<Blob> spki_of_raw_rsa(Bytes rsa_public_key) {
  IKE_TRY(const PublicKey key, parse_raw_rsa(rsa_public_key));
  return wrap_raw_rsa(key.octets);
}

Result<Blob> raw_rsa_of_spki(Bytes spki) {
  IKE_TRY(const PublicKey key, parse_spki(spki));
  if (key.type != KeyType::rsa) return fail(Fault::unsupported, "key: not an RSA key");
  return to_blob(key.octets);
}

Result<KeyKind> kind_of_spki(Bytes spki) {
  IKE_TRY(const PublicKey key, parse_spki(spki));
  return kind_of(key.type);
}

}  // namespace ike::crypto::openssl
