#include "crypto/openssl/signing_key.h"

#include <gtest/gtest.h>

#include <array>

#include "crypto/openssl/openssl_provider.h"
#include "test_keys.h"

namespace ike::crypto {
namespace {

using openssl::choose_scheme;
using openssl::KeyKind;
using openssl::load_public_key_pem;
using openssl::SignatureScheme;
using openssl::SigningKey;

const std::vector<SignatureHash> kSha2{SignatureHash::sha2_256, SignatureHash::sha2_384,
                                       SignatureHash::sha2_512};
const std::vector<SignatureHash> kEverything{SignatureHash::sha1, SignatureHash::sha2_256,
                                             SignatureHash::identity};

struct KeyCase {
  std::string_view name;
  std::string_view pem;
  KeyKind kind;
  AuthMethod bare;   // none: method 14 only
  size_t bare_size;  // of its Authentication Data
};

class EveryKey : public ::testing::TestWithParam<KeyCase> {};

TEST_P(EveryKey, SignsWhatTheProviderVerifies) {
  const auto key = SigningKey::from_pem(GetParam().pem);
  ASSERT_TRUE(key) << key.error().what;
  EXPECT_EQ(key->kind(), GetParam().kind);
  EXPECT_EQ(openssl::kind_of_spki(key->spki()), GetParam().kind);
  const auto provider = openssl::make_provider();
  const Blob octets(700, 0x5a);
  for (const auto& hashes : {std::vector<SignatureHash>{}, kSha2, kEverything,
                             std::vector<SignatureHash>{SignatureHash::sha2_512}}) {
    const auto scheme = choose_scheme(key->kind(), hashes);
    if (!scheme) continue;
    const auto auth_data = key->sign(*scheme, octets);
    ASSERT_TRUE(auth_data) << auth_data.error().what;
    if (scheme->method != AuthMethod::signature) {
      EXPECT_EQ(auth_data->size(), GetParam().bare_size);
    }
    EXPECT_TRUE(provider->verify(key->spki(), scheme->method, octets, *auth_data));
    const auto changed =
        provider->verify(key->spki(), scheme->method, Bytes(octets).first(699), *auth_data);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().fault, Fault::unauthenticated);
  }
}

TEST_P(EveryKey, RefusesMethodsOfOtherKeys) {
  const auto key = SigningKey::from_pem(GetParam().pem);
  ASSERT_TRUE(key);
  for (const AuthMethod method : {AuthMethod::rsa, AuthMethod::ecdsa256, AuthMethod::ecdsa384,
                                  AuthMethod::ecdsa521, AuthMethod::psk, AuthMethod::none}) {
    EXPECT_EQ(key->sign({method}, Blob{1}).has_value(),
              method == GetParam().bare && method != AuthMethod::none);
  }
  const bool eddsa = key->kind() == KeyKind::ed25519 || key->kind() == KeyKind::ed448;
  const auto sha1 = key->sign({AuthMethod::signature, SignatureHash::sha1}, Blob{1});
  EXPECT_EQ(sha1.has_value(), eddsa) << "EdDSA has a hash of its own";
}

INSTANTIATE_TEST_SUITE_P(
    SigningKey, EveryKey,
    ::testing::Values(
        KeyCase{"rsa", testing::kRsa2048, KeyKind::rsa, AuthMethod::rsa, 256},
        KeyCase{"rsa_old", testing::kRsa2048Traditional, KeyKind::rsa, AuthMethod::rsa, 256},
        KeyCase{"p256", testing::kP256, KeyKind::ecdsa256, AuthMethod::ecdsa256, 64},
        KeyCase{"p256_old", testing::kP256Traditional, KeyKind::ecdsa256, AuthMethod::ecdsa256, 64},
        KeyCase{"p384", testing::kP384, KeyKind::ecdsa384, AuthMethod::ecdsa384, 96},
        KeyCase{"p521", testing::kP521, KeyKind::ecdsa521, AuthMethod::ecdsa521, 132},
        KeyCase{"ed25519", testing::kEd25519, KeyKind::ed25519, AuthMethod::none, 0},
        KeyCase{"ed448", testing::kEd448, KeyKind::ed448, AuthMethod::none, 0}),
    [](const auto& param) { return std::string(param.param.name); });

//= RFC 7427 section 4: method 14 only towards peers that announced hashes
TEST(SignatureSchemes, FollowWhatThePeerAnnounced) {
  const SignatureScheme sha256{AuthMethod::signature, SignatureHash::sha2_256};
  EXPECT_EQ(choose_scheme(KeyKind::rsa, kSha2), sha256);
  EXPECT_EQ(choose_scheme(KeyKind::ecdsa384, kSha2), sha256);
  EXPECT_EQ(choose_scheme(KeyKind::rsa, {})->method, AuthMethod::rsa);
  EXPECT_EQ(choose_scheme(KeyKind::ecdsa256, {})->method, AuthMethod::ecdsa256);
  EXPECT_EQ(choose_scheme(KeyKind::ecdsa384, {})->method, AuthMethod::ecdsa384);
  EXPECT_EQ(choose_scheme(KeyKind::ecdsa521, {})->method, AuthMethod::ecdsa521);
  const std::array sha1{SignatureHash::sha1};
  EXPECT_EQ(choose_scheme(KeyKind::rsa, sha1)->method, AuthMethod::rsa);
  EXPECT_FALSE(choose_scheme(KeyKind::ed25519, kSha2));
  EXPECT_EQ(choose_scheme(KeyKind::ed25519, kEverything),
            (SignatureScheme{AuthMethod::signature, SignatureHash::identity}));
}

TEST(SigningKey, HasItsPublicHalfInEveryForm) {
  const auto rsa = SigningKey::from_pem(testing::kRsa2048);
  ASSERT_TRUE(rsa);
  const auto spki = load_public_key_pem(testing::kRsa2048Public);
  const auto raw = load_public_key_pem(testing::kRsa2048RawPublic);
  ASSERT_TRUE(spki && raw);
  EXPECT_EQ(to_blob(rsa->spki()), *spki);
  EXPECT_EQ(*spki, *raw);
  EXPECT_EQ(openssl::spki_of_raw_rsa(rsa->raw_rsa_der()), *spki);
  EXPECT_EQ(openssl::raw_rsa_of_spki(*spki), to_blob(rsa->raw_rsa_der()));
  const auto ec = SigningKey::from_pem(testing::kP256);
  ASSERT_TRUE(ec);
  EXPECT_TRUE(ec->raw_rsa_der().empty());
  EXPECT_EQ(load_public_key_pem(testing::kP256Public), to_blob(ec->spki()));
  EXPECT_FALSE(openssl::raw_rsa_of_spki(ec->spki()));
}

TEST(SigningKey, RefusesWhatItCannotUse) {
  EXPECT_FALSE(SigningKey::from_pem(""));
  EXPECT_FALSE(SigningKey::from_pem("not a key"));
  EXPECT_FALSE(SigningKey::from_pem(testing::kRsa2048Public));
  EXPECT_FALSE(SigningKey::from_pem(testing::kRsa2048Encrypted)) << "nobody can be asked";
  EXPECT_FALSE(SigningKey::from_pem(testing::kX25519));
  EXPECT_FALSE(SigningKey::from_pem(testing::kSecp256k1));
  EXPECT_FALSE(SigningKey::from_pem(std::string(100'000, 'x')));
}

TEST(PublicKeyFile, RefusesWhatVerifyCouldNotUse) {
  EXPECT_FALSE(load_public_key_pem(""));
  EXPECT_FALSE(load_public_key_pem(testing::kRsa2048)) << "a private key";
  const std::string pem(testing::kP256Public);
  EXPECT_FALSE(load_public_key_pem(pem.substr(0, pem.size() / 2)));
  // The same text under another label.
  std::string relabelled(testing::kRsa2048Public);
  for (size_t at = relabelled.find("PUBLIC"); at != std::string::npos;
       at = relabelled.find("PUBLIC", at + 12)) {
    relabelled.insert(at, "RSA ");
  }
  EXPECT_FALSE(load_public_key_pem(relabelled));
}

}  // namespace
}  // namespace ike::crypto
