// What can go wrong is a value with a name.  No code of ours throws.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>
#include <utility>

namespace ike {

enum class Fault : uint8_t {
  malformed,        // octets that do not follow their format
  unsupported,      // well formed, but something we do not do
  refused,          // understood, and against the policy or the peer's answer
  unauthenticated,  // a proof is missing or wrong
  limit,            // one of the bounds of limits.h
  timeout,          // nobody answered in time
  internal,         // the machine failed us: memory, kernel, another process of ours
};

std::string_view to_text(Fault fault);

// Cheap to copy: `what` always points at static text.  `at` is the offset of the first bad octet
// where there is one, else 0.
struct Error {
  std::string_view what;
  uint32_t at = 0;
  Fault fault = Fault::malformed;

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Fault fault, std::string_view static_text, uint32_t at = 0) {
  return std::unexpected<Error>(Error{static_text, at, fault});
}

}  // namespace ike

#define IKE_CONCAT_INNER(a, b) a##b
#define IKE_CONCAT(a, b) IKE_CONCAT_INNER(a, b)

// IKE_TRY(auto x, f());  – x is f's value, or the enclosing function returns f's error.
#define IKE_TRY(declaration, expression)                                          \
  auto IKE_CONCAT(ike_try_, __LINE__) = (expression);                             \
  if (!IKE_CONCAT(ike_try_, __LINE__)) {                                          \
    return std::unexpected<::ike::Error>(IKE_CONCAT(ike_try_, __LINE__).error()); \
  }                                                                               \
  declaration = *std::move(IKE_CONCAT(ike_try_, __LINE__))

// The same for Result<void>.
#define IKE_CHECK(expression)                                \
  if (auto ike_check = (expression); !ike_check) {           \
    return std::unexpected<::ike::Error>(ike_check.error()); \
  }
