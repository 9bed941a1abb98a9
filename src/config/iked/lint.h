// Warnings about what is allowed but unwise.
#pragma once

#include "base/secret.h"
#include "config/iked/ast.h"
#include "config/text/diagnostic.h"

namespace ike::config::iked {

// A key that can be guessed: whoever answers in the peer's place can try keys at leisure.
void lint_psk(const Secret& psk, const Position& at, Diagnostics& diagnostics);

// A bare name that looks like a misspelled keyword: "ikev2 pasive …" names a policy "pasive".
void lint_name(const PolicyStatement& policy, Diagnostics& diagnostics);

}  // namespace ike::config::iked
