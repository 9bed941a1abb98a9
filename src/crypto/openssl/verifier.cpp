#include "crypto/openssl/verifier.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/limits.h"
#include "crypto/openssl/digests.h"
#include "crypto/openssl/prf.h"

namespace ike::crypto::openssl {

namespace {

using Kind = SignatureAlgorithm::Kind;

const char* name_of_hash(Hash hash) {
  switch (hash) {
    case Hash::sha1: return "SHA1";
    case Hash::sha2_256: return "SHA256";
    case Hash::sha2_384: return "SHA384";
    case Hash::sha2_512: return "SHA512";
  }
  return "";
}

size_t size_of_hash(Hash hash) {
  switch (hash) {
    case Hash::sha1: return 20;
    case Hash::sha2_256: return 32;
    case Hash::sha2_384: return 48;
    case Hash::sha2_512: return 64;
  }
  return 0;
}

std::unexpected<Error> wrong_signature() {
  ERR_clear_error();
  return fail(Fault::unauthenticated, "AUTH: signature is wrong");
}

}  // namespace

bool start_signature(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm, bool signing) {
  // OSSL_PARAM has no const, though nothing is written here.
  auto* const hash = const_cast<char*>(name_of_hash(algorithm.hash));
  int padding = algorithm.kind == Kind::rsa_pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
  std::string salt = std::to_string(algorithm.salt_size);
  std::array<OSSL_PARAM, 5> parameters{};
  size_t count = 0;
  parameters[count++] = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, hash, 0);
  if (algorithm.kind != Kind::ecdsa) {
    parameters[count++] = OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_PAD_MODE, &padding);
  }
  if (algorithm.kind == Kind::rsa_pss) {
    parameters[count++] = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN,
                                                           salt.data(), salt.size());
    parameters[count++] =
        OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, hash, 0);
  }
  parameters[count] = OSSL_PARAM_construct_end();
  const int done = signing ? EVP_PKEY_sign_init_ex(context, parameters.data())
                           : EVP_PKEY_verify_init_ex(context, parameters.data());
  return done == 1;
}

Result<Verifier::Entry*> Verifier::entry_of(Bytes spki) {
  const auto known =
      std::ranges::find_if(entries_, [&](const auto& entry) { return equal(entry->spki, spki); });
  if (known != entries_.end()) {
    std::rotate(entries_.begin(), known, known + 1);
    return entries_.front().get();
  }
  IKE_TRY(const PublicKey parsed, parse_spki(spki));
  IKE_TRY(KeyHandle key, import_key(parsed, library_->context()));
  if (entries_.size() >= limits::kPublicKeysCached) entries_.pop_back();
  auto entry = std::make_unique<Entry>();
  entry->spki = to_blob(spki);
  entry->type = parsed.type;
  entry->key = std::move(key);
  entries_.insert(entries_.begin(), std::move(entry));
  return entries_.front().get();
}

Result<void> Verifier::prepare(Entry& entry, const SignatureAlgorithm& algorithm) {
  if (entry.algorithm == algorithm) return {};
  entry.algorithm.reset();
  entry.context.reset(EVP_PKEY_CTX_new_from_pkey(library_->context(), entry.key.get(), nullptr));
  if (!entry.context || !start_signature(entry.context.get(), algorithm, false)) {
    ERR_clear_error();
    return fail(Fault::unsupported, "AUTH: signature algorithm does not fit the key");
  }
  entry.algorithm = algorithm;
  return {};
}

bool Verifier::verify_eddsa(const Entry& entry, Bytes octets, Bytes signature) {
  const DigestContext context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, library_->context(), nullptr,
                                 entry.key.get(), nullptr) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), octets.data(),
                          octets.size()) == 1;
}

Result<void> Verifier::verify(Bytes spki, AuthMethod method, Bytes octets, Bytes auth_data) {
  IKE_TRY(Entry * entry, entry_of(spki));
  IKE_TRY(const Signature signature, parse_auth_data(method, entry->type, auth_data));
  const Kind kind = signature.algorithm.kind;
  if (kind == Kind::ed25519 || kind == Kind::ed448) {
    if (!verify_eddsa(*entry, octets, signature.octets)) return wrong_signature();
    return {};
  }
  IKE_CHECK(prepare(*entry, signature.algorithm));
  std::array<uint8_t, kDigestMax> digest{};
  const auto value = MutableBytes(digest).first(size_of_hash(signature.algorithm.hash));
  hash(signature.algorithm.hash, Parts(&octets, 1), value);
  Blob der;
  Bytes given = signature.octets;
  if (signature.bare_ecdsa) {
    der = ecdsa_to_der(given);
    given = der;
  }
  if (EVP_PKEY_verify(entry->context.get(), given.data(), given.size(), value.data(),
                      value.size()) != 1) {
    return wrong_signature();
  }
  return {};
}

}  // namespace ike::crypto::openssl
