// What a query is about: the action's attributes, and the compliance values it may be given.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "keynote/regex.h"

namespace ike::keynote {

// Asked with the attribute's name.  What it returns is cut to limits::kTrustStringMax.
using AttributeCallback = std::function<std::string(std::string_view)>;

class Attributes {
 public:
  // Takes the place of an attribute of the same name.  Fault::refused for names that are empty or
  // start with "_" (those are the language's own); limit when there are too many or one is too
  // long.
  Result<void> set(std::string_view name, std::string value);
  Result<void> set(std::string_view name, AttributeCallback value);
  // For all names that `pattern` matches as a whole and that have no value of their own.  Of
  // several the one that was set last wins.  Fault::malformed when it is no regular expression.
  Result<void> set_pattern(std::string_view pattern, AttributeCallback value);
  void remove(std::string_view name);  // also a pattern, given as it was set
  void clear();
  size_t size() const { return exact_.size() + patterns_.size(); }

  // `storage` keeps what a callback returned; the result may alias it.  Undefined: nothing.
  // Fault::limit when matching patterns uses up the budget.
  Result<std::optional<std::string_view>> find(std::string_view name, std::string& storage,
                                               Budget& budget) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Value {
    std::string text;
    AttributeCallback callback;
  };
  struct Pattern {
    std::string text;
    Regex regex;
    AttributeCallback callback;
  };
  Result<void> check(std::string_view name) const;
  Result<void> put(std::string_view name, Value value);

  std::unordered_map<std::string, Value, Hash, std::equal_to<>> exact_;
  std::vector<Pattern> patterns_;
};

// The compliance values, lowest first.
class Values {
 public:
  // Fault::refused unless there is one at least and all differ; limit when there are too many.
  static Result<Values> make(std::vector<std::string> names);

  size_t size() const { return names_.size(); }
  size_t top() const { return names_.size() - 1; }
  const std::string& name(size_t index) const { return names_[index]; }
  // The lowest one for what is not in the list.
  size_t index_of(std::string_view name) const;
  // All, lowest first, with commas between.
  const std::string& list() const { return list_; }

 private:
  std::vector<std::string> names_;
  std::string list_;
};

}  // namespace ike::keynote
