#include <gtest/gtest.h>

#include "support.h"

namespace ike::keynote {
namespace {

using test::holds;
using test::verdict;

//= RFC 2704 section 4.6.5: comparing strings, octet by octet
TEST(Conditions, StringsAreComparedByOctets) {
  EXPECT_TRUE(holds("a == \"x\"", {{"a", "x"}}));
  EXPECT_FALSE(holds("a == \"x\"", {{"a", "X"}}));
  EXPECT_TRUE(holds("a != \"x\"", {{"a", "xx"}}));
  EXPECT_TRUE(holds("a < b", {{"a", "010.002.000.009"}, {"b", "010.002.000.010"}}));
  EXPECT_FALSE(holds("a < b", {{"a", "9"}, {"b", "10"}}));
  EXPECT_TRUE(holds("a > \"z\"", {{"a", "\xe4"}}));
  EXPECT_TRUE(holds("a <= a && a >= a && !(a < a) && !(a > a)", {{"a", "x"}}));
  EXPECT_TRUE(holds("a . \"-\" . b == \"x-y\"", {{"a", "x"}, {"b", "y"}}));
}

TEST(Conditions, WhatIsNotDefinedIsTheEmptyString) {
  EXPECT_TRUE(holds("a == \"\""));
  EXPECT_TRUE(holds("$a == \"\""));
  EXPECT_TRUE(holds("$(\"x\" . a) == \"\""));
  EXPECT_TRUE(holds("@a == 0 && &a <= 0.0"));
}

TEST(Conditions, ADollarReadsTheAttributeOfThatName) {
  EXPECT_TRUE(holds("$a == \"v\"", {{"a", "b"}, {"b", "v"}}));
  EXPECT_TRUE(holds("$(\"b\" . n) == \"v\"", {{"n", "1"}, {"b1", "v"}}));
  EXPECT_TRUE(holds("$$a == \"v\"", {{"a", "b"}, {"b", "c"}, {"c", "v"}}));
  EXPECT_TRUE(holds("$a == \"constant\"", {{"a", "K"}, {"K", "hidden"}}, "K = \"constant\""));
}

TEST(Conditions, ALocalConstantHidesTheAttributeOfItsName) {
  EXPECT_TRUE(holds("a == \"mine\"", {{"a", "theirs"}}, "a = \"mine\""));
}

TEST(Conditions, IntegersFollowPrecedenceFromLeftToRight) {
  EXPECT_TRUE(holds("1 + 2 * 3 == 7"));
  EXPECT_TRUE(holds("(1 + 2) * 3 == 9"));
  EXPECT_TRUE(holds("2 ^ 3 ^ 2 == 64"));
  EXPECT_TRUE(holds("2 * 3 ^ 2 == 18"));
  EXPECT_TRUE(holds("-2 ^ 2 == 4"));
  EXPECT_TRUE(holds("10 - 4 - 3 == 3"));
  EXPECT_TRUE(holds("7 / 2 == 3 && -7 / 2 == -3"));
  EXPECT_TRUE(holds("7 % 3 == 1 && -7 % 3 == -1"));
  EXPECT_TRUE(holds("100 / 10 / 2 * 3 == 15"));
  EXPECT_TRUE(holds("2 ^ -1 == 0 && 5 ^ 0 == 1 && 0 ^ 0 == 1"));
  EXPECT_TRUE(holds("1 ^ 9223372036854775807 == 1"));
  EXPECT_TRUE(holds("2 < 10 && 10 >= 10 && 3 != 4"));
}

//= RFC 2704 section 4.6.5: reading strings as numbers
TEST(Conditions, NumbersAreReadFromTheBeginningOfAText) {
  EXPECT_TRUE(holds("@a == 12", {{"a", "12abc"}}));
  EXPECT_TRUE(holds("@a == 3", {{"a", "3.99"}}));
  EXPECT_TRUE(holds("@a == -5", {{"a", "-5"}}));
  EXPECT_TRUE(holds("@a == 0", {{"a", "abc"}}));
  EXPECT_TRUE(holds("@a == 17", {{"a", "017"}}));
  EXPECT_TRUE(holds("@a == 5000000000", {{"a", "5000000000"}}));
  EXPECT_TRUE(holds("&a > 2.4 && &a < 2.6", {{"a", "2.5x"}}));
  EXPECT_TRUE(holds("&a >= -1.5 && &a <= -1.5", {{"a", "-1.5"}}));
  EXPECT_TRUE(holds("&a > 999.0 && &a < 1001.0", {{"a", "1e3"}}));
  EXPECT_TRUE(holds("&a <= 0.0 && &a >= 0.0", {{"a", "inf"}}));
  EXPECT_TRUE(holds("&a * 2.0 + 1.0 - 0.5 < 5.6 && &a / 2.0 > 1.2", {{"a", "2.5"}}));
  EXPECT_TRUE(holds("2.0 ^ 3.0 > 7.9 && -2.0 < -1.0"));
}

//= RFC 2704 section 4.6.5: an error makes the test of its clause false, and nothing else
TEST(Conditions, AnErrorMakesTheWholeTestOfItsClauseFalse) {
  EXPECT_FALSE(holds("1 / 0 == 1 || true"));
  EXPECT_FALSE(holds("!(1 / 0 == 1)"));
  EXPECT_FALSE(holds("!(1 % 0 == 1)"));
  EXPECT_FALSE(holds("!(1.0 / 0.0 > 1.0)"));
  EXPECT_FALSE(holds("!(a ~= b)", {{"b", "("}}));
  EXPECT_FALSE(holds("!(a ~= \"(\")"));
  EXPECT_FALSE(holds("9223372036854775807 + 1 != 0"));
  EXPECT_FALSE(holds("-9223372036854775807 - 2 != 0"));
  EXPECT_FALSE(holds("9223372036854775807 * 2 != 0"));
  EXPECT_FALSE(holds("10 ^ 19 != 0"));
  EXPECT_FALSE(holds("-(-9223372036854775807 - 1) != 0"));
  EXPECT_FALSE(holds("(-9223372036854775807 - 1) / -1 != 0"));
  EXPECT_TRUE(holds("(-9223372036854775807 - 1) % -1 == 0"));
  EXPECT_FALSE(holds("@a != 0", {{"a", "99999999999999999999"}}));
  EXPECT_FALSE(holds("10.0 ^ 400.0 > 1.0"));
  EXPECT_FALSE(holds("(0.0 - 1.0) ^ 0.5 < 1.0 || true"));
  EXPECT_TRUE(holds("1 / 0 == 1; true"));
}

TEST(Conditions, NothingIsEvaluatedBehindWhatDecides) {
  EXPECT_TRUE(holds("true || 1 / 0 == 1"));
  EXPECT_FALSE(holds("false && 1 / 0 == 1"));
  EXPECT_TRUE(holds("@n == 0 || 10 / @n > 1", {{"n", "0"}}));
}

TEST(Conditions, TestsFollowPrecedence) {
  EXPECT_TRUE(holds("true || false && false"));
  EXPECT_FALSE(holds("(true || false) && false"));
  EXPECT_TRUE(holds("!a == \"x\"", {{"a", "y"}}));
  EXPECT_TRUE(holds("!false && true"));
  EXPECT_TRUE(holds("!!true"));
  EXPECT_TRUE(holds("TRUE && !False"));
  EXPECT_TRUE(holds("((true))"));
}

//= RFC 2704 section 4.6.5: regular expressions and the groups they set
TEST(Conditions, GroupsOfAnExpressionAreThereForTheRestOfTheClause) {
  const test::AttributeMap id{{"id", "lab1.example.net"}};
  EXPECT_TRUE(
      holds("id ~= \"^([a-z0-9]+)\\\\.(example)\" && _0 == \"2\" && _1 == \"lab1\" && "
            "_2 == \"example\" && _3 == \"\"",
            id));
  EXPECT_TRUE(holds("id ~= \"(x)?lab\" && _0 == \"0\" && _1 == \"\"", id));
  EXPECT_TRUE(holds("id ~= \"lab\" && _0 == \"0\"", id));
  EXPECT_TRUE(holds("_0 == \"\" && _1 == \"\" && _32 == \"\" && _x == \"\" && _01 == \"\""));
  // A search without success leaves them; the next success takes their place.
  EXPECT_TRUE(holds("id ~= \"(l)\" && !(id ~= \"(zzz)\") && _1 == \"l\"", id));
  EXPECT_TRUE(holds("id ~= \"(l)\" && id ~= \"(a)\" && _1 == \"a\"", id));
  EXPECT_TRUE(holds("id ~= \"(l)(a)\" && _2 . _1 == \"al\"", id));
  EXPECT_TRUE(holds("id ~= \"(l)\" -> { _1 == \"l\"; }", id));
  EXPECT_FALSE(holds("id ~= \"(l)\" -> \"false\"; _1 == \"l\"", id));
  EXPECT_FALSE(holds("id ~= \"(l)\" -> { id ~= \"(a)\" -> \"false\"; _1 == \"a\"; }", id));
  EXPECT_TRUE(holds("id ~= a . \"$\"", {{"id", "xy"}, {"a", "y"}}));
  EXPECT_FALSE(holds("id ~= \"LAB\"", id));
}

TEST(Conditions, ThirtyOneGroupsHaveNames) {
  std::string pattern;
  for (int i = 0; i < 33; ++i) pattern += "(.)";
  const std::string text = "abcdefghijklmnopqrstuvwxyz0123456789";
  EXPECT_TRUE(holds("a ~= \"" + pattern + "\" && _31 == \"4\" && _32 == \"\" && _0 == \"33\"",
                    {{"a", text}}));
}

TEST(Conditions, TheLanguagesOwnNamesAreThere) {
  const auto with_values = [](const std::string& test) {
    return verdict("Authorizer: \"POLICY\"\nConditions: " + test + " -> \"mid\";\n", {"a", "b"}, {},
                   {"low", "mid", "high"});
  };
  EXPECT_EQ(with_values("_MIN_TRUST == \"low\" && _MAX_TRUST == \"high\""), "mid");
  EXPECT_EQ(with_values("_VALUES == \"low,mid,high\""), "mid");
  EXPECT_EQ(with_values("_ACTION_AUTHORIZERS == \"a,b\""), "mid");
  EXPECT_EQ(with_values("$(\"_MIN\" . \"_TRUST\") == \"low\""), "mid");
}

TEST(Conditions, TheValueIsTheHighestOfTheClauses) {
  const auto value = [](const std::string& conditions) {
    return verdict("Authorizer: \"POLICY\"\nConditions: " + conditions + "\n", {"me"}, {},
                   {"low", "mid", "high"});
  };
  EXPECT_EQ(value("true -> \"mid\"; true -> \"low\";"), "mid");
  EXPECT_EQ(value("true -> \"mid\"; false -> \"high\";"), "mid");
  EXPECT_EQ(value("true -> \"low\"; true;"), "high");
  EXPECT_EQ(value("true -> \"unheard of\";"), "low");
  EXPECT_EQ(value("true -> \"mi\" . \"d\";"), "mid");
  EXPECT_EQ(value("true -> _MAX_TRUST;"), "high");
  EXPECT_EQ(value("true -> { false; true -> \"mid\"; };"), "mid");
  EXPECT_EQ(value("true -> { };"), "low");
  EXPECT_EQ(value("true -> { true -> { true -> { true -> \"high\"; }; }; };"), "high");
  EXPECT_EQ(value(""), "low");
  EXPECT_EQ(value("false -> { true; };"), "low");
}

TEST(Conditions, AStringDoesNotGrowWithoutEnd) {
  const std::string half(limits::kTrustStringMax / 2, 'x');
  EXPECT_TRUE(holds("a . a != \"\"", {{"a", half}}));
  EXPECT_FALSE(holds("a . a . a != \"\"", {{"a", half}}));
}

TEST(Conditions, AQueryThatTakesTooManyStepsGetsTheLowestValueAndSaysSo) {
  const auto verifier = crypto::openssl::make_plain_verifier();
  Session session(*verifier);
  Notes notes;
  // Each clause searches the longest text for what is not there.
  std::string policy = "Authorizer: \"POLICY\"\nConditions:";
  for (int i = 0; i < 200; ++i) policy += " a ~= \"(a*)*(a*)*(a*)*b\";\n";
  session.add_text(policy + " true;\n", Trust::local, "policy", notes);
  ASSERT_TRUE(notes.all().empty());
  ASSERT_TRUE(session.attributes().set("a", std::string(limits::kTrustStringMax, 'a')));
  ASSERT_TRUE(session.add_requester("me"));
  ASSERT_TRUE(session.set_values({"false", "true"}));
  const auto answer = session.query();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->value, 0u);
  EXPECT_TRUE(answer->exhausted);
}

}  // namespace
}  // namespace ike::keynote
