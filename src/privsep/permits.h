// Who may say what to the parent, and the parent to whom: of all kinds of a message those that one
// sender needs.
#pragma once

#include <array>
#include <string_view>

#include "privsep/codec.h"
#include "privsep/role.h"

namespace ike::privsep {

// Kinds of a variant, by their numbers.
struct Kinds {
  uint32_t bits = ~0u;
  constexpr bool has(size_t kind) const { return kind < 32 && (bits >> kind & 1) != 0; }
};
inline constexpr Kinds kAllKinds{};

Kinds from_child(Role sender);     // of ToParent
Kinds from_parent(Role receiver);  // of FromParent; the first message, Setup, is none of these

// "may not send Loaded"; empty for a kind that there is not.
template <typename Message>
std::string_view refusal_of(size_t) {
  return "may not send a message of this kind";
}
template <>
std::string_view refusal_of<ToParent>(size_t kind);
template <>
std::string_view refusal_of<FromParent>(size_t kind);

// As decode(), but nothing is read of a kind that its sender has no use for: Fault::refused.
template <typename Message>
Result<Message> decode_permitted(Bytes octets, TextTable& texts, Kinds permitted) {
  if constexpr (requires { std::variant_size<Message>::value; }) {
    const bool known = !octets.empty() && octets.front() < std::variant_size_v<Message>;
    if (known && !permitted.has(octets.front())) {
      return fail(Fault::refused, refusal_of<Message>(octets.front()));
    }
  }
  return decode<Message>(octets, texts);
}

}  // namespace ike::privsep
