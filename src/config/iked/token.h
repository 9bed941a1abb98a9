// What the lexer of iked.conf yields.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/text/source.h"

namespace ike::config::iked {

enum class TokenKind : uint8_t {
  word,    // STRING of the grammar: a bare word that is no keyword, or anything quoted
  number,  // NUMBER
  keyword,
  symbol,  // one character: { } ( ) , / = or one that no rule wants
  newline,
  end,  // of the top file
  bad,  // already reported; the rest of the line is gone
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;  // of word, keyword, symbol; the digits of a number
  int64_t number = 0;
  bool quoted = false;
  bool from_macro = false;
  bool secret = false;  // never to be shown
  Position at;
  size_t offset = 0;  // of the first octet, in its file

  bool is(TokenKind k, std::string_view t) const { return kind == k && text == t; }
  bool is_keyword(std::string_view t) const { return is(TokenKind::keyword, t); }
  bool is_symbol(std::string_view t) const { return is(TokenKind::symbol, t); }
};

bool is_reserved(std::string_view word);
std::span<const std::string_view> reserved_words();  // sorted

}  // namespace ike::config::iked
