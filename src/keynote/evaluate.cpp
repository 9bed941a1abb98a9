#include "keynote/evaluate.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "keynote/arithmetic.h"
#include "keynote/mask.h"

namespace ike::keynote {

namespace {

using Kind = Node::Kind;
using Type = Node::Type;

constexpr size_t kGroups = 32;  // _0 … _31
using Groups = std::array<std::string, kGroups>;

// Of "_7": 7; kGroups for what is no such name.
size_t group_number(std::string_view name) {
  size_t number = kGroups;
  const auto digits = name.substr(1);
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return kGroups;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool all = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  return all ? std::min(number, kGroups) : kGroups;
}

template <typename T>
bool holds(TokenKind sign, const T& left, const T& right) {
  switch (sign) {
    case TokenKind::equal: return left == right;
    case TokenKind::not_equal: return left != right;
    case TokenKind::less: return left < right;
    case TokenKind::greater: return left > right;
    case TokenKind::less_equal: return left <= right;
    default: return left >= right;
  }
}

std::string shown(std::string_view text) {
  constexpr size_t kShownMax = 60;
  const std::string safe = masked(text);
  return quoted(std::string_view(safe).substr(0, kShownMax)) +
         (safe.size() > kShownMax ? "..." : "");
}
std::string shown(int64_t value) { return std::to_string(value); }
std::string shown(double value) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

class Evaluator {
 public:
  Evaluator(const Conditions& conditions, const Assertion& constants, const Surroundings& around,
            std::vector<ClauseReport>* reports)
      : conditions_(conditions), constants_(constants), around_(around), reports_(reports) {}

  // Recursion is as deep as what was parsed: limits::kTrustDepthMax.
  size_t program(uint32_t id, size_t depth) {
    size_t best = 0;
    for (const Clause& c : conditions_.programs[id]) {
      best = std::max(best, clause(c, depth));
      if (best == around_.values.top() && reports_ == nullptr) break;
    }
    return best;
  }

 private:
  size_t clause(const Clause& clause, size_t depth) {
    // What a regular expression found holds up to the end of the clause.
    const std::shared_ptr<const Groups> outer = groups_;
    size_t report = 0;
    if (reports_ != nullptr) {
      report = reports_->size();
      reports_->push_back({.at = clause.at, .depth = depth});
    }
    reason_.clear();
    const Result<bool> outcome = test(clause.test);
    const bool held = outcome && *outcome;
    std::string reason = outcome ? std::move(reason_) : std::string(outcome.error().what);
    const size_t value = held ? consequence(clause, depth) : 0;
    if (reports_ != nullptr) {
      ClauseReport& r = (*reports_)[report];
      r.held = held;
      r.value = value;
      if (!held) r.reason = std::move(reason);
    }
    groups_ = outer;
    return value;
  }

  size_t consequence(const Clause& clause, size_t depth) {
    if (clause.program != Node::kNone) return program(clause.program, depth + 1);
    if (clause.value == Node::kNone) return around_.values.top();
    std::string storage;
    const auto name = string(clause.value, storage);
    return name ? around_.values.index_of(*name) : 0;
  }

  const Node& node(uint32_t id) const { return conditions_.nodes[id]; }

  Result<void> pay(uint64_t cost) {
    if (around_.budget.spend(cost)) return {};
    return fail(Fault::limit, "the query takes too many steps");
  }

  // From left to right, and no further than the outcome is open.
  Result<bool> test(uint32_t id) {
    const Node& n = node(id);
    IKE_CHECK(pay(1));
    switch (n.kind) {
      case Kind::either:
      case Kind::both: {
        const bool decisive = n.kind == Kind::either;
        for (uint32_t c = n.first; c != Node::kNone; c = node(c).next) {
          IKE_TRY(const bool held, test(c));
          if (held == decisive) return decisive;
        }
        return !decisive;
      }
      case Kind::negation: {
        IKE_TRY(const bool held, test(n.first));
        return !held;
      }
      case Kind::relation: return relation(id);
      default: return n.kind == Kind::yes;
    }
  }

  Result<bool> relation(uint32_t id) {
    const uint32_t left = node(id).first;
    const uint32_t right = node(left).next;
    const TokenKind sign = node(right).joined_by;
    if (sign == TokenKind::matches) return match(id, left, right);
    switch (node(left).type) {
      case Type::integer: {
        IKE_TRY(const int64_t l, integer(left));
        IKE_TRY(const int64_t r, integer(right));
        return note(id, holds(sign, l, r), l, r);
      }
      case Type::real: {
        IKE_TRY(const double l, real(left));
        IKE_TRY(const double r, real(right));
        return note(id, holds(sign, l, r), l, r);
      }
      default: {
        std::string l_storage;
        std::string r_storage;
        IKE_TRY(const std::string_view l, string(left, l_storage));
        IKE_TRY(const std::string_view r, string(right, r_storage));
        return note(id, holds(sign, l, r), l, r);
      }
    }
  }

  // Keeps what a report would say about this comparison.
  template <typename T>
  bool note(uint32_t id, bool held, const T& left, const T& right) {
    if (reports_ != nullptr) {
      const Place at = node(id).at;
      reason_ = std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                masked(print(conditions_, id)) + " is " + (held ? "true" : "false") + ", with " +
                shown(left) + " and " + shown(right);
    }
    return held;
  }

  Result<bool> match(uint32_t id, uint32_t left, uint32_t right) {
    std::string l_storage;
    std::string r_storage;
    IKE_TRY(const std::string_view text, string(left, l_storage));
    IKE_TRY(const std::string_view pattern, string(right, r_storage));
    std::optional<RegexMatch> found;
    if (node(right).regex != Node::kNone) {
      IKE_TRY(found, conditions_.regexes[node(right).regex].search(text, around_.budget));
    } else {
      IKE_CHECK(pay(pattern.size()));
      IKE_TRY(const Regex regex, Regex::compile(pattern));
      IKE_TRY(found, regex.search(text, around_.budget));
    }
    if (found) keep_groups(text, *found);
    return note(id, found.has_value(), text, pattern);
  }

  // _0 counts the groups that took part, _1 and so on are their texts.
  void keep_groups(std::string_view text, const RegexMatch& match) {
    auto groups = std::make_shared<Groups>();
    size_t count = 0;
    for (size_t i = 0; i < match.groups.size(); ++i) {
      if (!match.groups[i]) continue;
      ++count;
      const RegexSpan span = *match.groups[i];
      if (i + 1 < kGroups) (*groups)[i + 1] = text.substr(span.begin, span.end - span.begin);
    }
    (*groups)[0] = std::to_string(count);
    groups_ = std::move(groups);
  }

  // `storage` keeps what no longer-lived object has.
  Result<std::string_view> string(uint32_t id, std::string& storage) {
    const Node& n = node(id);
    IKE_CHECK(pay(1));
    switch (n.kind) {
      case Kind::string: return n.text;
      case Kind::name: return look_up(n.text, storage);
      case Kind::value_of: {
        std::string name_storage;
        IKE_TRY(const std::string_view name, string(n.first, name_storage));
        return look_up(name, storage);
      }
      default: break;
    }
    std::string joined;
    for (uint32_t c = n.first; c != Node::kNone; c = node(c).next) {
      std::string part_storage;
      IKE_TRY(const std::string_view part, string(c, part_storage));
      IKE_CHECK(pay(part.size() / 16));
      joined += part;
      if (joined.size() > limits::kTrustStringMax) return fail(Fault::limit, "a string too long");
    }
    storage = std::move(joined);
    return storage;
  }

  // What is not defined is the empty string.
  Result<std::string_view> look_up(std::string_view name, std::string& storage) {
    if (name.starts_with('_')) return look_up_reserved(name, storage);
    if (const std::string* const value = constants_.constant(name)) return *value;
    IKE_TRY(const auto value, around_.attributes.find(name, storage, around_.budget));
    return value.value_or(std::string_view());
  }

  //= RFC 2704 section 4.6.5: names of the language
  Result<std::string_view> look_up_reserved(std::string_view name, std::string& storage) {
    const Values& values = around_.values;
    if (name == "_MIN_TRUST") return values.name(0);
    if (name == "_MAX_TRUST") return values.name(values.top());
    if (name == "_VALUES") return values.list();
    if (name == "_ACTION_AUTHORIZERS") return around_.requesters;
    const size_t group = group_number(name);
    if (group == kGroups || !groups_) return std::string_view();
    // The groups change when the next expression matches, perhaps while this value is in use.
    storage = (*groups_)[group];
    return storage;
  }

  Result<int64_t> integer(uint32_t id) {
    const Node& n = node(id);
    IKE_CHECK(pay(1));
    switch (n.kind) {
      case Kind::integer: return n.integer;
      case Kind::integer_of: {
        std::string storage;
        IKE_TRY(const std::string_view text, string(n.first, storage));
        return read_integer(text);
      }
      case Kind::negative: {
        IKE_TRY(const int64_t value, integer(n.first));
        return negate(value);
      }
      default: break;
    }
    IKE_TRY(int64_t value, integer(n.first));
    for (uint32_t c = node(n.first).next; c != Node::kNone; c = node(c).next) {
      IKE_TRY(const int64_t operand, integer(c));
      IKE_TRY(value, apply(node(c).joined_by, value, operand));
    }
    return value;
  }

  Result<double> real(uint32_t id) {
    const Node& n = node(id);
    IKE_CHECK(pay(1));
    switch (n.kind) {
      case Kind::real: return n.real;
      case Kind::real_of: {
        std::string storage;
        IKE_TRY(const std::string_view text, string(n.first, storage));
        return read_real(text);
      }
      case Kind::negative: {
        IKE_TRY(const double value, real(n.first));
        return -value;
      }
      default: break;
    }
    IKE_TRY(double value, real(n.first));
    for (uint32_t c = node(n.first).next; c != Node::kNone; c = node(c).next) {
      IKE_TRY(const double operand, real(c));
      IKE_TRY(value, apply(node(c).joined_by, value, operand));
    }
    return value;
  }

  const Conditions& conditions_;
  const Assertion& constants_;
  const Surroundings& around_;
  std::vector<ClauseReport>* reports_;
  std::shared_ptr<const Groups> groups_;
  std::string reason_;
};

}  // namespace

size_t evaluate(const Conditions& conditions, const Assertion& constants,
                const Surroundings& surroundings, std::vector<ClauseReport>* reports) {
  return Evaluator(conditions, constants, surroundings, reports).program(0, 0);
}

}  // namespace ike::keynote
