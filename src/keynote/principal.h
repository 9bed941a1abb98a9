// Who acts in assertions: keys in any of their spellings, and names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/plain_signature.h"

namespace ike::keynote {

inline constexpr std::string_view kPolicy = "POLICY";  // the root of trust

// The one spelling of a principal: keys in hex, so that two principals are the same when their
// canonical texts are.  Names, and keys of kinds we do not read, stay as they are.  Fails when the
// prefix promises a key that does not follow.
Result<std::string> canonical_principal(std::string_view written);

struct PrincipalKey {
  crypto::PlainFamily family{};
  Blob der;  // as crypto::PlainFamily says
};
// Nothing when a canonical principal is not a key.
std::optional<PrincipalKey> key_of(std::string_view canonical);

// "rsa-hex:" and the like.
std::string_view prefix_of(crypto::PlainFamily family);

}  // namespace ike::keynote
