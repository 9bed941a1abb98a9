// POSIX extended regular expressions whose search cannot blow up: time is bounded by the size of
// the expression and the text, and by a budget.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "keynote/budget.h"
#include "keynote/regex_tree.h"

namespace ike::keynote {

// Half open, offsets in the text.
struct RegexSpan {
  size_t begin = 0;
  size_t end = 0;

  friend bool operator==(const RegexSpan&, const RegexSpan&) = default;
};

struct RegexMatch {
  RegexSpan whole;
  std::vector<std::optional<RegexSpan>> groups;  // those that took no part have nothing
};

class Regex {
 public:
  // Error::at is the offset in the pattern.
  static Result<Regex> compile(std::string_view pattern);

  // The leftmost of the longest matches; among equal ones each group, from left to right, takes as
  // much as it can.  Octets, case-sensitive.  Fault::limit when the budget is used up.
  Result<std::optional<RegexMatch>> search(std::string_view text, Budget& budget) const;

 private:
  explicit Regex(RegexTree tree) : tree_(std::move(tree)) {}

  RegexTree tree_;
};

}  // namespace ike::keynote
