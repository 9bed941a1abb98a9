// Numbers of conditions: 64 bit integers that do not overflow silently, and doubles.
#pragma once

#include <string_view>

#include "base/result.h"
#include "keynote/lexer.h"

namespace ike::keynote {

// The integer at the beginning of a text: "-" and digits; what follows is ignored.  0 when there is
// none.
Result<int64_t> read_integer(std::string_view text);
// The same with a fraction and an exponent.
Result<double> read_real(std::string_view text);

// `sign`: plus, minus, times, over, modulo, power.  Division truncates; a negative exponent gives
// 0.
Result<int64_t> apply(TokenKind sign, int64_t left, int64_t right);
Result<double> apply(TokenKind sign, double left, double right);
Result<int64_t> negate(int64_t value);

}  // namespace ike::keynote
