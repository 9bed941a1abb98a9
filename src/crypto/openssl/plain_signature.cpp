#include "crypto/openssl/plain_signature.h"

#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <optional>

#include "crypto/der.h"
#include "crypto/openssl/digests.h"
#include "crypto/openssl/library.h"
#include "crypto/openssl/prf.h"
#include "crypto/openssl/public_key.h"
#include "crypto/openssl/signing_key.h"

namespace ike::crypto::openssl {

namespace {

constexpr size_t kPrimeMin = 1024 / 8;  // of DSA's p, octets
constexpr size_t kPrimeMax = 4096 / 8;  // larger ones would let a key make us work for seconds
constexpr size_t kOrderMax = 256 / 8;
constexpr size_t kPemMax = 64 * 1024;

using Builder = Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = Handle<OSSL_PARAM, OSSL_PARAM_free>;

// What stands before the digest in the block that RSA signs.
// RFC 2792: for md5 and sha1 no DigestInfo, only the digest as an OCTET STRING
Bytes rsa_prefix(PlainAlgorithm algorithm) {
  static constexpr std::array<uint8_t, 2> kMd5{0x04, 0x10};
  static constexpr std::array<uint8_t, 2> kSha1{0x04, 0x14};
  static constexpr std::array<uint8_t, 15> kOiw{0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                                0x03, 0x02, 0x0f, 0x05, 0x00, 0x04, 0x14};
  static constexpr std::array<uint8_t, 19> kSha256{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                                   0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                                   0x01, 0x05, 0x00, 0x04, 0x20};
  switch (algorithm) {
    case PlainAlgorithm::rsa_md5: return kMd5;
    case PlainAlgorithm::rsa_sha1: return kSha1;
    case PlainAlgorithm::rsa_oiw_sha1: return kOiw;
    case PlainAlgorithm::rsa_sha256: return kSha256;
    default: return {};
  }
}

Blob digest_of(PlainAlgorithm algorithm, Parts octets) {
  Blob out;
  if (algorithm == PlainAlgorithm::rsa_md5) {
    Md5 md5;
    md5.start();
    for (const Bytes part : octets) md5.add(part);
    out.resize(Md5::kSize);
    md5.finish(out);
    return out;
  }
  const auto with = [&](Hash kind, size_t size) {
    out.resize(size);
    hash(kind, octets, out);
  };
  switch (algorithm) {
    case PlainAlgorithm::rsa_sha256:
    case PlainAlgorithm::ecdsa_sha256: with(Hash::sha2_256, 32); break;
    case PlainAlgorithm::ecdsa_sha384: with(Hash::sha2_384, 48); break;
    case PlainAlgorithm::ecdsa_sha512: with(Hash::sha2_512, 64); break;
    default: with(Hash::sha1, 20); break;
  }
  return out;
}

// What goes into the operation of the key: RSA's block, or the digest.
Blob to_be_signed(PlainAlgorithm algorithm, Parts octets) {
  Blob block = to_blob(rsa_prefix(algorithm));
  append(block, digest_of(algorithm, octets));
  return block;
}

Blob joined(Parts octets) {
  Blob all;
  for (const Bytes part : octets) append(all, part);
  return all;
}

std::unexpected<Error> refused(Fault fault, std::string_view what) {
  ERR_clear_error();
  return fail(fault, what);
}

Number number_of(Bytes octets) {
  return Number(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

Result<KeyHandle> import_dsa(Bytes der) {
  DerReader outer(der);
  DerReader fields = outer.enter(der::kSequence);
  const Bytes y = fields.positive();
  const Bytes p = fields.positive();
  const Bytes q = fields.positive();
  const Bytes g = fields.positive();
  if (!fields.done() || !outer.done()) return fail(Fault::malformed, "key: bad DSA key");
  if (p.size() < kPrimeMin || p.size() > kPrimeMax || q.size() > kOrderMax || y.size() > p.size() ||
      g.size() > p.size()) {
    return fail(Fault::unsupported, "key: DSA prime not of 1024 to 4096 bits");
  }
  const Number y_number = number_of(y);
  const Number p_number = number_of(p);
  const Number q_number = number_of(q);
  const Number g_number = number_of(g);
  const Builder builder(OSSL_PARAM_BLD_new());
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
  if (!builder || !context || !y_number || !p_number || !q_number || !g_number ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_P, p_number.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_Q, q_number.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_G, g_number.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, y_number.get()) != 1) {
    return refused(Fault::internal, "key: DSA key cannot be built");
  }
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  EVP_PKEY* key = nullptr;
  if (!parameters || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return refused(Fault::malformed, "key: not a valid DSA key");
  }
  return KeyHandle(key);
}

Result<KeyHandle> import_public(PlainFamily family, Bytes der) {
  if (family == PlainFamily::dsa) return import_dsa(der);
  IKE_TRY(const PublicKey key, family == PlainFamily::rsa ? parse_raw_rsa(der) : parse_spki(der));
  const bool fits = family == PlainFamily::rsa     ? key.type == KeyType::rsa
                    : family == PlainFamily::ecdsa ? is_ecdsa(key.type)
                                                   : key.type == KeyType::ed25519;
  if (!fits) return fail(Fault::unsupported, "key: another kind than its name says");
  return import_key(key, nullptr);
}

// RSA's padding without a DigestInfo of OpenSSL's making: the block has its own.
bool set_padding(EVP_PKEY_CTX* context, PlainAlgorithm algorithm) {
  return family_of(algorithm) != PlainFamily::rsa ||
         EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
}

class Verifying final : public PlainVerifier {
 public:
  Result<void> verify(PlainAlgorithm algorithm, Bytes key, Parts octets, Bytes signature) override {
    const PlainFamily family = family_of(algorithm);
    IKE_TRY(const KeyHandle imported, import_public(family, key));
    bool right = false;
    if (family == PlainFamily::ed25519) {
      const Blob all = joined(octets);
      const DigestContext context(EVP_MD_CTX_new());
      right = context &&
              EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr,
                                      imported.get(), nullptr) == 1 &&
              EVP_DigestVerify(context.get(), signature.data(), signature.size(), all.data(),
                               all.size()) == 1;
    } else if (family != PlainFamily::rsa ||
               signature.size() == static_cast<size_t>(EVP_PKEY_get_size(imported.get()))) {
      const Blob block = to_be_signed(algorithm, octets);
      const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, imported.get(), nullptr));
      right = context && EVP_PKEY_verify_init(context.get()) == 1 &&
              set_padding(context.get(), algorithm) &&
              EVP_PKEY_verify(context.get(), signature.data(), signature.size(), block.data(),
                              block.size()) == 1;
    }
    if (!right) return refused(Fault::unauthenticated, "signature is wrong");
    return {};
  }
};

std::optional<PlainFamily> family_of_key(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return PlainFamily::rsa;
    case EVP_PKEY_DSA: return PlainFamily::dsa;
    case EVP_PKEY_EC: return PlainFamily::ecdsa;
    case EVP_PKEY_ED25519: return PlainFamily::ed25519;
    default: return std::nullopt;
  }
}

KeyHandle generate_dsa(unsigned bits) {
  const KeyContext for_parameters(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
  EVP_PKEY* parameters = nullptr;
  if (!for_parameters || EVP_PKEY_paramgen_init(for_parameters.get()) != 1 ||
      EVP_PKEY_CTX_set_dsa_paramgen_bits(for_parameters.get(), static_cast<int>(bits)) != 1 ||
      EVP_PKEY_paramgen(for_parameters.get(), &parameters) != 1) {
    return nullptr;
  }
  const KeyHandle owner(parameters);
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, parameters, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_generate(context.get(), &key) != 1) {
    return nullptr;
  }
  return KeyHandle(key);
}

KeyHandle generate_key(PlainFamily family, unsigned bits) {
  switch (family) {
    case PlainFamily::rsa: return KeyHandle(EVP_RSA_gen(bits));
    case PlainFamily::dsa: return generate_dsa(bits);
    case PlainFamily::ecdsa:
      return KeyHandle(EVP_EC_gen(bits == 256 ? "P-256" : bits == 384 ? "P-384" : "P-521"));
    case PlainFamily::ed25519: return KeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  return nullptr;
}

bool size_is_done(PlainFamily family, unsigned bits) {
  if (family == PlainFamily::ecdsa) return bits == 256 || bits == 384 || bits == 521;
  if (family == PlainFamily::ed25519) return bits == 256;
  return bits >= 1024 && bits <= 4096 && bits % 8 == 0;
}

Result<Blob> dsa_public_der(const EVP_PKEY* key) {
  Blob content;
  for (const char* name : {OSSL_PKEY_PARAM_PUB_KEY, OSSL_PKEY_PARAM_FFC_P, OSSL_PKEY_PARAM_FFC_Q,
                           OSSL_PKEY_PARAM_FFC_G}) {
    BIGNUM* value = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &value) != 1) {
      return refused(Fault::internal, "key: DSA key cannot be written");
    }
    const Number number(value);
    Blob octets(static_cast<size_t>(BN_num_bytes(value)));
    BN_bn2bin(value, octets.data());
    append(content, der_unsigned(octets));
  }
  return der_element(der::kSequence, content);
}

}  // namespace

std::unique_ptr<PlainVerifier> make_plain_verifier() {
  keep_configuration_out();
  return std::make_unique<Verifying>();
}

Result<PlainSigner> PlainSigner::generate(PlainFamily family, unsigned bits) {
  keep_configuration_out();
  if (!size_is_done(family, bits)) {
    return fail(Fault::unsupported,
                "key size: RSA and DSA take 1024 to 4096 bits, ECDSA 256, 384 or 521, Ed25519 256");
  }
  KeyHandle key = generate_key(family, bits);
  if (!key) return refused(Fault::internal, "key: cannot be made");
  return PlainSigner(family, std::move(key));
}

Result<PlainSigner> PlainSigner::from_der(PlainFamily family, Bytes private_key) {
  keep_configuration_out();
  if (private_key.size() > kPemMax) return fail(Fault::limit, "key: too long");
  const uint8_t* at = private_key.data();
  KeyHandle key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(private_key.size())));
  if (!key || at != private_key.data() + private_key.size()) {
    return refused(Fault::malformed, "key: no private key in DER");
  }
  if (family_of_key(key.get()) != family) {
    return fail(Fault::unsupported, "key: another kind than its name says");
  }
  return PlainSigner(family, std::move(key));
}

Result<PlainSigner> PlainSigner::from_pem(std::string_view pem) {
  keep_configuration_out();
  if (pem.size() > kPemMax) return fail(Fault::limit, "key: file too long");
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  KeyHandle key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                    : nullptr);
  if (!key) return refused(Fault::malformed, "key: no unencrypted private key in PEM");
  const auto family = family_of_key(key.get());
  if (!family) return fail(Fault::unsupported, "key: kind not supported");
  return PlainSigner(*family, std::move(key));
}

Result<Blob> PlainSigner::public_der() const {
  if (family_ == PlainFamily::dsa) return dsa_public_der(key_.get());
  uint8_t* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  if (size <= 0) return refused(Fault::internal, "key: public half cannot be written");
  Blob spki(der, der + size);
  OPENSSL_free(der);
  if (family_ == PlainFamily::rsa) return raw_rsa_of_spki(spki);
  return spki;
}

Result<Secret> PlainSigner::private_der() const {
  uint8_t* der = nullptr;
  const int size = i2d_PrivateKey(key_.get(), &der);
  if (size <= 0) return refused(Fault::internal, "key: private half cannot be written");
  Secret secret(Bytes(der, static_cast<size_t>(size)));
  OPENSSL_clear_free(der, static_cast<size_t>(size));
  return secret;
}

Result<Blob> PlainSigner::sign(PlainAlgorithm algorithm, Parts octets) const {
  if (crypto::family_of(algorithm) != family_) {
    return fail(Fault::unsupported, "signature algorithm does not fit the key");
  }
  Blob signature(static_cast<size_t>(EVP_PKEY_get_size(key_.get())));
  size_t size = signature.size();
  bool done = false;
  if (family_ == PlainFamily::ed25519) {
    const Blob all = joined(octets);
    const DigestContext context(EVP_MD_CTX_new());
    done = context &&
           EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key_.get(),
                                 nullptr) == 1 &&
           EVP_DigestSign(context.get(), signature.data(), &size, all.data(), all.size()) == 1;
  } else {
    const Blob block = to_be_signed(algorithm, octets);
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    done = context && EVP_PKEY_sign_init(context.get()) == 1 &&
           set_padding(context.get(), algorithm) &&
           EVP_PKEY_sign(context.get(), signature.data(), &size, block.data(), block.size()) == 1;
  }
  if (!done) return refused(Fault::internal, "signing failed");
  signature.resize(size);
  return signature;
}

}  // namespace ike::crypto::openssl
