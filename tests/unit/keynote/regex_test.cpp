#include "keynote/regex.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <regex.h>

#include "keynote/limits.h"

namespace ike::keynote {
namespace {

constexpr uint64_t kPlenty = 1'000'000;

// "(0,4)(0,2)(2,3)?": the whole and the groups, "?" for one that took no part; "no" without a
// match.
std::string spans(std::string_view pattern, std::string_view text) {
  const auto regex = Regex::compile(pattern);
  if (!regex) return std::string(regex.error().what);
  Budget budget{kPlenty};
  const auto match = regex->search(text, budget);
  if (!match) return std::string(match.error().what);
  if (!*match) return "no";
  const auto shown = [](const RegexSpan& s) {
    return "(" + std::to_string(s.begin) + "," + std::to_string(s.end) + ")";
  };
  std::string all = shown((*match)->whole);
  for (const auto& group : (*match)->groups) all += group ? shown(*group) : "?";
  return all;
}

TEST(Regex, FindsTheLeftmostThenTheLongest) {
  EXPECT_EQ(spans("a|ab|abc", "xabcd"), "(1,4)");
  EXPECT_EQ(spans("b*", "abb"), "(0,0)");
  EXPECT_EQ(spans("b+", "abb"), "(1,3)");
  EXPECT_EQ(spans("", "abc"), "(0,0)");
  EXPECT_EQ(spans("z", "abc"), "no");
}

// The rule of POSIX: from left to right every group takes as much as the whole allows.
TEST(Regex, GroupsTakeAsMuchAsTheyCanFromLeftToRight) {
  EXPECT_EQ(spans("(a|ab)(c|bcd)(d*)", "abcd"), "(0,4)(0,2)(2,3)(3,4)");
  EXPECT_EQ(spans("(a*)(ab)*(b*)", "abb"), "(0,3)(0,1)?(1,3)");
  EXPECT_EQ(spans("(x|xy|xyz)(yz)?", "xyz"), "(0,3)(0,3)?");
  EXPECT_EQ(spans("(ab|a)(bc)?", "abc"), "(0,3)(0,1)(1,3)");
}

TEST(Regex, ARepeatedGroupHoldsItsLastRound) {
  EXPECT_EQ(spans("(a|b)*", "abba"), "(0,4)(3,4)");
  EXPECT_EQ(spans("((a)|b)*", "ab"), "(0,2)(1,2)?");
  EXPECT_EQ(spans("(a*)*", "aa"), "(0,2)(0,2)");
  EXPECT_EQ(spans("(a*)+", "b"), "(0,0)(0,0)");
  EXPECT_EQ(spans("(ab){2}", "ababab"), "(0,4)(2,4)");
  EXPECT_EQ(spans("(a|bc){1,3}", "abca"), "(0,4)(3,4)");
  EXPECT_EQ(spans("((a)|(b)){2}", "ab"), "(0,2)(1,2)?(1,2)");
  EXPECT_EQ(spans("(a){2,}", "aaaa"), "(0,4)(3,4)");
  EXPECT_EQ(spans("(a*){1,2}", "aa"), "(0,2)(0,2)");
  EXPECT_EQ(spans("^(a|b){65,99}$", std::string(79, 'a') + "b"), "(0,80)(79,80)");
  EXPECT_EQ(spans("^a{200}$", std::string(199, 'a')), "no");
}

TEST(Regex, AlternativesOfTheSameLengthAreTakenInOrder) {
  EXPECT_EQ(spans("(a)|(a)", "a"), "(0,1)(0,1)?");
  EXPECT_EQ(spans("(a)|(b)", "b"), "(0,1)?(0,1)");
}

TEST(Regex, AnchorsHoldAtTheEndsOfTheTextOnly) {
  EXPECT_EQ(spans("^hmac-", "hmac-sha"), "(0,5)");
  EXPECT_EQ(spans("^sha", "hmac-sha"), "no");
  EXPECT_EQ(spans("sha$", "hmac-sha"), "(5,8)");
  EXPECT_EQ(spans("^$", ""), "(0,0)");
  EXPECT_EQ(spans("^b", "a\nb"), "no");
  EXPECT_EQ(spans("(^a|b)c", "bcac"), "(0,2)(0,1)");
}

TEST(Regex, BracketsHoldRangesClassesAndTheirOwnSigns) {
  EXPECT_EQ(spans("[]a]+", "x]a"), "(1,3)");
  EXPECT_EQ(spans("[^]a]", "]ab"), "(2,3)");
  EXPECT_EQ(spans("[a-]+", "b-a"), "(1,3)");
  EXPECT_EQ(spans("[[:digit:][:upper:]_]+", "ab3C_d"), "(2,5)");
  EXPECT_EQ(spans("[[.-.]x]", "a-"), "(1,2)");
  EXPECT_EQ(spans("[[=a=]b]+", "cab"), "(1,3)");
  EXPECT_EQ(spans("[\\n]", "\\"), "(0,1)");
  EXPECT_EQ(spans("[\xf0-\xff]", "\xf7"), "(0,1)");
}

TEST(Regex, ABackslashTakesAwayAMeaning) {
  EXPECT_EQ(spans("a\\.b", "axb a.b"), "(4,7)");
  EXPECT_EQ(spans("\\(\\*\\)", "(*)"), "(0,3)");
  EXPECT_EQ(spans("\\w", "w"), "(0,1)");
}

TEST(Regex, ABraceThatNoDigitFollowsIsItself) {
  EXPECT_EQ(spans("a{x}", "a{x}"), "(0,4)");
  EXPECT_EQ(spans("{", "{"), "(0,1)");
}

TEST(Regex, MistakesNameTheirPlace) {
  const auto fault = [](std::string_view pattern) {
    const auto regex = Regex::compile(pattern);
    return regex ? std::string("none")
                 : std::to_string(regex.error().at) + " " + std::string(regex.error().what);
  };
  EXPECT_EQ(fault("a("), "2 \")\" expected");
  EXPECT_EQ(fault("a)b"), "1 \")\" without \"(\"");
  EXPECT_EQ(fault("*a"), "0 nothing before the repetition");
  EXPECT_EQ(fault("a|+"), "2 nothing before the repetition");
  EXPECT_EQ(fault("^*"), "1 an anchor cannot be repeated");
  EXPECT_EQ(fault("[a"), "2 \"]\" expected");
  EXPECT_EQ(fault("[b-a]"), "4 a range ends before it begins");
  EXPECT_EQ(fault("[[:word:]]"), "1 no such character class");
  EXPECT_EQ(fault("[[.ab.]]"), "1 only single octets between \"[.\" and \".]\"");
  EXPECT_EQ(fault("a\\"), "2 nothing behind the last \"\\\"");
  EXPECT_EQ(fault("a{3,1}"), "6 a repetition's first number is the larger one");
  EXPECT_EQ(fault("a{256}"), "4 a repetition is at most 255");
  EXPECT_EQ(fault("a{2"), "3 \"}\" expected");
}

TEST(Regex, TooLargeAndTooDeepExpressionsAreRefused) {
  const auto fault = [](const std::string& pattern) {
    const auto regex = Regex::compile(pattern);
    return regex ? Fault::internal : regex.error().fault;
  };
  EXPECT_EQ(fault("((a{255}){255}){255}"), Fault::limit);
  EXPECT_TRUE(Regex::compile("(a{255}){7}"));
  const size_t deep = limits::kRegexDepthMax;
  EXPECT_EQ(fault(std::string(deep, '(') + "a" + std::string(deep, ')')), Fault::limit);
  EXPECT_EQ(fault("a" + std::string(deep, '*')), Fault::limit);
  EXPECT_TRUE(Regex::compile(std::string(deep / 2, '(') + "a" + std::string(deep / 2, ')')));
}

// What blows up where a matcher backtracks.
TEST(Regex, HostileExpressionsCostWhatTheirSizeTimesTheTextCosts) {
  const std::string text(2000, 'a');
  for (const auto* const pattern : {"(a*)*b", "(a|aa)+$b", "((a+)+)+b", "(a|a)*(a|a)*b"}) {
    const auto regex = Regex::compile(pattern);
    ASSERT_TRUE(regex) << pattern;
    Budget budget{kPlenty};
    const auto match = regex->search(text, budget);
    ASSERT_TRUE(match) << pattern;
    EXPECT_FALSE(*match) << pattern;
  }
}

TEST(Regex, StopsWhenTheBudgetIsUsedUp) {
  const auto regex = Regex::compile("((a|aa)*)*");
  ASSERT_TRUE(regex);
  Budget budget{1000};
  const auto match = regex->search(std::string(5000, 'a'), budget);
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().fault, Fault::limit);
  EXPECT_EQ(budget.steps, 0u);
}

// The C library of the test machine has the same language; where a match lies is beyond dispute.
TEST(RegexProperty, FindsWhatTheCLibraryFinds) {
  EXPECT_TRUE(rc::check([] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "a", "b", "c", ".", "[ab]", "[^a]", "(a|bc)", "(ab)", "a*", "(a|b)*", "(b+)", "c?",
        "(ab|a)", "(bc|c)", "a{1,2}", "(b|c){0,2}", "|", "^a", "c$"));
    std::string pattern;
    for (const auto& piece : pieces) {
      // The C library takes an empty alternative for a mistake in places.
      if (piece == "|" && (pattern.empty() || pattern.back() == '|')) continue;
      pattern += piece;
    }
    if (pattern.ends_with('|')) pattern.pop_back();
    const auto text = *rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c'));
    RC_PRE(!pattern.empty());
    regex_t reference{};
    RC_ASSERT(regcomp(&reference, pattern.c_str(), REG_EXTENDED) == 0);
    regmatch_t wanted{};
    const bool found = regexec(&reference, text.c_str(), 1, &wanted, 0) == 0;
    regfree(&reference);
    const auto regex = Regex::compile(pattern);
    RC_ASSERT(regex.has_value());
    Budget budget{kPlenty};
    const auto match = regex->search(text, budget);
    RC_ASSERT(match.has_value());
    RC_ASSERT(match->has_value() == found);
    if (!found) return;
    RC_ASSERT((*match)->whole.begin == static_cast<size_t>(wanted.rm_so));
    RC_ASSERT((*match)->whole.end == static_cast<size_t>(wanted.rm_eo));
    for (const auto& group : (*match)->groups) {
      if (!group) continue;
      RC_ASSERT((*match)->whole.begin <= group->begin && group->begin <= group->end);
      RC_ASSERT(group->end <= (*match)->whole.end);
    }
  }));
}

}  // namespace
}  // namespace ike::keynote
