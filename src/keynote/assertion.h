// One assertion: who says that whom may do what, and the signature under it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keynote/conditions.h"
#include "keynote/fields.h"
#include "keynote/licensees.h"

namespace ike::keynote {

struct Constant {
  std::string name;
  std::string value;
};

// Never changes once it is parsed, so sessions share it.
struct Assertion {
  Place at;                         // of its first field
  std::vector<Constant> constants;  // sorted by name
  NamedPrincipal authorizer;
  Place authorizer_at;
  std::optional<Licensees> licensees;    // nothing: everybody is licensed
  std::optional<Conditions> conditions;  // nothing: always the highest value
  // The text of the Signature field, "" when the field is empty; nothing when there is none.
  std::optional<std::string> signature;
  std::string signed_text;  // what the signature covers before its algorithm; empty without one

  const std::string* constant(std::string_view name) const;
};

// What a text holds, one entry for each assertion in it.
struct Parsed {
  Place at;
  std::shared_ptr<const Assertion> assertion;  // nullptr when the notes have an error about it
};

// Assertions stand apart by lines of blanks.  What is wrong with one leaves the others alone.
// A text larger than limits::kTrustFileMax is one error.
std::vector<Parsed> parse_assertions(std::string_view text, Notes& notes);

// NAME = "value" …, up to the end.  Sorted by name.  A name that is there twice is an error, and
// so is one that begins with "_".
std::vector<Constant> parse_constants(Lexer& lexer);

// What parses to the same assertion again.  Comments are lost, and a signature no longer fits.
std::string print(const Assertion& assertion);
bool same(const Assertion& a, const Assertion& b);

}  // namespace ike::keynote
