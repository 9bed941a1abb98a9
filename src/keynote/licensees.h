// Whom an assertion trusts: an expression of principals, as a tree of gates.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "keynote/lexer.h"

namespace ike::keynote {

// A gate is satisfied when `needed` of its children are; a principal when it is authorized.
struct Gate {
  enum class Kind : uint8_t { principal, either, both, at_least };

  Kind kind = Kind::principal;
  uint32_t needed = 1;
  uint32_t parent = kNone;
  uint32_t first = kNone;   // child
  uint32_t next = kNone;    // sibling
  std::string principal{};  // canonical
  std::string written{};    // as the assertion has it, constants put in

  static constexpr uint32_t kNone = 0xffffffff;
};

struct Licensees {
  std::vector<Gate> gates;  // none: the field is there and empty, so nobody is licensed
  uint32_t root = Gate::kNone;
};

// The value of a local constant, or nullptr.
using ConstantLookup = std::function<const std::string*(std::string_view)>;

struct NamedPrincipal {
  std::string canonical;
  std::string written;
};
// A string or the name of a constant; reports in the lexer's notes.
NamedPrincipal parse_principal(Lexer& lexer, const ConstantLookup& constants);

// Parses a whole field; what is wrong is in the lexer's notes.
Licensees parse_licensees(Lexer& lexer, const ConstantLookup& constants);

std::string print(const Licensees& licensees);
bool same(const Licensees& a, const Licensees& b);

}  // namespace ike::keynote
