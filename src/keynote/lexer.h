// Turns the body of a field into tokens.
//
//   STRING   = '"' { octet | escape } '"', without a raw newline inside
//   escape   = \n \r \t \f | \ with one to three octal digits | \ newline { blank }, which joins
//              lines | \ with any other octet, which is that octet
//   NAME     = [A-Za-z_] { [A-Za-z0-9_] }
//   INTEGER  = digits;  REAL = digits "." digits
//   comment  = "#" up to the end of the line
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "keynote/note.h"

namespace ike::keynote {

enum class TokenKind : uint8_t {
  end,
  string,
  name,
  integer,
  real,
  open_paren,
  close_paren,
  open_brace,
  close_brace,
  comma,
  semicolon,
  assign,
  equal,
  not_equal,
  less,
  greater,
  less_equal,
  greater_equal,
  matches,
  both,
  either,
  negation,
  arrow,
  dot,
  plus,
  minus,
  times,
  over,
  modulo,
  power,
  at,
  ampersand,
  dollar,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text{};  // a string's value, a name, a number's digits, a sign as it is written
  int64_t integer = 0;
  double real = 0;
  Place at;
  Place until{};     // behind its last octet
  size_t begin = 0;  // offsets in the body: who wants to know whether two tokens touch
  size_t end = 0;
};

// For messages: `the string "x"`, `"&&"`, `the end of the field`.
std::string describe(const Token& token);
// A string as it would be written, with its quotes.
std::string quoted(std::string_view value);

// Sticky: after the first error there are only end tokens and no further messages, so a parser
// just goes on and ends soon.
class Lexer {
 public:
  // `body` and `notes` must outlive the lexer; `at` is the place of its first octet.
  Lexer(std::string_view body, Place at, Notes& notes);

  const Token& peek() const { return token_; }
  Token take();
  bool next_is(TokenKind kind) const { return token_.kind == kind; }
  bool accept(TokenKind kind);
  // Reports when the next token is another one.  `what`: "a semicolon".
  bool expect(TokenKind kind, std::string_view what);
  // The place of a message about the end of the field is behind the last token.
  void unexpected(std::string_view wanted);
  void fail(Place at, std::string message);
  bool failed() const { return failed_; }
  Notes& notes() { return notes_; }

 private:
  bool more() const { return offset_ < body_.size(); }
  char current() const { return body_[offset_]; }
  bool current_is(char c) const { return more() && current() == c; }
  void step();
  void skip_blanks();
  Token scan();
  void scan_string(Token& token);
  void scan_escape(Token& token);
  void scan_number(Token& token);
  void scan_name(Token& token);
  void scan_sign(Token& token);

  std::string_view body_;
  Notes& notes_;
  size_t offset_ = 0;
  Place at_;
  Token token_;
  Place taken_until_;
  bool failed_ = false;
};

}  // namespace ike::keynote
