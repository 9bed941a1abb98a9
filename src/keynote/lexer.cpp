#include "keynote/lexer.h"

#include <array>
#include <charconv>
#include <utility>

#include "keynote/mask.h"

namespace ike::keynote {

namespace {

struct Sign {
  std::string_view text;
  TokenKind kind;
};
// Longer ones first.
constexpr std::array kSigns{
    Sign{"==", TokenKind::equal},      Sign{"!=", TokenKind::not_equal},
    Sign{"<=", TokenKind::less_equal}, Sign{">=", TokenKind::greater_equal},
    Sign{"~=", TokenKind::matches},    Sign{"&&", TokenKind::both},
    Sign{"||", TokenKind::either},     Sign{"->", TokenKind::arrow},
    Sign{"<", TokenKind::less},        Sign{">", TokenKind::greater},
    Sign{"(", TokenKind::open_paren},  Sign{")", TokenKind::close_paren},
    Sign{"{", TokenKind::open_brace},  Sign{"}", TokenKind::close_brace},
    Sign{",", TokenKind::comma},       Sign{";", TokenKind::semicolon},
    Sign{"=", TokenKind::assign},      Sign{"!", TokenKind::negation},
    Sign{".", TokenKind::dot},         Sign{"+", TokenKind::plus},
    Sign{"-", TokenKind::minus},       Sign{"*", TokenKind::times},
    Sign{"/", TokenKind::over},        Sign{"%", TokenKind::modulo},
    Sign{"^", TokenKind::power},       Sign{"@", TokenKind::at},
    Sign{"&", TokenKind::ampersand},   Sign{"$", TokenKind::dollar},
};

constexpr size_t kShownMax = 40;  // octets of a token that a message repeats

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::string shown(std::string_view text) {
  return text.size() <= kShownMax ? std::string(text)
                                  : std::string(text.substr(0, kShownMax)) + "...";
}

}  // namespace

std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (octet < 0x20 || octet >= 0x7f) {
      for (int shift = 6; shift >= 0; shift -= 3) {
        if (shift == 6) text += '\\';
        text += static_cast<char>('0' + (octet >> shift & 7));
      }
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::end: return "the end of the field";
    case TokenKind::string: return "the string " + quoted(shown(masked(token.text)));
    case TokenKind::name: return "the name " + shown(token.text);
    case TokenKind::integer:
    case TokenKind::real: return "the number " + shown(token.text);
    default: return "\"" + token.text + "\"";
  }
}

Lexer::Lexer(std::string_view body, Place at, Notes& notes)
    : body_(body), notes_(notes), at_(at), taken_until_(at) {
  token_ = scan();
}

Token Lexer::take() {
  Token taken = std::move(token_);
  taken_until_ = taken.until;
  token_ = scan();
  return taken;
}

bool Lexer::accept(TokenKind kind) {
  if (!next_is(kind) || failed_) return false;
  take();
  return true;
}

bool Lexer::expect(TokenKind kind, std::string_view what) {
  if (accept(kind)) return true;
  unexpected(what);
  return false;
}

void Lexer::unexpected(std::string_view wanted) {
  const Place at = next_is(TokenKind::end) ? taken_until_ : token_.at;
  fail(at, "expected " + std::string(wanted) + ", found " + describe(token_));
}

void Lexer::fail(Place at, std::string message) {
  if (!failed_) notes_.error(at, std::move(message));
  failed_ = true;
  token_ = Token{.at = at_};
}

void Lexer::step() {
  if (current() == '\n') {
    ++at_.line;
    at_.column = 1;
  } else {
    ++at_.column;
  }
  ++offset_;
}

void Lexer::skip_blanks() {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  while (more()) {
    if (current() == '#') {
      while (more() && current() != '\n') step();
    } else if (kBlanks.contains(current())) {
      step();
    } else {
      return;
    }
  }
}

Token Lexer::scan() {
  if (!failed_) skip_blanks();
  Token token{.at = at_, .begin = offset_};
  if (failed_ || !more()) {
    token.end = offset_;
    return token;
  }
  const char c = current();
  if (c == '"') {
    scan_string(token);
  } else if (is_digit(c)) {
    scan_number(token);
  } else if (starts_name(c)) {
    scan_name(token);
  } else {
    scan_sign(token);
  }
  token.end = offset_;
  token.until = at_;
  if (failed_) return Token{.at = token.at};
  return token;
}

void Lexer::scan_string(Token& token) {
  token.kind = TokenKind::string;
  step();
  while (!current_is('"')) {
    if (!more() || current() == '\n') {
      return fail(token.at,
                  "the string does not end on its line (a \"\\\" at the end of a line "
                  "would continue it)");
    }
    if (current() == '\0') return fail(at_, "a string cannot hold the octet 0");
    if (current() == '\\') {
      scan_escape(token);
      if (failed_) return;
    } else {
      token.text += current();
      step();
    }
    if (token.text.size() > limits::kTrustStringMax) {
      return fail(token.at, "the string is longer than " + std::to_string(limits::kTrustStringMax) +
                                " octets");
    }
  }
  step();
}

//= RFC 2704 section 4.3: the escapes of a string
void Lexer::scan_escape(Token& token) {
  const Place begin = at_;
  step();
  if (!more()) return;  // reported as the string without an end
  const char c = current();
  if (c == '\0') return;  // reported by the caller
  if (is_octal(c)) {
    unsigned value = 0;
    for (int digits = 0; digits < 3 && more() && is_octal(current()); ++digits) {
      value = value * 8 + static_cast<unsigned>(current() - '0');
      step();
    }
    if (value == 0 || value > 0xff) {
      return fail(begin, "an octal escape gives an octet from \\001 to \\377");
    }
    token.text += static_cast<char>(value);
    return;
  }
  step();
  switch (c) {
    case 'n': token.text += '\n'; break;
    case 'r': token.text += '\r'; break;
    case 't': token.text += '\t'; break;
    case 'f': token.text += '\f'; break;
    case '\n':
      while (current_is(' ') || current_is('\t')) step();
      break;
    default: token.text += c; break;
  }
}

void Lexer::scan_number(Token& token) {
  token.kind = TokenKind::integer;
  const auto digits = [&] {
    while (more() && is_digit(current())) {
      if (token.text.size() < limits::kTrustNameMax) token.text += current();
      step();
    }
  };
  digits();
  const bool fraction =
      current_is('.') && offset_ + 1 < body_.size() && is_digit(body_[offset_ + 1]);
  if (fraction) {
    token.kind = TokenKind::real;
    token.text += '.';
    step();
    digits();
  }
  const char* const first = token.text.data();
  const char* const last = first + token.text.size();
  const auto read = fraction ? std::from_chars(first, last, token.real)
                             : std::from_chars(first, last, token.integer);
  if (read.ec != std::errc()) {
    return fail(token.at, fraction ? "the number is out of range"
                                   : "the number is larger than 9223372036854775807");
  }
}

void Lexer::scan_name(Token& token) {
  token.kind = TokenKind::name;
  while (more() && (starts_name(current()) || is_digit(current()))) {
    token.text += current();
    step();
  }
  if (token.text.size() > limits::kTrustNameMax) {
    fail(token.at, "the name is longer than " + std::to_string(limits::kTrustNameMax) + " octets");
  }
}

void Lexer::scan_sign(Token& token) {
  for (const Sign& sign : kSigns) {
    if (!body_.substr(offset_).starts_with(sign.text)) continue;
    token.kind = sign.kind;
    token.text = sign.text;
    for (size_t i = 0; i < sign.text.size(); ++i) step();
    return;
  }
  const char c = current();
  const auto octet = static_cast<unsigned char>(c);
  const bool printable = octet > 0x20 && octet < 0x7f;
  fail(at_, printable ? std::string("\"") + c + "\" means nothing here"
                      : "an octet that means nothing here");
}

}  // namespace ike::keynote
