#include "keynote/signature.h"

#include <array>

#include "keynote/names.h"
#include "keynote/principal.h"

namespace ike::keynote {

namespace {

using crypto::PlainAlgorithm;

struct Row {
  std::string_view name;  // an encoding with its colon follows
  PlainAlgorithm algorithm;
};
// RFC 2792: names of the signatures; those behind the first four are ours
constexpr std::array kRows{Row{"sig-rsa-sha1-", PlainAlgorithm::rsa_sha1},
                           Row{"sig-rsa-md5-", PlainAlgorithm::rsa_md5},
                           Row{"sig-dsa-sha1-", PlainAlgorithm::dsa_sha1},
                           Row{"sig-x509-sha1-", PlainAlgorithm::rsa_oiw_sha1},
                           Row{"sig-rsa-sha256-", PlainAlgorithm::rsa_sha256},
                           Row{"sig-ecdsa-sha256-", PlainAlgorithm::ecdsa_sha256},
                           Row{"sig-ecdsa-sha384-", PlainAlgorithm::ecdsa_sha384},
                           Row{"sig-ecdsa-sha512-", PlainAlgorithm::ecdsa_sha512},
                           Row{"sig-ed25519-", PlainAlgorithm::ed25519}};

std::string_view name_of(Encoding encoding) {
  return encoding == Encoding::hex ? "hex:" : "base64:";
}

}  // namespace

std::optional<SignatureName> parse_signature_name(std::string_view signature) {
  for (const Row& row : kRows) {
    if (!starts_ignoring_case(signature, row.name)) continue;
    const auto rest = signature.substr(row.name.size());
    for (const auto encoding : {Encoding::hex, Encoding::base64}) {
      const auto name = name_of(encoding);
      if (!starts_ignoring_case(rest, name)) continue;
      return SignatureName{row.algorithm, encoding,
                           signature.substr(0, row.name.size() + name.size())};
    }
  }
  return std::nullopt;
}

std::string signature_names() {
  std::string all;
  for (const Row& row : kRows) {
    for (const auto encoding : {Encoding::hex, Encoding::base64}) {
      if (!all.empty()) all += ", ";
      all += row.name;
      all += name_of(encoding);
    }
  }
  return all;
}

Result<void> verify_signature(const Assertion& assertion, crypto::PlainVerifier& verifier) {
  if (!assertion.signature || assertion.signature->empty()) {
    return fail(Fault::unauthenticated, "it has no signature");
  }
  const auto name = parse_signature_name(*assertion.signature);
  if (!name) return fail(Fault::unsupported, "the signature's algorithm is not known");
  const auto octets =
      decode(std::string_view(*assertion.signature).substr(name->text.size()), name->encoding);
  if (!octets) return fail(Fault::malformed, "the signature's octets cannot be read");
  const auto key = key_of(assertion.authorizer.canonical);
  if (!key) return fail(Fault::unsupported, "the Authorizer is not a key that could sign");
  if (key->family != crypto::family_of(name->algorithm)) {
    return fail(Fault::unsupported, "the signature's algorithm is not one of the Authorizer's key");
  }
  //= RFC 2704 section 4.6.7: the name of the algorithm is signed, too
  const SignedOctets covered(assertion, name->text);
  return verifier.verify(name->algorithm, key->der, covered.parts, *octets);
}

}  // namespace ike::keynote
