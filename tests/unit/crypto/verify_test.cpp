#include <gtest/gtest.h>

#include "base/limits.h"
#include "crypto/fake/fake_provider.h"
#include "crypto/openssl/openssl_provider.h"
#include "crypto/openssl/signing_key.h"
#include "test_keys.h"
#include "vectors.h"

namespace ike::crypto {
namespace {

using openssl::KeyKind;
using openssl::SignatureScheme;
using openssl::SigningKey;
using testing::Json;
using testing::vectors;

// The AlgorithmIdentifier of RFC 7427 appendix A by its name, with the length octet in front.
Blob prefix_of(const std::string& name) {
  for (const Json& v : vectors("rfc/signature-algorithm-identifiers.json")["vectors"].items) {
    if (v["name"].text != name) continue;
    Blob out{static_cast<uint8_t>(v.number("length"))};
    append(out, v.hex("der"));
    return out;
  }
  ADD_FAILURE() << "no identifier " << name;
  return {};
}

Blob with_prefix(const std::string& name, Bytes signature) {
  Blob out = prefix_of(name);
  append(out, signature);
  return out;
}

struct SignatureFile {
  const char* file;
  AuthMethod method;
  std::string identifier;  // of method 14
};

std::string identifier_for(const SignatureFile& file, const Json& group) {
  if (!file.identifier.empty()) return file.identifier;
  const std::string bits = group["sha"].text.substr(4);
  return "rsassa-pss, SHA2-" + bits + (bits == "256" ? ", DER (trailer field left out)" : ", DER");
}

class WycheproofSignature : public ::testing::TestWithParam<SignatureFile> {};

TEST_P(WycheproofSignature, TakesTheirValidSignaturesAndRefusesTheOthers) {
  const auto provider = openssl::make_provider();
  size_t valid = 0;
  size_t invalid = 0;
  for (const Json& group :
       vectors(std::string("wycheproof/") + GetParam().file)["testGroups"].items) {
    const Blob spki = group.hex("publicKeyDer");
    for (const Json& test : group["tests"].items) {
      SCOPED_TRACE(test["tcId"].text + " " + test["comment"].text);
      const bool good = test["result"].text == "valid";
      Blob auth_data = test.hex("sig");
      if (GetParam().method == AuthMethod::signature) {
        auth_data = with_prefix(identifier_for(GetParam(), group), auth_data);
      }
      const auto verified = provider->verify(spki, GetParam().method, test.hex("msg"), auth_data);
      EXPECT_EQ(verified.has_value(), good);
      ++(good ? valid : invalid);
    }
  }
  EXPECT_GE(valid, 4u);
  EXPECT_GE(invalid, 20u);
}

INSTANTIATE_TEST_SUITE_P(
    Verify, WycheproofSignature,
    ::testing::Values(
        SignatureFile{"ecdsa_secp256r1_sha256_p1363_test.json", AuthMethod::ecdsa256, ""},
        SignatureFile{"ecdsa_secp384r1_sha384_p1363_test.json", AuthMethod::ecdsa384, ""},
        SignatureFile{"ecdsa_secp521r1_sha512_p1363_test.json", AuthMethod::ecdsa521, ""},
        SignatureFile{"ecdsa_secp256r1_sha256_test.json", AuthMethod::signature,
                      "ecdsa-with-sha256"},
        SignatureFile{"ecdsa_secp384r1_sha384_test.json", AuthMethod::signature,
                      "ecdsa-with-sha384"},
        SignatureFile{"ecdsa_secp521r1_sha512_test.json", AuthMethod::signature,
                      "ecdsa-with-sha512"},
        SignatureFile{"ecdsa_brainpoolP256r1_sha256_test.json", AuthMethod::signature,
                      "ecdsa-with-sha256"},
        SignatureFile{"ed25519_test.json", AuthMethod::signature, "id-Ed25519"},
        SignatureFile{"ed448_test.json", AuthMethod::signature, "id-Ed448"},
        SignatureFile{"rsa_signature_2048_sha256_test.json", AuthMethod::signature,
                      "sha256WithRSAEncryption"},
        SignatureFile{"rsa_signature_3072_sha256_test.json", AuthMethod::signature,
                      "sha256WithRSAEncryption"},
        SignatureFile{"rsa_signature_3072_sha384_test.json", AuthMethod::signature,
                      "sha384WithRSAEncryption"},
        SignatureFile{"rsa_signature_3072_sha512_test.json", AuthMethod::signature,
                      "sha512WithRSAEncryption"},
        SignatureFile{"rsa_signature_4096_sha512_test.json", AuthMethod::signature,
                      "sha512WithRSAEncryption"},
        SignatureFile{"rsa_pss_2048_sha256_mgf1_32_test.json", AuthMethod::signature, ""},
        SignatureFile{"rsa_pss_2048_sha384_mgf1_48_test.json", AuthMethod::signature, ""},
        SignatureFile{"rsa_pss_3072_sha256_mgf1_32_test.json", AuthMethod::signature, ""},
        SignatureFile{"rsa_pss_4096_sha512_mgf1_64_test.json", AuthMethod::signature, ""}),
    [](const auto& param) {
      std::string name = param.param.file;
      return name.substr(0, name.find("_test"));
    });

class VerifyTest : public ::testing::Test {
 protected:
  Result<void> verify(Bytes spki, AuthMethod method, Bytes auth_data) {
    return provider_->verify(spki, method, octets_, auth_data);
  }
  Fault fault_of(Bytes spki, AuthMethod method, Bytes auth_data) {
    const auto verified = verify(spki, method, auth_data);
    EXPECT_FALSE(verified);
    return verified ? Fault::internal : verified.error().fault;
  }

  std::unique_ptr<Provider> provider_ = openssl::make_provider();
  Blob octets_ = to_blob(as_bytes("the first message, a nonce and a prf"));
  SigningKey rsa_ = *SigningKey::from_pem(testing::kRsa2048);
  SigningKey p256_ = *SigningKey::from_pem(testing::kP256);
  SigningKey p384_ = *SigningKey::from_pem(testing::kP384);
  SigningKey ed25519_ = *SigningKey::from_pem(testing::kEd25519);
};

//= RFC 7427 section 3: the trailer field may be spelled out, though DER leaves the default out
TEST_F(VerifyTest, TakesPssWithAndWithoutItsTrailerField) {
  const Json& group =
      vectors("wycheproof/rsa_pss_2048_sha256_mgf1_32_test.json")["testGroups"].items.front();
  for (const Json& test : group["tests"].items) {
    if (test["result"].text != "valid") continue;
    for (const char* name : {"rsassa-pss, SHA2-256, trailer field spelled out",
                             "rsassa-pss, SHA2-256, DER (trailer field left out)"}) {
      EXPECT_TRUE(provider_->verify(group.hex("publicKeyDer"), AuthMethod::signature,
                                    test.hex("msg"), with_prefix(name, test.hex("sig"))))
          << name;
    }
    const auto other =
        provider_->verify(group.hex("publicKeyDer"), AuthMethod::signature, test.hex("msg"),
                          with_prefix("rsassa-pss, SHA2-384, DER", test.hex("sig")));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().fault, Fault::unauthenticated);
  }
}

TEST_F(VerifyTest, RefusesSha1AndDsaUnderMethod14) {
  const Blob signature(256, 0x11);
  for (const char* name : {"sha1WithRSAEncryption", "dsa-with-sha1", "dsa-with-sha256",
                           "ecdsa-with-sha1", "rsassa-pss, empty parameters (all defaults)",
                           "rsassa-pss, default parameters spelled out"}) {
    EXPECT_EQ(fault_of(rsa_.spki(), AuthMethod::signature, with_prefix(name, signature)),
              Fault::unsupported)
        << name;
  }
}

TEST_F(VerifyTest, RefusesKeysThatDoNotFitTheMethod) {
  const Blob signature(64, 0x11);
  for (const AuthMethod method :
       {AuthMethod::ecdsa256, AuthMethod::ecdsa384, AuthMethod::ecdsa521}) {
    EXPECT_EQ(fault_of(rsa_.spki(), method, signature), Fault::unsupported);
    EXPECT_EQ(fault_of(ed25519_.spki(), method, signature), Fault::unsupported);
  }
  EXPECT_EQ(fault_of(p256_.spki(), AuthMethod::rsa, signature), Fault::unsupported);
  EXPECT_EQ(fault_of(p384_.spki(), AuthMethod::ecdsa256, signature), Fault::unsupported);
  EXPECT_EQ(fault_of(p256_.spki(), AuthMethod::signature,
                     with_prefix("sha256WithRSAEncryption", signature)),
            Fault::unsupported);
  EXPECT_EQ(
      fault_of(rsa_.spki(), AuthMethod::signature, with_prefix("ecdsa-with-sha256", signature)),
      Fault::unsupported);
  EXPECT_EQ(fault_of(p256_.spki(), AuthMethod::signature, with_prefix("id-Ed25519", signature)),
            Fault::unsupported);
  for (const AuthMethod method : {AuthMethod::none, AuthMethod::psk, AuthMethod::dss,
                                  AuthMethod::null, static_cast<AuthMethod>(200)}) {
    EXPECT_EQ(fault_of(rsa_.spki(), method, signature), Fault::unsupported);
  }
}

TEST_F(VerifyTest, RefusesBrokenAuthenticationData) {
  const SignatureScheme scheme{AuthMethod::signature, SignatureHash::sha2_256};
  const Blob good = *p256_.sign(scheme, octets_);
  ASSERT_TRUE(verify(p256_.spki(), AuthMethod::signature, good));
  for (size_t size = 0; size < good.size(); ++size) {
    const Blob cut(good.begin(), good.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(verify(p256_.spki(), AuthMethod::signature, cut)) << size;
  }
  for (size_t i = 0; i < good.size(); ++i) {
    Blob changed = good;
    changed[i] ^= 1;
    EXPECT_FALSE(verify(p256_.spki(), AuthMethod::signature, changed)) << i;
  }
  Blob longer = good;
  longer.push_back(0);
  EXPECT_FALSE(verify(p256_.spki(), AuthMethod::signature, longer));
  Blob bare = *p256_.sign({AuthMethod::ecdsa256}, octets_);
  ASSERT_TRUE(verify(p256_.spki(), AuthMethod::ecdsa256, bare));
  bare.push_back(0);
  EXPECT_FALSE(verify(p256_.spki(), AuthMethod::ecdsa256, bare));
}

TEST_F(VerifyTest, RefusesKeysItCannotRead) {
  const Blob signature(256, 0x11);
  const Bytes spki = rsa_.spki();
  for (size_t size = 0; size < spki.size(); ++size) {
    EXPECT_FALSE(verify(spki.first(size), AuthMethod::rsa, signature)) << size;
  }
  Blob longer = to_blob(spki);
  longer.push_back(0);
  EXPECT_EQ(fault_of(longer, AuthMethod::rsa, signature), Fault::malformed);
  // The point's last octet: off the curve.
  Blob off = to_blob(p256_.spki());
  off.back() ^= 1;
  EXPECT_EQ(fault_of(off, AuthMethod::ecdsa256, Blob(64, 1)), Fault::malformed);
}

// More keys than are kept, twice: those thrown out are read again.
TEST_F(VerifyTest, KeepsABoundedNumberOfKeys) {
  const Blob good = *rsa_.sign({AuthMethod::rsa}, octets_);
  const Json& groups = vectors("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json")["testGroups"];
  ASSERT_GT(groups.items.size(), limits::kPublicKeysCached);
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(verify(rsa_.spki(), AuthMethod::rsa, good));
    for (const Json& group : groups.items) {
      EXPECT_EQ(fault_of(group.hex("publicKeyDer"), AuthMethod::ecdsa256, Blob(64, 1)),
                Fault::unauthenticated);
    }
    EXPECT_TRUE(verify(rsa_.spki(), AuthMethod::rsa, good));
  }
}

TEST_F(VerifyTest, TakesAlgorithmsOfOneKeyInAnyOrder) {
  const Blob pkcs1 = *rsa_.sign({AuthMethod::rsa}, octets_);
  const Blob sha256 = *rsa_.sign({AuthMethod::signature, SignatureHash::sha2_256}, octets_);
  const Blob sha512 = *rsa_.sign({AuthMethod::signature, SignatureHash::sha2_512}, octets_);
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(verify(rsa_.spki(), AuthMethod::rsa, pkcs1));
    EXPECT_TRUE(verify(rsa_.spki(), AuthMethod::signature, sha256));
    EXPECT_TRUE(verify(rsa_.spki(), AuthMethod::signature, sha512));
    EXPECT_EQ(fault_of(rsa_.spki(), AuthMethod::rsa, Blob(256, 3)), Fault::unauthenticated);
  }
}

TEST(FakeSignature, BindsKeyMethodAndOctets) {
  const auto provider = make_fake_provider();
  const Blob key{1, 2, 3};
  const Blob octets{4, 5};
  const Blob signature = fake_sign(key, AuthMethod::signature, octets);
  EXPECT_TRUE(provider->verify(key, AuthMethod::signature, octets, signature));
  EXPECT_FALSE(provider->verify(Blob{1, 2}, AuthMethod::signature, octets, signature));
  EXPECT_FALSE(provider->verify(key, AuthMethod::rsa, octets, signature));
  EXPECT_FALSE(provider->verify(key, AuthMethod::signature, Blob{4}, signature));
  EXPECT_FALSE(provider->verify(key, AuthMethod::psk, octets, signature));
  Blob changed = signature;
  changed.back() ^= 1;
  EXPECT_FALSE(provider->verify(key, AuthMethod::signature, octets, changed));
}

}  // namespace
}  // namespace ike::crypto
