// Warnings about what is allowed but unwise.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"
#include "config/iked/ast.h"
#include "config/text/diagnostic.h"

namespace ike::config::iked {

// A key that can be guessed: whoever answers in the peer's place can try keys at leisure.
void lint_psk(const Secret& psk, const Position& at, Diagnostics& diagnostics);

// `; "form" is taken as the policy's name; did you mean "from"?` where it looks like a misspelled
// keyword, else nothing.
std::string mistaken_name(std::string_view name);

}  // namespace ike::config::iked
