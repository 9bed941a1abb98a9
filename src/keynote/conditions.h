// The program of a Conditions field, as a tree.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "keynote/lexer.h"
#include "keynote/regex.h"

namespace ike::keynote {

struct Node {
  enum class Kind : uint8_t {
    // Tests.
    either,    // two children or more
    both,      // the same
    negation,  // one
    relation,  // two, the second one joined by a comparison
    yes,
    no,
    // Expressions.
    chain,       // operators of one rank, from left to right: each child but the first is joined
    negative,    // unary minus
    value_of,    // $
    integer_of,  // @
    real_of,     // &
    string,
    name,
    integer,
    real,
  };
  enum class Type : uint8_t { test, string, integer, real };

  Kind kind = Kind::yes;
  Type type = Type::test;
  TokenKind joined_by = TokenKind::end;  // the operator between the elder sibling and this node
  Place at;  // of a relation its comparison, of a child of a chain the operator before it
  uint32_t first = kNone;  // child
  uint32_t next = kNone;   // sibling
  uint32_t regex = kNone;  // of a literal behind ~=: its place in Conditions::regexes
  int64_t integer = 0;
  double real = 0;
  std::string text{};

  static constexpr uint32_t kNone = 0xffffffff;
};

// test;  test -> value;  test -> { program };
struct Clause {
  Place at;
  uint32_t test = Node::kNone;
  uint32_t value = Node::kNone;
  uint32_t program = Node::kNone;  // in Conditions::programs
};

struct Conditions {
  std::vector<Node> nodes;
  std::vector<std::vector<Clause>> programs;  // the first one is the whole
  std::vector<Regex> regexes;
};

// Parses a whole field; what is wrong is in the lexer's notes, and the result means nothing then.
// Depth is bounded by limits::kTrustDepthMax.
Conditions parse_conditions(Lexer& lexer);

// What parses to the same tree again.
std::string print(const Conditions& conditions);
// One test or expression of it.
std::string print(const Conditions& conditions, uint32_t node);

// The same tree, places aside.
bool same(const Conditions& a, const Conditions& b);

}  // namespace ike::keynote
