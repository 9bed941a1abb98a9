// Conditions as text, with parentheses where the grammar needs them.
#include <array>
#include <charconv>

#include "keynote/conditions.h"

namespace ike::keynote {

namespace {

using Kind = Node::Kind;

std::string_view sign_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::equal: return "==";
    case TokenKind::not_equal: return "!=";
    case TokenKind::less: return "<";
    case TokenKind::greater: return ">";
    case TokenKind::less_equal: return "<=";
    case TokenKind::greater_equal: return ">=";
    case TokenKind::matches: return "~=";
    case TokenKind::dot: return ".";
    case TokenKind::plus: return "+";
    case TokenKind::minus: return "-";
    case TokenKind::times: return "*";
    case TokenKind::over: return "/";
    case TokenKind::modulo: return "%";
    case TokenKind::power: return "^";
    default: return "";
  }
}

// How strongly what stands there binds; the larger the stronger.
enum Rank : int { kEither, kBoth, kNegation, kRelation, kSum, kProduct, kPower, kPrefix, kPrimary };

class Printer {
 public:
  explicit Printer(const Conditions& conditions) : conditions_(conditions) {}

  // Depth is bounded by that of what was parsed.
  void program(uint32_t id, const std::string& indent) {
    for (const Clause& clause : conditions_.programs[id]) {
      out_ += indent;
      expression(clause.test, kEither);
      if (clause.value != Node::kNone) {
        out_ += " -> ";
        expression(clause.value, kSum);
      } else if (clause.program != Node::kNone) {
        out_ += " -> {\n";
        program(clause.program, indent + "  ");
        out_ += indent + "}";
      }
      out_ += ";\n";
    }
  }

  void expression(uint32_t id, int least) {
    const Node& node = conditions_.nodes[id];
    const bool brackets = rank_of(node) < least;
    if (brackets) out_ += "(";
    content(node);
    if (brackets) out_ += ")";
  }

  std::string take() { return std::move(out_); }

 private:
  int rank_of(const Node& node) const {
    switch (node.kind) {
      case Kind::either: return kEither;
      case Kind::both: return kBoth;
      case Kind::negation: return kNegation;
      case Kind::relation: return kRelation;
      case Kind::chain: return rank_of_chain(node);
      case Kind::negative:
      case Kind::value_of:
      case Kind::integer_of:
      case Kind::real_of: return kPrefix;
      default: return kPrimary;
    }
  }

  int rank_of_chain(const Node& node) const {
    const Node& first = conditions_.nodes[node.first];
    switch (conditions_.nodes[first.next].joined_by) {
      case TokenKind::power: return kPower;
      case TokenKind::times:
      case TokenKind::over:
      case TokenKind::modulo: return kProduct;
      default: return kSum;
    }
  }

  void list(const Node& node, std::string_view sign, int least) {
    for (uint32_t c = node.first; c != Node::kNone; c = conditions_.nodes[c].next) {
      if (c != node.first) {
        out_ += " ";
        out_ += sign.empty() ? sign_of(conditions_.nodes[c].joined_by) : sign;
        out_ += " ";
      }
      expression(c, least);
    }
  }

  void prefix(char sign, const Node& node) {
    out_ += sign;
    expression(node.first, kPrefix);
  }

  void content(const Node& node) {
    switch (node.kind) {
      case Kind::either: return list(node, "||", kBoth);
      case Kind::both: return list(node, "&&", kNegation);
      case Kind::negation: out_ += "!"; return expression(node.first, kNegation);
      case Kind::relation: return list(node, "", kSum);
      case Kind::chain: return list(node, "", rank_of_chain(node) + 1);
      case Kind::negative: return prefix('-', node);
      case Kind::value_of: return prefix('$', node);
      case Kind::integer_of: return prefix('@', node);
      case Kind::real_of: return prefix('&', node);
      case Kind::yes: out_ += "true"; return;
      case Kind::no: out_ += "false"; return;
      case Kind::string: out_ += quoted(node.text); return;
      case Kind::name: out_ += node.text; return;
      case Kind::integer: out_ += std::to_string(node.integer); return;
      case Kind::real: return real(node.real);
    }
  }

  void real(double value) {
    std::array<char, 400> digits{};  // a double has at most 309 digits before the point
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed)
            .ptr;
    const std::string text(digits.data(), end);
    out_ += text.contains('.') ? text : text + ".0";
  }

  const Conditions& conditions_;
  std::string out_;
};

bool same_text(const Node& a, const Node& b) {
  return a.kind == b.kind && a.type == b.type && a.joined_by == b.joined_by &&
         a.integer == b.integer && a.real == b.real && a.text == b.text &&
         (a.regex == Node::kNone) == (b.regex == Node::kNone);
}

}  // namespace

std::string print(const Conditions& conditions) {
  Printer printer(conditions);
  if (!conditions.programs.empty()) printer.program(0, "  ");
  return printer.take();
}

std::string print(const Conditions& conditions, uint32_t node) {
  Printer printer(conditions);
  printer.expression(node, kEither);
  return printer.take();
}

// Nodes and programs are numbered in the order in which the parser finishes them, so equal trees
// are equal tables.
bool same(const Conditions& a, const Conditions& b) {
  if (a.nodes.size() != b.nodes.size() || a.programs.size() != b.programs.size()) return false;
  for (size_t i = 0; i < a.nodes.size(); ++i) {
    const Node& x = a.nodes[i];
    const Node& y = b.nodes[i];
    if (!same_text(x, y) || x.first != y.first || x.next != y.next) return false;
  }
  for (size_t p = 0; p < a.programs.size(); ++p) {
    if (a.programs[p].size() != b.programs[p].size()) return false;
    for (size_t i = 0; i < a.programs[p].size(); ++i) {
      const Clause& x = a.programs[p][i];
      const Clause& y = b.programs[p][i];
      if (x.test != y.test || x.value != y.value || x.program != y.program) return false;
    }
  }
  return true;
}

}  // namespace ike::keynote
