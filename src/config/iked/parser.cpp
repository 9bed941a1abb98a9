#include "config/iked/parser.h"

#include <algorithm>
#include <array>

#include "config/text/suggest.h"

namespace ike::config::iked {

namespace {

constexpr auto kForeign = std::to_array<std::string_view>(
    {"ike", "sa", "from", "to", "tunnel", "transport", "flow", "tcpmd5"});

constexpr auto kOptions = std::to_array<std::string_view>(
    {"active", "passive", "couple", "decouple", "fragmentation", "nofragmentation", "mobike",
     "nomobike", "vendorid", "novendorid", "enforcesingleikesa", "noenforcesingleikesa",
     "stickyaddress", "nostickyaddress", "ocsp", "cert_partial_chain", "dpd_check_interval"});

constexpr auto kStatements =
    std::to_array<std::string_view>({"ikev2", "set", "user", "include", "radius"});

template <typename List>
bool contains(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// How a message names what was found.
std::string description(const Token& token) {
  switch (token.kind) {
    case TokenKind::newline:
    case TokenKind::end: return "the end of the line";
    case TokenKind::keyword: return "keyword \"" + token.text + "\"";
    case TokenKind::number: return token.secret ? "a number" : "number " + token.text;
    case TokenKind::word: return token.secret ? "a word" : "\"" + token.text + "\"";
    case TokenKind::symbol: return token.secret ? "a character" : "'" + token.text + "'";
    case TokenKind::bad: break;
  }
  return "this";
}

// Control characters and octets beyond ASCII do not belong into a message.
std::string shown(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  }
  return text;
}

}  // namespace

Parser::Parser(Lexer& lexer, Diagnostics& diagnostics, Includer& includer)
    : lexer_(lexer), diagnostics_(diagnostics), includer_(includer) {}

std::optional<Statement> Parser::next() {
  while (true) {
    advance();
    if (token_.kind == TokenKind::end) return std::nullopt;
    std::optional<Statement> found;
    in_policy_ = false;
    if (!statement(found)) {
      skip_line();
      continue;
    }
    if (found) return found;
  }
}

void Parser::advance() { token_ = lexer_.next(); }

void Parser::skip_line() {
  // A bad token has taken the rest of its line with it.
  while (token_.kind != TokenKind::newline && token_.kind != TokenKind::end &&
         token_.kind != TokenKind::bad) {
    advance();
  }
}

bool Parser::accept(std::string_view keyword) {
  if (!at_keyword(keyword)) return false;
  if (in_policy_) seen_.emplace_back(keyword);
  advance();
  return true;
}

bool Parser::accept_symbol(std::string_view symbol) {
  if (!token_.is_symbol(symbol)) return false;
  advance();
  return true;
}

bool Parser::expect(std::string_view keyword) {
  if (accept(keyword)) return true;
  return syntax_error("\"" + std::string(keyword) + "\"");
}

// The newline is left unread until the next statement: what an include brings comes before that.
bool Parser::expect_end() {
  if (token_.kind == TokenKind::newline || token_.kind == TokenKind::end) return true;
  return syntax_error("the end of the line");
}

bool Parser::syntax_error(std::string_view expected) {
  if (token_.kind == TokenKind::bad) return false;  // reported by the lexer
  std::string message = "syntax error: ";
  if (token_.is_symbol("\r")) {
    message += "carriage return; convert the file to Unix line ends";
  } else if (token_.kind == TokenKind::symbol &&
             static_cast<unsigned char>(token_.text[0]) > 0x7e) {
    message += "a character that is not ASCII belongs in quotes, and quotes are \" or '";
  } else if (!in_policy_ || !clause_out_of_order(message)) {
    message += "found " + shown(description(token_)) + ", expected " + std::string(expected);
    message += hint(expected);
  }
  diagnostics_.error(token_.at, std::move(message));
  return false;
}

std::string Parser::hint(std::string_view expected) const {
  if (const auto& begin = lexer_.long_string()) {
    return "; the string that begins in line " + std::to_string(begin->line) +
           " goes on to here: is its quote missing?";
  }
  if (token_.secret) return "; a key with blanks or a \"/\" needs quotes";
  const bool one_word = expected.starts_with('"') && expected.ends_with('"');
  const bool plain = token_.kind == TokenKind::word && !token_.quoted;
  return plain && !one_word ? did_you_mean(token_.text, reserved_words()) : std::string();
}

bool Parser::statement(std::optional<Statement>& out) {
  if (token_.kind == TokenKind::newline) return true;
  if (token_.kind == TokenKind::word) return macro_or_radius(out);
  if (token_.kind == TokenKind::keyword) {
    if (token_.text == "include") return include();
    if (contains(kForeign, token_.text)) return foreign();
    if (token_.text == "set") return set(std::get<SetStatement>(out.emplace(SetStatement())));
    if (token_.text == "user") return user(std::get<UserStatement>(out.emplace(UserStatement())));
    if (token_.text == "ikev2") {
      return policy(std::get<PolicyStatement>(out.emplace(PolicyStatement())));
    }
    const Token keyword = token_;
    advance();
    if (token_.is_symbol("=")) {
      diagnostics_.error(keyword.at, "syntax error: \"" + keyword.text +
                                         "\" is reserved: give the macro another name");
      return false;
    }
    diagnostics_.error(keyword.at, "syntax error: \"" + keyword.text +
                                       "\" begins no statement; if it continues a policy, end "
                                       "the line before it with a backslash");
    return false;
  }
  return syntax_error("a statement: \"ikev2\", \"set\", \"include\", \"user\" or NAME = \"value\"");
}

bool Parser::macro_or_radius(std::optional<Statement>& out) {
  const Token name = token_;
  advance();
  const bool definition = token_.is_symbol("=");
  if (!definition && name.is(TokenKind::word, "radius") && !name.quoted) {
    out = RadiusStatement{name.at};
    lexer_.distrust_line();
    skip_line();
    return true;
  }
  return macro_definition(name);
}

bool Parser::macro_definition(const Token& name) {
  if (!token_.is_symbol("=")) {
    if (token_.kind == TokenKind::bad) return false;
    const std::string hint = name.quoted ? "" : did_you_mean(name.text, kStatements);
    diagnostics_.error(name.at,
                       "syntax error: \"" + shown(name.text) + "\" begins no statement" +
                           (hint.empty() ? "; a macro is defined by NAME = \"value\"" : hint));
    return false;
  }
  advance();
  const Position value_at = token_.at;
  Span where{value_at.file, token_.offset, token_.offset};
  std::string value;
  while (token_.kind == TokenKind::word) {
    if (!value.empty()) value += ' ';
    value += token_.text;
    where.end = lexer_.end_offset();
    advance();
  }
  if (where.end == where.begin || token_.kind != TokenKind::newline) {
    return syntax_error(
        "a string; a value that is a number, a keyword or has a \"/\" needs quotes");
  }
  if (name.text.find_first_of(" \t\n\v\f\r") != std::string::npos) {
    diagnostics_.error(name.at, "macro name cannot contain whitespace");
    return false;
  }
  if (value.size() > kMacroMax || !lexer_.define(name.text, value, where)) {
    diagnostics_.error(value_at,
                       "too many macros, or a value over " + std::to_string(kMacroMax) + " octets");
    return false;
  }
  return true;
}

bool Parser::include() {
  advance();
  Word path;
  if (!word(path, "a file name in quotes") || !expect_end()) return false;
  if (lexer_.depth() >= kIncludeDepthMax) {
    diagnostics_.error(path.at, "failed to include file " + path.text + ": nested deeper than " +
                                    std::to_string(kIncludeDepthMax) + " files");
    return false;
  }
  const auto file = includer_.open(path);
  if (!file) return false;
  lexer_.push_file(*file);
  return true;
}

bool Parser::foreign() {
  diagnostics_.warning(token_.at, "line ignored: \"" + token_.text +
                                      "\" begins a statement of ipsec.conf; if it continues a "
                                      "policy, end the line before it with a backslash");
  lexer_.skip_raw_line();
  advance();
  return true;
}

bool Parser::set(SetStatement& out) {
  out.at = token_.at;
  advance();
  out.option = token_.text;
  out.option_at = token_.at;
  const bool named = token_.kind == TokenKind::keyword || token_.kind == TokenKind::word;
  if (!named || !contains(kOptions, token_.text)) {
    if (token_.kind == TokenKind::bad) return false;
    const std::string hint = named ? did_you_mean(token_.text, kOptions) : "";
    diagnostics_.error(token_.at, "syntax error: found " + shown(description(token_)) +
                                      ", expected an option of set" + hint);
    return false;
  }
  advance();
  if (out.option == "ocsp" && !ocsp(out)) return false;
  if (out.option == "dpd_check_interval") {
    out.argument = Value{token_.text, token_.number, token_.at};
    if (token_.kind != TokenKind::number) return syntax_error("a plain number of seconds");
    advance();
  }
  if (token_.kind == TokenKind::keyword && contains(kOptions, token_.text)) {
    return syntax_error("the end of the line: each option needs a \"set\" of its own");
  }
  return expect_end();
}

bool Parser::ocsp(SetStatement& out) {
  Word url;
  if (!word(url, "the URL of a responder in quotes")) return false;
  out.argument = Value{url.text, std::nullopt, url.at};
  if (!optional_value("tolerate", out.tolerate)) return false;
  if (out.tolerate && !optional_value("maxage", out.max_age)) return false;
  return true;
}

bool Parser::user(UserStatement& out) {
  out.at = token_.at;
  advance();
  return word(out.name, "a user name in quotes") && word(out.password, "a password in quotes") &&
         expect_end();
}

bool Parser::word(Word& out, std::string_view expected) {
  if (token_.kind == TokenKind::keyword) {
    return syntax_error(std::string(expected) + " (a reserved word needs quotes)");
  }
  if (token_.kind == TokenKind::number) {
    return syntax_error(std::string(expected) + " (a number needs quotes)");
  }
  if (token_.kind != TokenKind::word) return syntax_error(expected);
  out = {std::move(token_.text), token_.at};
  advance();
  return true;
}

bool Parser::value(Value& out, std::string_view expected) {
  if (token_.kind != TokenKind::word && token_.kind != TokenKind::number) {
    return syntax_error(expected);
  }
  out = {std::move(token_.text), std::nullopt, token_.at};
  if (token_.kind == TokenKind::number) out.number = token_.number;
  advance();
  return true;
}

bool Parser::optional_word(std::string_view keyword, std::optional<Word>& out) {
  if (!accept(keyword)) return true;
  return word(out.emplace(), "a string after \"" + std::string(keyword) + "\"");
}

bool Parser::optional_value(std::string_view keyword, std::optional<Value>& out) {
  if (!accept(keyword)) return true;
  return value(out.emplace(), "a value after \"" + std::string(keyword) + "\"");
}

}  // namespace ike::config::iked
