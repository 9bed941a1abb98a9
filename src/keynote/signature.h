// Signatures under assertions: their names, what they cover, and whether they are right.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/plain_signature.h"
#include "keynote/assertion.h"
#include "keynote/encoding.h"

namespace ike::keynote {

struct SignatureName {
  crypto::PlainAlgorithm algorithm{};
  Encoding encoding{};
  std::string_view text;  // "sig-rsa-sha1-hex:", as it was written; aliases what was given
};

// The name at the beginning of a signature, in either case, with its colon.
std::optional<SignatureName> parse_signature_name(std::string_view signature);

// All names, for messages.
std::string signature_names();

// What is signed: the text of the assertion, then the signature's name.  Aliases both.
struct SignedOctets {
  SignedOctets(const Assertion& assertion, std::string_view name)
      : parts{as_bytes(assertion.signed_text), as_bytes(name)} {}
  std::array<Bytes, 2> parts;
};

// By the key of the Authorizer.  Fault::unauthenticated when the signature is wrong or missing;
// unsupported or malformed when it cannot be checked: an unknown algorithm, an Authorizer that is
// no key, a key of another family.
Result<void> verify_signature(const Assertion& assertion, crypto::PlainVerifier& verifier);

}  // namespace ike::keynote
