// The grammar of Conditions by recursive descent.  What stands between parentheses may be a test or
// an expression of any type, so types are found on the way up.
#include "keynote/conditions.h"
#include "keynote/names.h"

namespace ike::keynote {

namespace {

using Kind = Node::Kind;
using Type = Node::Type;

std::string_view name_of(Type type) {
  switch (type) {
    case Type::test: return "a test";
    case Type::string: return "a string";
    case Type::integer: return "an integer";
    case Type::real: return "a float";
  }
  return "";
}

bool is_comparison(TokenKind kind) {
  return kind >= TokenKind::equal && kind <= TokenKind::matches;
}

// Of the operators that join expressions: the larger the stronger.
constexpr size_t kRanks = 3;
size_t rank_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::plus:
    case TokenKind::minus:
    case TokenKind::dot: return 0;
    case TokenKind::times:
    case TokenKind::over:
    case TokenKind::modulo: return 1;
    case TokenKind::power: return 2;
    default: return kRanks;
  }
}

class Parser {
 public:
  explicit Parser(Lexer& lexer) : lexer_(lexer) {}

  Conditions parse() {
    out_.programs.emplace_back();
    clauses(0, TokenKind::end);
    if (!lexer_.failed() && !lexer_.next_is(TokenKind::end)) lexer_.unexpected("a test");
    return std::move(out_);
  }

 private:
  // Counts levels for as long as it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > limits::kTrustDepthMax) {
        parser_.lexer_.fail(parser_.lexer_.peek().at,
                            "more than " + std::to_string(limits::kTrustDepthMax) +
                                " brackets and prefixes within each other");
      }
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  uint32_t add(Node node) {
    out_.nodes.push_back(std::move(node));
    return static_cast<uint32_t>(out_.nodes.size() - 1);
  }
  Node& node(uint32_t id) { return out_.nodes[id]; }

  void clauses(uint32_t program, TokenKind close) {
    while (!lexer_.failed() && !lexer_.next_is(TokenKind::end) && !lexer_.next_is(close)) {
      Clause clause{.at = lexer_.peek().at};
      clause.test = test();
      if (lexer_.accept(TokenKind::arrow)) consequence(clause);
      lexer_.expect(TokenKind::semicolon, "\";\" (every clause ends with one)");
      if (lexer_.failed()) return;
      out_.programs[program].push_back(clause);
    }
  }

  void consequence(Clause& clause) {
    const Level level(*this);
    if (!lexer_.accept(TokenKind::open_brace)) {
      const Place at = lexer_.peek().at;
      clause.value = chain(0);
      require(clause.value, Type::string, at, "a compliance value is");
      return;
    }
    clause.program = static_cast<uint32_t>(out_.programs.size());
    out_.programs.emplace_back();
    clauses(clause.program, TokenKind::close_brace);
    lexer_.expect(TokenKind::close_brace, "\"}\"");
  }

  void require(uint32_t id, Type type, Place at, std::string_view who) {
    if (lexer_.failed() || node(id).type == type) return;
    std::string message = std::string(who) + " " + std::string(name_of(type)) + ", not ";
    message += name_of(node(id).type);
    const bool text = node(id).type == Type::string;
    if (text && type == Type::integer) message += " (\"@\" reads a string as an integer)";
    if (text && type == Type::real) message += " (\"&\" reads a string as a float)";
    lexer_.fail(at, std::move(message));
  }

  uint32_t test() {
    const Place at = lexer_.peek().at;
    const uint32_t id = either();
    require(id, Type::test, at, "a clause begins with");
    return id;
  }

  using Rank = uint32_t (Parser::*)();

  // Operands of one operator as one node with as many children.
  uint32_t joined_tests(Rank operand, TokenKind sign, Kind kind) {
    const Place at = lexer_.peek().at;
    const uint32_t first = (this->*operand)();
    if (!lexer_.next_is(sign)) return first;
    const std::string who = "each side of " + describe(lexer_.peek()) + " is";
    require(first, Type::test, at, who);
    const uint32_t all = add({.kind = kind, .at = at, .first = first});
    uint32_t last = first;
    while (lexer_.next_is(sign) && !lexer_.failed()) {
      lexer_.take();
      const Place begin = lexer_.peek().at;
      const uint32_t more = (this->*operand)();
      require(more, Type::test, begin, who);
      node(last).next = more;
      last = more;
    }
    return all;
  }

  uint32_t either() { return joined_tests(&Parser::both, TokenKind::either, Kind::either); }
  uint32_t both() { return joined_tests(&Parser::negation, TokenKind::both, Kind::both); }

  //= RFC 2704 section 4.6.5: "!" binds weaker than comparisons
  uint32_t negation() {
    if (!lexer_.next_is(TokenKind::negation)) return relation();
    const Level level(*this);
    const Place at = lexer_.take().at;
    const Place begin = lexer_.peek().at;
    const uint32_t inside = negation();
    require(inside, Type::test, begin, "what \"!\" negates is");
    return add({.kind = Kind::negation, .at = at, .first = inside});
  }

  uint32_t relation() {
    const uint32_t left = chain(0);
    if (lexer_.next_is(TokenKind::assign)) {
      lexer_.fail(lexer_.peek().at, "a comparison is written \"==\", not \"=\"");
    }
    if (!is_comparison(lexer_.peek().kind)) return left;
    const Token sign = lexer_.take();
    const uint32_t right = chain(0);
    if (lexer_.failed()) return left;
    check_relation(left, right, sign);
    node(left).next = right;
    node(right).joined_by = sign.kind;
    const uint32_t id = add({.kind = Kind::relation, .at = sign.at, .first = left});
    if (sign.kind == TokenKind::matches) keep_regex(right);
    if (is_comparison(lexer_.peek().kind)) {
      lexer_.fail(lexer_.peek().at, "comparisons cannot be chained: join them by \"&&\"");
    }
    return id;
  }

  void check_relation(uint32_t left, uint32_t right, const Token& sign) {
    const Type l = node(left).type;
    const Type r = node(right).type;
    const std::string written = "\"" + sign.text + "\"";
    if (sign.kind == TokenKind::matches) {
      require(left, Type::string, sign.at, "each side of \"~=\" is");
      return require(right, Type::string, sign.at, "each side of \"~=\" is");
    }
    if (l == Type::test || r == Type::test) {
      return lexer_.fail(sign.at, written + " compares no tests");
    }
    if (l != r) {
      std::string message = written + " compares " + std::string(name_of(l)) + " with ";
      message += name_of(r);
      if (l == Type::string || r == Type::string) {
        message += " (\"@\" reads a string as an integer, \"&\" as a float)";
      }
      return lexer_.fail(sign.at, std::move(message));
    }
    //= RFC 2704 section 4.6.5: there is no equality of floats
    const bool equality = sign.kind == TokenKind::equal || sign.kind == TokenKind::not_equal;
    if (l == Type::real && equality) {
      lexer_.fail(sign.at, "floats are not compared by " + written + ", only by < > <= >=");
    }
  }

  // A literal is compiled now; a wrong one makes its test false, so the author should know.
  void keep_regex(uint32_t id) {
    if (node(id).kind != Kind::string) return;
    auto regex = Regex::compile(node(id).text);
    if (!regex) {
      return lexer_.notes().warning(node(id).at,
                                    "no valid regular expression, so this test is always false: " +
                                        std::string(regex.error().what) + " (at octet " +
                                        std::to_string(regex.error().at + 1) + ")");
    }
    node(id).regex = static_cast<uint32_t>(out_.regexes.size());
    out_.regexes.push_back(*std::move(regex));
  }

  // Operators of one rank, the weakest first.
  uint32_t chain(size_t rank) {
    if (rank == kRanks) return prefixed();
    const auto continues = [&] { return !lexer_.failed() && rank_of(lexer_.peek().kind) == rank; };
    const Place at = lexer_.peek().at;
    const uint32_t first = chain(rank + 1);
    if (!continues()) return first;
    const Type type = node(first).type;
    const uint32_t all = add({.kind = Kind::chain, .type = type, .at = at, .first = first});
    uint32_t last = first;
    while (continues()) {
      const Token sign = lexer_.take();
      const uint32_t more = chain(rank + 1);
      if (lexer_.failed()) break;
      check_operands(type, node(more).type, sign);
      node(more).joined_by = sign.kind;
      node(more).at = sign.at;
      node(last).next = more;
      last = more;
    }
    return all;
  }

  void check_operands(Type left, Type right, const Token& sign) {
    const std::string written = "\"" + sign.text + "\"";
    for (const Type type : {left, right}) {
      const bool text = type == Type::string;
      if (type == Type::test || text != (sign.kind == TokenKind::dot)) {
        std::string message = written + " takes " + (text ? "numbers" : "strings");
        if (type == Type::test) message = written + " takes no tests";
        if (text) message += " (\"@\" reads a string as an integer, \"&\" as a float)";
        return lexer_.fail(sign.at, std::move(message));
      }
    }
    if (left != right) {
      return lexer_.fail(sign.at, written + " takes two integers or two floats, not one of each");
    }
    if (sign.kind == TokenKind::modulo && left == Type::real) {
      lexer_.fail(sign.at, "\"%\" takes integers");
    }
  }

  uint32_t prefixed() {
    switch (lexer_.peek().kind) {
      case TokenKind::minus: {
        const Level level(*this);
        const Place at = lexer_.take().at;
        const uint32_t inside = lexer_.failed() ? primary() : prefixed();
        if (lexer_.failed()) return inside;
        const Type type = node(inside).type;
        if (type != Type::integer && type != Type::real) {
          lexer_.fail(at, "\"-\" takes a number, not " + std::string(name_of(type)));
        }
        return add({.kind = Kind::negative, .type = type, .at = at, .first = inside});
      }
      case TokenKind::at: return reader(Kind::integer_of, Type::integer);
      case TokenKind::ampersand: return reader(Kind::real_of, Type::real);
      case TokenKind::dollar: return reader(Kind::value_of, Type::string);
      default: return primary();
    }
  }

  uint32_t reader(Kind kind, Type type) {
    const Level level(*this);
    const Token sign = lexer_.take();
    const uint32_t inside = lexer_.failed() ? primary() : prefixed();
    require(inside, Type::string, sign.at, "what \"" + sign.text + "\" reads is");
    return add({.kind = kind, .type = type, .at = sign.at, .first = inside});
  }

  uint32_t primary() {
    const Token token = lexer_.peek();
    switch (token.kind) {
      case TokenKind::open_paren: {
        const Level level(*this);
        lexer_.take();
        const uint32_t inside = lexer_.failed() ? add({}) : either();
        lexer_.expect(TokenKind::close_paren, "\")\"");
        return inside;
      }
      case TokenKind::string:
        lexer_.take();
        return add(
            {.kind = Kind::string, .type = Type::string, .at = token.at, .text = token.text});
      case TokenKind::integer:
        lexer_.take();
        return add({.kind = Kind::integer,
                    .type = Type::integer,
                    .at = token.at,
                    .integer = token.integer});
      case TokenKind::real:
        lexer_.take();
        return add({.kind = Kind::real, .type = Type::real, .at = token.at, .real = token.real});
      case TokenKind::name: return word();
      default: lexer_.unexpected("a string, a name, a number or \"(\""); return add({});
    }
  }

  uint32_t word() {
    const Token token = lexer_.take();
    if (equal_ignoring_case(token.text, "true")) return add({.kind = Kind::yes, .at = token.at});
    if (equal_ignoring_case(token.text, "false")) return add({.kind = Kind::no, .at = token.at});
    return add({.kind = Kind::name, .type = Type::string, .at = token.at, .text = token.text});
  }

  Lexer& lexer_;
  Conditions out_;
  size_t depth_ = 0;
};

}  // namespace

Conditions parse_conditions(Lexer& lexer) { return Parser(lexer).parse(); }

}  // namespace ike::keynote
