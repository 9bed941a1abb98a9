#include "config/iked/lexer.h"

#include <algorithm>
#include <charconv>

#include "config/text/suggest.h"

namespace ike::config::iked {

namespace {

// The C locale's classes, whatever the program's locale is.
bool is_digit(int c) { return c >= '0' && c <= '9'; }
bool is_alnum(int c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_one_of(int c, std::string_view set) {
  return c > 0 && c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}
bool continues_word(int c) {
  return is_alnum(c) || (c > 0x20 && c < 0x7f && !is_one_of(c, "(){}<>!=/#,"));
}
bool ends_number(int c) { return c < 0 || is_space(c) || is_one_of(c, "),/}="); }
bool follows_key(std::string_view keyword) {
  return keyword == "file" || keyword == "config" || keyword == "request" || keyword == "iface" ||
         keyword == "tag" || keyword == "tap";
}
bool continues_name(int c) { return is_alnum(c) || c == '_'; }

}  // namespace

Lexer::Lexer(Sources& sources, Diagnostics& diagnostics)
    : sources_(sources), diagnostics_(diagnostics) {}

void Lexer::push_file(uint32_t file) {
  files_.push_back({file, Cursor(sources_.text(file), file)});
}

void Lexer::define_fixed(const std::string& name, const std::string& value) {
  macros_[name] = {value, {}, true};
}

bool Lexer::define(const std::string& name, const std::string& value, const Span& where) {
  const auto it = macros_.find(name);
  if (it == macros_.end() && macros_.size() >= kMacrosMax) return false;
  if (it == macros_.end() || !it->second.fixed) macros_[name] = {value, where, false};
  return true;
}

Lexer::Char Lexer::raw() {
  if (expansion_) {
    Expansion& e = *expansion_;
    if (e.offset < e.text.size()) {
      return {static_cast<unsigned char>(e.text[e.offset++]), e.at, e.file_offset, true, false};
    }
    const auto after = e.after;
    expansion_.reset();
    if (after) return *after;
  }
  while (!files_.empty()) {
    File& file = files_.back();
    const Position at = file.cursor.position();
    const size_t offset = file.cursor.offset();
    if (!file.cursor.at_end()) return {file.cursor.next(), at, offset, false, false};
    // A last line without newline ends where its file does.
    if (!file.ended) {
      file.ended = true;
      return {'\n', at, offset, false, true};
    }
    if (files_.size() == 1) return {-1, at, offset, false, true};
    files_.pop_back();
  }
  return {};
}

Lexer::Char Lexer::take() {
  if (!pending_) return raw();
  const Char c = *pending_;
  pending_.reset();
  return c;
}

Lexer::Char Lexer::read() {
  if (pending_) return take();
  Char c = raw();
  while (c.c == '\\') {
    Char next = raw();
    if (next.c != '\n' || next.file_end) return next;
    c = raw();
  }
  return c;
}

Token Lexer::bad(const Position& at, std::string message) {
  if (!quiet_) {
    diagnostics_.error(at, std::move(message));
    quiet_ = true;
    // Tokens, not raw text: a secret further on has to be noted, so that no message shows it.
    while (true) {
      const Token token = next();
      if (token.kind == TokenKind::newline || token.kind == TokenKind::end) break;
    }
    quiet_ = false;
  }
  Token token;
  token.kind = TokenKind::bad;
  token.at = at;
  return token;
}

Token Lexer::make(TokenKind kind, std::string text, const Char& first) {
  Token token;
  token.kind = kind;
  token.text = std::move(text);
  token.at = first.at;
  token.offset = first.offset;
  token.from_macro = first.from_macro;
  return token;
}

Token Lexer::next() {
  if (line_ended_) long_string_.reset();
  Token token = lex();
  line_ended_ = token.kind == TokenKind::newline;
  if (pending_) {
    token_end_ = pending_->offset;
  } else {
    token_end_ = files_.empty() ? 0 : files_.back().cursor.offset();
  }
  note_secrecy(token);
  return token;
}

void Lexer::note_secrecy(Token& token) {
  switch (token.kind) {
    case TokenKind::newline:
    case TokenKind::end: secrecy_ = Secrecy::open; return;
    case TokenKind::bad: return;
    case TokenKind::keyword:
      if (secrecy_ == Secrecy::rest_of_line) return;
      if (token.text == "psk") {
        secrecy_ = Secrecy::after_psk;
      } else if (token.text == "user") {
        secrecy_ = Secrecy::after_user;
      } else if (secrecy_ != Secrecy::after_psk || follows_key(token.text)) {
        // Other keywords behind "psk" may be words of a key that lacks its quotes.
        secrecy_ = Secrecy::open;
      }
      return;
    default: break;
  }
  if (secrecy_ == Secrecy::after_user) {
    secrecy_ = Secrecy::rest_of_line;
  } else if (secrecy_ == Secrecy::open && token.quoted && token.text.contains("psk ")) {
    // Quotes that lack their partner: srcid "gateway psk "the key.
    secrecy_ = Secrecy::rest_of_line;
  } else if (secrecy_ != Secrecy::open) {
    token.secret = true;
    if (!token.from_macro && !files_.empty()) {
      sources_.hide({files_.back().id, token.offset, token_end_});
    } else if (expanded_from_) {
      sources_.hide(*expanded_from_);
    }
  }
}

void Lexer::hide_since(const Char& first) {
  if (first.from_macro || files_.empty()) return;
  sources_.hide({files_.back().id, first.offset, files_.back().cursor.offset()});
}

// A string without an end may begin where another one was to end.
void Lexer::hide_line_from_first_quote(const Char& open) {
  if (open.from_macro || files_.empty()) return;
  const std::string_view text = sources_.text(files_.back().id);
  const size_t newline = text.substr(0, open.offset).rfind('\n');
  const size_t line = newline == std::string_view::npos ? 0 : newline + 1;
  Char first = open;
  first.offset = std::min(text.find_first_of("\"'", line), open.offset);
  hide_since(first);
}

void Lexer::skip_raw_line() {
  Char c = read();
  const Char first = c;
  while (c.c != '\n' && c.c >= 0) c = read();
  unread(c);
  // Whatever it says, it may say it about a key.
  if (!files_.empty()) sources_.hide({files_.back().id, first.offset, c.offset});
}

Lexer::Char Lexer::skip_blanks_and_comment() {
  Char c = read();
  while (c.c == ' ' || c.c == '\t') c = read();
  if (c.c == '#') {
    while (c.c != '\n' && c.c >= 0) c = read();
  }
  return c;
}

Token Lexer::lex() {
  while (true) {
    const Char c = skip_blanks_and_comment();
    if (!c.from_macro) expanded_from_.reset();
    if (c.c == '$' && !c.from_macro) {
      if (!expand(c)) return make(TokenKind::bad, {}, c);
      continue;
    }
    if (c.c == '"' || c.c == '\'') return quoted(c);
    if (c.c == '-' || is_digit(c.c)) return number_or_word(c);
    if (is_alnum(c.c) || is_one_of(c.c, ":_*")) return word(c, {});
    if (c.c < 0 || c.c == '\n') {
      return make(c.c < 0 ? TokenKind::end : TokenKind::newline, {}, c);
    }
    return make(TokenKind::symbol, std::string(1, static_cast<char>(c.c)), c);
  }
}

std::vector<std::string_view> Lexer::macro_names() const {
  std::vector<std::string_view> names;
  names.reserve(macros_.size());
  for (const auto& [name, macro] : macros_) names.push_back(name);
  return names;
}

bool Lexer::expand(const Char& dollar) {
  std::string name;
  Char c = read();
  for (; continues_name(c.c) && name.size() < kTokenMax; c = read()) {
    name += static_cast<char>(c.c);
  }
  unread(c);
  const auto it = macros_.find(name);
  if (it == macros_.end()) {
    if (secrecy_ == Secrecy::after_psk || secrecy_ == Secrecy::rest_of_line) {
      hide_since(dollar);
      bad(dollar.at, "macro not defined; a key that begins with $ needs quotes");
      return false;
    }
    if (quiet_) return false;
    bad(dollar.at, "macro '" + name + "' not defined" + did_you_mean(name, macro_names()));
    diagnostics_.error(dollar.at, "syntax error");
    return false;
  }
  expanded_ += it->second.value.size();
  if (expanded_ > kExpansionMax) {
    bad(dollar.at, "macros expand to more than " + std::to_string(kExpansionMax) + " octets");
    return false;
  }
  expansion_ = Expansion{it->second.value, 0, dollar.at, dollar.offset, pending_};
  if (it->second.fixed) {
    expanded_from_.reset();
  } else {
    expanded_from_ = it->second.where;
  }
  pending_.reset();
  return true;
}

Token Lexer::quoted(const Char& open) {
  std::string text;
  while (true) {
    Char c = take();
    if (c.c < 0 || c.file_end) {
      // An included file cannot borrow its closing quote from the file around it.
      unread(c);
      hide_line_from_first_quote(open);
      return bad(open.at, "reached end of file while parsing quoted string");
    }
    if (c.c == '\n') {
      long_string_ = open.at;
      if (!quiet_) continue;
      unread(c);
      break;
    }
    if (c.c == open.c) break;
    if (c.c == 0) {
      hide_since(open);
      return bad(c.at, "syntax error: NUL character in a string");
    }
    if (c.c == '\\') {
      const Char next = take();
      if (next.c == '\n' && !next.file_end) continue;
      if (next.c == open.c || next.c == ' ' || next.c == '\t') {
        c = next;
      } else {
        unread(next);
      }
    }
    if (text.size() >= kTokenMax) {
      hide_since(open);
      return bad(open.at, "string too long");
    }
    text += static_cast<char>(c.c);
  }
  Token token = make(TokenKind::word, std::move(text), open);
  token.quoted = true;
  return token;
}

Token Lexer::number_or_word(Char first) {
  std::string text(1, static_cast<char>(first.c));
  Char c = read();
  for (; is_digit(c.c) && text.size() < kTokenMax; c = read()) text += static_cast<char>(c.c);
  unread(c);
  if (text == "-") return make(TokenKind::symbol, std::move(text), first);
  if (!ends_number(c.c)) {
    if (first.c == '-') return make(TokenKind::symbol, "-", first);
    return word(first, std::move(text));
  }
  int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc()) {
    const std::string reason = first.c == '-' ? "too small" : "too large";
    if (secrecy_ != Secrecy::open) {
      hide_since(first);
      text = "****";
    }
    return bad(first.at, "\"" + text + "\" invalid number: " + reason);
  }
  Token token = make(TokenKind::number, std::move(text), first);
  token.number = value;
  return token;
}

Token Lexer::word(const Char& first, std::string text) {
  if (text.empty()) text = static_cast<char>(first.c);
  Char c = read();
  for (; continues_word(c.c); c = read()) {
    if (text.size() >= kTokenMax) {
      if (secrecy_ != Secrecy::open) hide_since(first);
      return bad(first.at, "string too long");
    }
    text += static_cast<char>(c.c);
  }
  unread(c);
  const TokenKind kind = is_reserved(text) ? TokenKind::keyword : TokenKind::word;
  return make(kind, std::move(text), first);
}

}  // namespace ike::config::iked
