#include "keynote/arithmetic.h"

#include <charconv>
#include <cmath>

namespace ike::keynote {

namespace {

std::unexpected<Error> overflow() { return fail(Fault::refused, "a number out of range"); }
std::unexpected<Error> by_zero() { return fail(Fault::refused, "division by zero"); }

// By squaring: at most 64 rounds, whatever the exponent.
Result<int64_t> power(int64_t base, int64_t exponent) {
  if (exponent < 0) return 0;
  int64_t result = 1;
  while (exponent != 0) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) return overflow();
    exponent >>= 1;
    if (exponent != 0 && __builtin_mul_overflow(base, base, &base)) return overflow();
  }
  return result;
}

}  // namespace

Result<int64_t> read_integer(std::string_view text) {
  int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc::result_out_of_range) return overflow();
  return value;
}

Result<double> read_real(std::string_view text) {
  // Without this "inf" and "nan" would be numbers.
  const size_t digit = text.starts_with('-') ? 1 : 0;
  if (digit >= text.size() || text[digit] < '0' || text[digit] > '9') return 0.0;
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc::result_out_of_range) return overflow();
  return value;
}

Result<int64_t> negate(int64_t value) {
  int64_t result = 0;
  if (__builtin_sub_overflow(int64_t{0}, value, &result)) return overflow();
  return result;
}

Result<int64_t> apply(TokenKind sign, int64_t left, int64_t right) {
  int64_t result = 0;
  bool over = false;
  switch (sign) {
    case TokenKind::plus: over = __builtin_add_overflow(left, right, &result); break;
    case TokenKind::minus: over = __builtin_sub_overflow(left, right, &result); break;
    case TokenKind::times: over = __builtin_mul_overflow(left, right, &result); break;
    case TokenKind::power: return power(left, right);
    case TokenKind::over:
      if (right == 0) return by_zero();
      if (right == -1) return negate(left);
      result = left / right;
      break;
    default:
      if (right == 0) return by_zero();
      result = right == -1 ? 0 : left % right;
      break;
  }
  if (over) return overflow();
  return result;
}

Result<double> apply(TokenKind sign, double left, double right) {
  double result = 0;
  switch (sign) {
    case TokenKind::plus: result = left + right; break;
    case TokenKind::minus: result = left - right; break;
    case TokenKind::times: result = left * right; break;
    case TokenKind::power: result = std::pow(left, right); break;
    default:
      if (right == 0) return by_zero();
      result = left / right;
      break;
  }
  if (!std::isfinite(result)) return overflow();
  return result;
}

}  // namespace ike::keynote
