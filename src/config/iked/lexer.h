// Turns iked.conf into tokens: comments, continuation lines, quotes, macros, included files.
//
//   blank      = space | tab
//   comment    = "#" … up to the newline; backslash-newline continues it, too
//   STRING     = bare | "…" | '…'
//   bare       = ( alnum | ":" | "_" | "*" ) { alnum | punctuation except ( ) { } < > ! = / # , }
//   NUMBER     = [ "-" ] digits, followed by white space, ) , / } = or the end; otherwise a bare
//   word macro use  = "$" { alnum | "_" }, where a token could start; replaced by text, not
//   recursively
//   \newline   joins lines; \x outside quotes is x
//   in quotes  \ goes before the same quote, space, tab and newline (which is dropped, as raw
//              newlines are); before anything else it stays
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/iked/token.h"
#include "config/text/cursor.h"
#include "config/text/diagnostic.h"

namespace ike::config::iked {

inline constexpr size_t kTokenMax = 8096;   // octets, as the original
inline constexpr size_t kMacroMax = 65536;  // octets of one macro's value
inline constexpr size_t kMacrosMax = 65536;
inline constexpr size_t kExpansionMax = 16U << 20;  // octets that macros yield in one file set
inline constexpr size_t kIncludeDepthMax = 16;

class Lexer {
 public:
  // Both must outlive the lexer.
  Lexer(Sources& sources, Diagnostics& diagnostics);

  // The tokens of `file` come next, then those of the file that was being read.
  void push_file(uint32_t file);
  size_t depth() const { return files_.size(); }

  // A definition in the file yields to a fixed one (from the command line) of the same name.
  void define_fixed(const std::string& name, const std::string& value);
  bool define(const std::string& name, const std::string& value, const Span& where);

  Token next();
  // Up to the newline, as raw text: for statements whose grammar is not ours.
  void skip_raw_line();
  // What follows on this line may be a secret although nothing says so: "pks …".
  void distrust_line() { secrecy_ = Secrecy::rest_of_line; }
  // The beginning of a string on this line that had newlines in it: perhaps by mistake.
  const std::optional<Position>& long_string() const { return long_string_; }
  // Where the last token ended, for the span of a macro's value.
  size_t end_offset() const { return token_end_; }

 private:
  struct Char {
    int c = -1;  // -1 = end of the top file
    Position at;
    size_t offset = 0;  // in its file
    bool from_macro = false;
    bool file_end = false;  // the newline that stands for the end of a file
  };
  struct File {
    uint32_t id;
    Cursor cursor;
    bool ended = false;
  };
  struct Macro {
    std::string value;
    Span where;
    bool fixed = false;
  };
  struct Expansion {
    std::string text;
    size_t offset = 0;
    Position at;
    size_t file_offset = 0;
    std::optional<Char> after;
  };

  Char raw();
  Char take();  // what was put back, else raw()
  Char read();  // the same with continuation lines joined and other backslashes removed
  void unread(const Char& c) { pending_ = c; }
  Char skip_blanks_and_comment();
  Token lex();
  Token quoted(const Char& open);
  Token number_or_word(Char first);
  Token word(const Char& first, std::string text);
  std::vector<std::string_view> macro_names() const;
  bool expand(const Char& dollar);
  Token bad(const Position& at, std::string message);
  Token make(TokenKind kind, std::string text, const Char& first);
  void note_secrecy(Token& token);
  void hide_since(const Char& first);
  void hide_line_from_first_quote(const Char& open);

  Sources& sources_;
  Diagnostics& diagnostics_;
  std::vector<File> files_;
  std::map<std::string, Macro, std::less<>> macros_;
  std::optional<Expansion> expansion_;
  std::optional<Span> expanded_from_;  // where the value of the macro in use was written
  std::optional<Char> pending_;
  std::optional<Position> long_string_;
  bool line_ended_ = false;
  size_t expanded_ = 0;
  size_t token_end_ = 0;
  bool quiet_ = false;  // reading over the rest of a bad line
  // What the last tokens say about the next one.
  enum class Secrecy : uint8_t { open, after_user, after_psk, rest_of_line };
  Secrecy secrecy_ = Secrecy::open;
};

}  // namespace ike::config::iked
