#include "keynote/licensees.h"

#include <unordered_set>

#include "keynote/principal.h"

namespace ike::keynote {

namespace {

using Kind = Gate::Kind;

class Parser {
 public:
  Parser(Lexer& lexer, const ConstantLookup& constants) : lexer_(lexer), constants_(constants) {}

  Licensees parse() {
    if (lexer_.next_is(TokenKind::end)) return {};
    out_.root = either();
    if (!lexer_.failed() && !lexer_.next_is(TokenKind::end)) {
      lexer_.unexpected("\"&&\", \"||\" or the end of the field");
    }
    return std::move(out_);
  }

 private:
  uint32_t add(Gate gate) {
    out_.gates.push_back(std::move(gate));
    return static_cast<uint32_t>(out_.gates.size() - 1);
  }
  Gate& gate(uint32_t id) { return out_.gates[id]; }

  // A gate over children that are linked by `next`.
  uint32_t over(Kind kind, uint32_t needed, const std::vector<uint32_t>& children) {
    const uint32_t id = add({.kind = kind, .needed = needed, .first = children.front()});
    for (size_t i = 0; i < children.size(); ++i) {
      gate(children[i]).parent = id;
      gate(children[i]).next = i + 1 < children.size() ? children[i + 1] : Gate::kNone;
    }
    return id;
  }

  uint32_t either() {
    std::vector<uint32_t> children{both()};
    while (lexer_.accept(TokenKind::either)) children.push_back(both());
    return children.size() == 1 ? children.front() : over(Kind::either, 1, children);
  }

  uint32_t both() {
    std::vector<uint32_t> children{factor()};
    while (lexer_.accept(TokenKind::both)) children.push_back(factor());
    if (children.size() == 1) return children.front();
    return over(Kind::both, static_cast<uint32_t>(children.size()), children);
  }

  uint32_t factor() {
    if (lexer_.next_is(TokenKind::integer)) return at_least();
    if (!lexer_.next_is(TokenKind::open_paren)) return principal();
    if (++depth_ > limits::kTrustDepthMax) {
      lexer_.fail(lexer_.peek().at, "more than " + std::to_string(limits::kTrustDepthMax) +
                                        " parentheses within each other");
      return add({});
    }
    lexer_.take();
    const uint32_t inside = either();
    lexer_.expect(TokenKind::close_paren, "\")\"");
    --depth_;
    return inside;
  }

  uint32_t principal() {
    NamedPrincipal named = parse_principal(lexer_, constants_);
    return add({.principal = std::move(named.canonical), .written = std::move(named.written)});
  }

  // K-of("a", "b"): number, minus and "of" without blanks between.
  uint32_t at_least() {
    const Token count = lexer_.take();
    const Token minus = lexer_.peek();
    const bool joined = minus.begin == count.end && lexer_.accept(TokenKind::minus);
    const Token of = lexer_.peek();
    if (!joined || of.begin != minus.end || of.text != "of" || !lexer_.accept(TokenKind::name)) {
      lexer_.fail(count.at, "expected K-of(\"principal\", ...), or a string, or a constant");
      return add({});
    }
    lexer_.expect(TokenKind::open_paren, "\"(\"");
    std::vector<uint32_t> children;
    std::unordered_set<std::string> seen;
    do {
      const Place at = lexer_.peek().at;
      children.push_back(principal());
      if (!lexer_.failed() && !seen.insert(gate(children.back()).principal).second) {
        lexer_.notes().warning(at, "this principal is twice in the list and counts twice");
      }
    } while (lexer_.accept(TokenKind::comma));
    lexer_.expect(TokenKind::close_paren, "\")\"");
    if (lexer_.failed()) return add({});
    const auto size = static_cast<int64_t>(children.size());
    if (count.integer < 1 || count.integer > size) {
      lexer_.fail(count.at,
                  "K-of: K is from 1 to the length of the list, which is " + std::to_string(size));
      return add({});
    }
    return over(Kind::at_least, static_cast<uint32_t>(count.integer), children);
  }

  Lexer& lexer_;
  const ConstantLookup& constants_;
  Licensees out_;
  size_t depth_ = 0;
};

void print_gate(const Licensees& licensees, uint32_t id, bool brackets, std::string& out) {
  const Gate& gate = licensees.gates[id];
  if (gate.kind == Kind::principal) {
    out += quoted(gate.written);
    return;
  }
  const bool counted = gate.kind == Kind::at_least;
  if (counted) out += std::to_string(gate.needed) + "-of";
  if (counted || brackets) out += "(";
  for (uint32_t c = gate.first; c != Gate::kNone; c = licensees.gates[c].next) {
    if (c != gate.first) {
      out += counted ? ", " : gate.kind == Kind::both ? " && " : " || ";
    }
    const Kind child = licensees.gates[c].kind;
    const bool weaker = child == Kind::either || child == gate.kind;
    print_gate(licensees, c, weaker, out);
  }
  if (counted || brackets) out += ")";
}

}  // namespace

NamedPrincipal parse_principal(Lexer& lexer, const ConstantLookup& constants) {
  const Token token = lexer.peek();
  if (token.kind != TokenKind::string && token.kind != TokenKind::name) {
    lexer.unexpected("a principal (a string or the name of a local constant)");
    return {};
  }
  lexer.take();
  NamedPrincipal named{{}, token.text};
  if (token.kind == TokenKind::name) {
    const std::string* const value = constants(token.text);
    if (value == nullptr) {
      lexer.fail(token.at, token.text + " is no local constant (a principal stands in quotes)");
      return {};
    }
    named.written = *value;
  }
  auto canonical = canonical_principal(named.written);
  if (!canonical) {
    lexer.fail(token.at, "the key cannot be read: " + std::string(canonical.error().what));
    return {};
  }
  named.canonical = *std::move(canonical);
  return named;
}

Licensees parse_licensees(Lexer& lexer, const ConstantLookup& constants) {
  return Parser(lexer, constants).parse();
}

// Depth is bounded by that of what was parsed.
std::string print(const Licensees& licensees) {
  std::string out;
  if (licensees.root != Gate::kNone) print_gate(licensees, licensees.root, false, out);
  return out;
}

// Gates are numbered in the order in which the parser finishes them.
bool same(const Licensees& a, const Licensees& b) {
  if (a.root != b.root || a.gates.size() != b.gates.size()) return false;
  for (size_t i = 0; i < a.gates.size(); ++i) {
    const Gate& x = a.gates[i];
    const Gate& y = b.gates[i];
    if (x.kind != y.kind || x.needed != y.needed || x.parent != y.parent || x.first != y.first ||
        x.next != y.next || x.principal != y.principal || x.written != y.written) {
      return false;
    }
  }
  return true;
}

}  // namespace ike::keynote
