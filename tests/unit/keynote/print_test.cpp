#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "keynote/assertion.h"
#include "support.h"

namespace ike::keynote {
namespace {

// Random texts of the grammar, with more parentheses than it needs: types fit, depth is small.
class Writer {
 public:
  std::string program(int depth) {
    std::string text;
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
      text += test(depth);
      const int kind = depth > 0 ? pick(3) : pick(2);
      if (kind == 1) text += " -> " + string(depth);
      if (kind == 2) text += " -> { " + program(depth - 1) + " }";
      text += ";\n  ";
    }
    return text;
  }

  std::string licensees(int depth) {
    switch (depth > 0 ? pick(4) : 0) {
      case 1: return licensees(depth - 1) + " && " + licensees(depth - 1);
      case 2: return licensees(depth - 1) + "||" + licensees(depth - 1);
      case 3:
        return pick(2) == 0 ? "(" + licensees(depth - 1) + ")"
                            : "2-of(" + principal() + "," + principal() + ")";
      default: return principal();
    }
  }

  std::string principal() {
    return keynote::quoted(*rc::gen::container<std::string>(rc::gen::map(
        rc::gen::inRange(1, 256), [](int octet) { return static_cast<char>(octet); })));
  }

 private:
  static int pick(int count) { return *rc::gen::inRange(0, count); }
  static std::string one_of(std::initializer_list<const char*> words) {
    return words.begin()[pick(static_cast<int>(words.size()))];
  }
  std::string compare(const std::string& l, const std::string& sign, const std::string& r) {
    return l + " " + sign + " " + r;
  }

  std::string test(int depth) {
    if (depth == 0) return one_of({"true", "FALSE", "a == b", "(a ~= \"x*\")"});
    --depth;
    switch (pick(7)) {
      case 0: return test(depth) + " || " + test(depth);
      case 1: return test(depth) + " && " + test(depth);
      case 2: return "!" + test(depth);
      case 3: return "(" + test(depth) + ")";
      case 4: return compare(string(depth), one_of({"==", "<", ">=", "~="}), string(depth));
      case 5: return compare(integer(depth), one_of({"==", "!=", ">", "<="}), integer(depth));
      default: return compare(real(depth), one_of({"<", ">"}), real(depth));
    }
  }

  std::string string(int depth) {
    if (depth == 0) return one_of({"a", "_1", "\"x\\n\\\"\"", "\"\\001\""});
    --depth;
    switch (pick(3)) {
      case 0: return string(depth) + " . " + string(depth);
      case 1: return "(" + string(depth) + ")";
      default: return "$" + (pick(2) == 0 ? "b" : "(" + string(depth) + ")");
    }
  }

  std::string number(int depth, const char* leaf, const char* prefix,
                     std::initializer_list<const char*> signs) {
    if (depth == 0) return leaf;
    --depth;
    switch (pick(4)) {
      case 0:
        return number(depth, leaf, prefix, signs) + one_of(signs) +
               number(depth, leaf, prefix, signs);
      case 1: return "(" + number(depth, leaf, prefix, signs) + ")";
      case 2: return "- " + number(depth, leaf, prefix, signs);
      default: return prefix + ("(" + string(depth) + ")");
    }
  }
  std::string integer(int depth) {
    return number(depth, "42", "@", {"+", "-", "*", "/", "%", "^"});
  }
  std::string real(int depth) { return number(depth, "4.25", "&", {"+", "-", "*", "/", "^"}); }
};

TEST(PrintProperty, WhatIsPrintedParsesToTheSameAssertion) {
  EXPECT_TRUE(rc::check([] {
    Writer writer;
    std::string text =
        "Local-Constants: K = " + writer.principal() + "\nAuthorizer: " + writer.principal() + "\n";
    if (*rc::gen::arbitrary<bool>()) text += "Licensees: " + writer.licensees(3) + "\n";
    if (*rc::gen::arbitrary<bool>()) text += "Conditions: " + writer.program(4) + "\n";
    Notes notes;
    const auto first = parse_assertions(text, notes);
    RC_ASSERT(first.size() == 1u);
    RC_ASSERT(first[0].assertion != nullptr);
    const std::string printed = print(*first[0].assertion);
    const auto second = parse_assertions(printed, notes);
    RC_ASSERT(second.size() == 1u);
    RC_ASSERT(second[0].assertion != nullptr);
    RC_ASSERT(same(*first[0].assertion, *second[0].assertion));
    RC_ASSERT(print(*second[0].assertion) == printed);
  }));
}

//= RFC 2704 section 5: another assertion never takes away what was permitted
TEST(QueryProperty, IsMonotonicAndAgreesWithTheFixpoint) {
  EXPECT_TRUE(rc::check([] {
    const std::vector<std::string> names{"POLICY", "a", "b", "c", "d"};
    const std::vector<std::string> values{"v0", "v1", "v2", "v3"};
    const auto pick = [](size_t count) { return *rc::gen::inRange<size_t>(0, count); };
    struct Rule {
      size_t authorizer, value;
      std::vector<size_t> licensees;
      size_t needed;
    };
    std::vector<Rule> rules;
    for (size_t i = pick(12); i > 0; --i) {
      Rule rule{pick(5), pick(4), {}, 1};
      for (size_t k = 1 + pick(3); k > 0; --k) rule.licensees.push_back(1 + pick(4));
      rule.needed = 1 + pick(rule.licensees.size());
      rules.push_back(rule);
    }
    // "d" asks.  The definition, literally: least fixpoint by iteration.
    const auto fixpoint = [&](size_t count) {
      std::vector<size_t> value(5, 0);
      value[4] = 3;
      for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < count; ++i) {
          std::vector<size_t> each;
          for (const size_t l : rules[i].licensees) each.push_back(value[l]);
          std::ranges::sort(each, std::greater());
          const size_t given = std::min(rules[i].value, each[rules[i].needed - 1]);
          if (rules[i].authorizer == 4 || given <= value[rules[i].authorizer]) continue;
          value[rules[i].authorizer] = given;
          changed = true;
        }
      }
      return value[0];
    };
    std::string text;
    std::string before = "v0";
    for (size_t i = 0; i < rules.size(); ++i) {
      const Rule& rule = rules[i];
      text += "Authorizer: \"" + names[rule.authorizer] +
              "\"\nLicensees: " + std::to_string(rule.needed) + "-of(";
      for (size_t k = 0; k < rule.licensees.size(); ++k) {
        text += (k > 0 ? ", \"" : "\"") + names[rule.licensees[k]] + "\"";
      }
      text += ")\nConditions: true -> \"v" + std::to_string(rule.value) + "\";\n\n";
      const std::string now = test::verdict(text, {"d"}, {}, values);
      RC_ASSERT(now == values[fixpoint(i + 1)]);
      RC_ASSERT(now >= before);
      before = now;
    }
  }));
}

}  // namespace
}  // namespace ike::keynote
