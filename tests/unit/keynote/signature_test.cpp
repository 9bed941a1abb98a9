#include "keynote/signature.h"

#include <gtest/gtest.h>

#include <array>

#include "crypto/der.h"
#include "keynote/principal.h"
#include "support.h"

namespace ike::keynote {
namespace {

using crypto::PlainAlgorithm;
using crypto::PlainFamily;
using crypto::openssl::PlainSigner;

// Making keys is slow, so each kind is made once.
const PlainSigner& key_of_family(PlainFamily family) {
  constexpr std::array<unsigned, 4> kBits{1024, 1024, 256, 256};
  static std::array<std::optional<PlainSigner>, 4> keys;
  auto& key = keys[static_cast<size_t>(family)];
  if (!key) {
    auto made = PlainSigner::generate(family, kBits[static_cast<size_t>(family)]);
    EXPECT_TRUE(made) << made.error().what;
    key = *std::move(made);
  }
  return *key;
}

std::string principal_of(const PlainSigner& key, Encoding encoding = Encoding::hex) {
  const std::string_view name = prefix_of(key.family());
  if (encoding == Encoding::hex) return std::string(name) + to_hex(*key.public_der());
  return std::string(name.substr(0, name.size() - 4)) +
         "base64:" + encode(*key.public_der(), Encoding::base64);
}

// An assertion that `key` signed by the algorithm of that name.
std::string signed_text(const PlainSigner& key, const std::string& name, const std::string& body,
                        std::optional<std::string> authorizer = std::nullopt) {
  const std::string unsigned_text =
      "KeyNote-Version: 2\nAuthorizer: \"" + authorizer.value_or(principal_of(key)) + "\"\n" + body;
  const auto parsed = test::parse_one(unsigned_text + "Signature:\n");
  const auto signature_name = parse_signature_name(name);
  if (parsed == nullptr || !signature_name) return "";
  const SignedOctets covered(*parsed, name);
  const auto octets = key.sign(signature_name->algorithm, covered.parts);
  EXPECT_TRUE(octets) << octets.error().what;
  if (!octets) return "";
  return unsigned_text + "Signature:\n" +
         folded(name + encode(*octets, signature_name->encoding), 12, 50);
}

Result<void> check(const std::string& text) {
  const auto verifier = crypto::openssl::make_plain_verifier();
  const auto parsed = test::parse_one(text);
  if (parsed == nullptr) return fail(Fault::internal, "did not parse");
  return verify_signature(*parsed, *verifier);
}

struct AlgorithmCase {
  std::string name;
  PlainFamily family;
};

class EverySignature : public testing::TestWithParam<AlgorithmCase> {};

const std::string kBody =
    "Comment: every octet # counts\nLicensees: \"alice\"\nConditions: op == \"read\";\n";

//= RFC 2704 section 4.6.7: every octet before the signature counts, and the algorithm's name
TEST_P(EverySignature, IsRightForItsTextOnly) {
  const PlainSigner& key = key_of_family(GetParam().family);
  const std::string text = signed_text(key, GetParam().name, kBody);
  const auto right = check(text);
  EXPECT_TRUE(right) << right.error().what;
  for (const auto* const part : {"# counts", "alice", "read"}) {
    std::string changed = text;
    changed[changed.find(part) + 2] ^= 1;
    const auto wrong = check(changed);
    ASSERT_FALSE(wrong) << part;
    EXPECT_EQ(wrong.error().fault, Fault::unauthenticated) << wrong.error().what;
  }
  EXPECT_FALSE(check("KeyNote-Version:  2" + text.substr(text.find('\n'))));
}

TEST_P(EverySignature, OfAnotherKeyIsWrong) {
  const PlainSigner& key = key_of_family(GetParam().family);
  const bool prime = GetParam().family == PlainFamily::rsa || GetParam().family == PlainFamily::dsa;
  const auto other = PlainSigner::generate(GetParam().family, prime ? 1024 : 256);
  ASSERT_TRUE(other);
  const auto wrong = check(signed_text(key, GetParam().name, kBody, principal_of(*other)));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().fault, Fault::unauthenticated);
}

INSTANTIATE_TEST_SUITE_P(
    All, EverySignature,
    testing::Values(AlgorithmCase{"sig-rsa-sha1-hex:", PlainFamily::rsa},
                    AlgorithmCase{"sig-rsa-sha1-base64:", PlainFamily::rsa},
                    AlgorithmCase{"sig-rsa-md5-hex:", PlainFamily::rsa},
                    AlgorithmCase{"sig-rsa-md5-base64:", PlainFamily::rsa},
                    AlgorithmCase{"sig-x509-sha1-hex:", PlainFamily::rsa},
                    AlgorithmCase{"sig-x509-sha1-base64:", PlainFamily::rsa},
                    AlgorithmCase{"sig-rsa-sha256-base64:", PlainFamily::rsa},
                    AlgorithmCase{"sig-dsa-sha1-hex:", PlainFamily::dsa},
                    AlgorithmCase{"sig-dsa-sha1-base64:", PlainFamily::dsa},
                    AlgorithmCase{"sig-ecdsa-sha256-hex:", PlainFamily::ecdsa},
                    AlgorithmCase{"sig-ecdsa-sha384-base64:", PlainFamily::ecdsa},
                    AlgorithmCase{"sig-ecdsa-sha512-hex:", PlainFamily::ecdsa},
                    AlgorithmCase{"sig-ed25519-base64:", PlainFamily::ed25519}),
    [](const auto& tested) {
      std::string name = tested.param.name;
      std::erase_if(name, [](char c) { return c == '-' || c == ':'; });
      return name;
    });

TEST(Signature, ThatCannotBeCheckedSaysWhy) {
  const PlainSigner& rsa = key_of_family(PlainFamily::rsa);
  const auto fault = [](const std::string& authorizer, const std::string& signature) {
    const auto result =
        check("Authorizer: \"" + authorizer + "\"\nSignature: \"" + signature + "\"\n");
    return result ? std::string("right") : std::string(result.error().what);
  };
  const std::string key = principal_of(rsa);
  EXPECT_EQ(fault(key, ""), "it has no signature");
  EXPECT_EQ(fault(key, "sig-rsa-sha3-hex:00"), "the signature's algorithm is not known");
  EXPECT_EQ(fault(key, "sig-rsa-sha1-hex:0"), "the signature's octets cannot be read");
  EXPECT_EQ(fault("alice", "sig-rsa-sha1-hex:00"), "the Authorizer is not a key that could sign");
  EXPECT_EQ(fault(key, "sig-dsa-sha1-hex:00"),
            "the signature's algorithm is not one of the Authorizer's key");
  EXPECT_EQ(fault(key, "sig-rsa-sha1-hex:"), "signature is wrong");
  EXPECT_EQ(fault(key, "SIG-RSA-sha1-HEX:00"), "signature is wrong");
  // 512 bits: nobody should believe what such a key signed.
  const auto weak = crypto::der_element(crypto::der::kSequence, [] {
    Blob content = crypto::der_unsigned(Blob(64, 0xab));
    append(content, crypto::der_unsigned(Blob{1, 0, 1}));
    return content;
  }());
  EXPECT_EQ(fault("rsa-hex:" + to_hex(weak), "sig-rsa-sha1-hex:" + std::string(128, '0')),
            "public key: RSA modulus not of 1024 to 8192 bits");
}

TEST(Signature, WithTheNameOfAnotherAlgorithmIsWrong) {
  const PlainSigner& key = key_of_family(PlainFamily::rsa);
  std::string text = signed_text(key, "sig-rsa-sha1-hex:", kBody);
  text.replace(text.find("sig-rsa-sha1"), 12, "SIG-rsa-sha1");
  EXPECT_FALSE(check(text));
}

TEST(Signature, CredentialsDelegateThroughKeysInAnySpelling) {
  const PlainSigner& admin = key_of_family(PlainFamily::rsa);
  const std::string credential = signed_text(
      admin,
      "sig-rsa-sha1-base64:", "Licensees: \"alice\"\nConditions: op == \"read\" -> \"true\";\n");
  const std::string policy =
      "Authorizer: \"POLICY\"\nLicensees: \"" + principal_of(admin, Encoding::base64) + "\"\n";
  const auto verifier = crypto::openssl::make_plain_verifier();
  const auto asked = [&](const std::string& text, const std::string& op) {
    return *ask({.local = {policy},
                 .credentials = {text},
                 .requesters = {"alice"},
                 .attributes = {{"op", op}},
                 .values = {"false", "true"}},
                *verifier);
  };
  EXPECT_EQ(asked(credential, "read"), "true");
  EXPECT_EQ(asked(credential, "write"), "false");
  std::string forged = credential;
  forged.replace(forged.find("\"read\""), 6, "\"writ\"");
  EXPECT_EQ(asked(forged, "writ"), "false");
}

TEST(Principal, SpellingsOfAKeyAreOnePrincipal) {
  for (const auto family :
       {PlainFamily::rsa, PlainFamily::dsa, PlainFamily::ecdsa, PlainFamily::ed25519}) {
    const PlainSigner& key = key_of_family(family);
    const std::string hex = principal_of(key);
    std::string loud = hex;
    for (char& c : loud) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(canonical_principal(hex), hex);
    EXPECT_EQ(canonical_principal(loud), hex);
    EXPECT_EQ(canonical_principal(principal_of(key, Encoding::base64)), hex);
    const auto parsed = keynote::key_of(hex);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->family, family);
    EXPECT_EQ(parsed->der, *key.public_der());
  }
}

TEST(Principal, OpaqueOnesAreComparedByOctets) {
  EXPECT_EQ(canonical_principal("alice"), "alice");
  EXPECT_EQ(canonical_principal("DN:/CN=A"), "DN:/CN=A");
  EXPECT_EQ(canonical_principal("Passphrase:X"), "Passphrase:X");
  EXPECT_EQ(canonical_principal("elgamal-hex:zz"), "elgamal-hex:zz");
  EXPECT_EQ(canonical_principal("BINARY-hex:00FF"), "binary-hex:00ff");
  EXPECT_EQ(canonical_principal("binary-base64:AP8="), "binary-hex:00ff");
  EXPECT_FALSE(keynote::key_of("alice"));
  EXPECT_FALSE(keynote::key_of("binary-hex:00ff"));
}

TEST(Principal, AKeyThatCannotBeReadIsAMistake) {
  for (const auto* const bad :
       {"rsa-hex:", "rsa-hex:1", "rsa-hex:xx", "rsa-hex:3003020101", "dsa-hex:3006020101020103",
        "rsa-base64:MAYCAQECAQ", "rsa-base64:MAYC*QECAQM=", "binary-base64:AB==", "x509-hex:3000",
        "ecdsa-hex:3006020101020103", "rsa-hex:300602010102010300"}) {
    EXPECT_FALSE(canonical_principal(bad)) << bad;
  }
  EXPECT_EQ(canonical_principal("rsa-hex:3006020103020105"), "rsa-hex:3006020103020105");
}

TEST(Encoding, LongStringsAreFoldedSoThatTheyReadBack) {
  EXPECT_EQ(folded("abcdefghij", 2, 5), "  \"abc\\\n  defg\\\n  hij\"\n");
  EXPECT_EQ(folded("abc", 0, 5), "\"abc\"\n");
  EXPECT_EQ(folded("abcd", 0, 5), "\"abc\\\nd\"\n");
  for (const size_t width : {3U, 5U, 50U}) {
    const std::string long_text(331, 'x');
    const auto parsed = test::parse_one("Authorizer:\n" + folded(long_text, 1, width));
    ASSERT_NE(parsed, nullptr);
    EXPECT_EQ(parsed->authorizer.written, long_text);
  }
}

TEST(Encoding, Base64IsExact) {
  const auto round = [](const std::string& text) {
    return encode(as_bytes(text), Encoding::base64);
  };
  // RFC 4648 section 10.
  EXPECT_EQ(round(""), "");
  EXPECT_EQ(round("f"), "Zg==");
  EXPECT_EQ(round("fo"), "Zm8=");
  EXPECT_EQ(round("foo"), "Zm9v");
  EXPECT_EQ(round("foob"), "Zm9vYg==");
  EXPECT_EQ(round("fooba"), "Zm9vYmE=");
  EXPECT_EQ(round("foobar"), "Zm9vYmFy");
  EXPECT_EQ(decode("Zm9vYmE=", Encoding::base64), to_blob(as_bytes("fooba")));
  for (const auto* const bad : {"Zg", "Zg=", "Zh==", "Z===", "Zm9v\n", "=", "Zg==Zg=="}) {
    EXPECT_FALSE(decode(bad, Encoding::base64)) << bad;
  }
}

}  // namespace
}  // namespace ike::keynote
