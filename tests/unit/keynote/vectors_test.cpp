// Credentials that were signed without our code: tests/vectors/keynote/README.md.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "keynote/principal.h"
#include "support.h"

namespace ike::keynote {
namespace {

std::string read(const std::string& name) {
  std::ifstream in(std::string(IKE_TEST_DATA) + "/vectors/keynote/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class SignedByOthers : public testing::TestWithParam<const char*> {};

// RFC 2792: the octets that each kind of signature holds
TEST_P(SignedByOthers, Verifies) {
  const std::string text = read(std::string(GetParam()) + ".cred");
  const auto assertion = test::parse_one(text);
  ASSERT_NE(assertion, nullptr);
  const auto verifier = crypto::openssl::make_plain_verifier();
  const auto right = verify_signature(*assertion, *verifier);
  EXPECT_TRUE(right) << right.error().what;
  std::string changed = text;
  changed.replace(changed.find("bob"), 3, "eve");
  EXPECT_FALSE(verify_signature(*test::parse_one(changed), *verifier));
}

INSTANTIATE_TEST_SUITE_P(All, SignedByOthers,
                         testing::Values("rsa_sha1", "rsa_md5", "dsa", "x509"));

// RFC 2792: of a certificate only the key counts
TEST(SignedByOthers, ACertificateIsTheSamePrincipalAsItsKey) {
  const auto by_key = test::parse_one(read("rsa_sha1.cred"));
  const auto by_certificate = test::parse_one(read("x509.cred"));
  ASSERT_NE(by_key, nullptr);
  ASSERT_NE(by_certificate, nullptr);
  EXPECT_EQ(by_key->authorizer.canonical, by_certificate->authorizer.canonical);
  EXPECT_NE(by_key->authorizer.written, by_certificate->authorizer.written);
}

}  // namespace
}  // namespace ike::keynote
