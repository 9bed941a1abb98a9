#include <gtest/gtest.h>

#include "keynote/assertion.h"
#include "keynote/mask.h"
#include "support.h"

namespace ike::keynote {
namespace {

using test::first_note;
using test::parse_one;

const std::string kPolicyHead = "Authorizer: \"POLICY\"\n";

std::string in_conditions(const std::string& conditions) {
  return first_note(kPolicyHead + "Conditions: " + conditions + "\n");
}
std::string in_licensees(const std::string& licensees) {
  return first_note(kPolicyHead + "Licensees: " + licensees + "\n");
}

//= RFC 2704 section 4.1: fields, in any letters, once each; the version first
TEST(AssertionParser, FieldsStandOnceEachWithTheVersionFirst) {
  EXPECT_EQ(first_note("keynote-version: 2\nAUTHORIZER: \"POLICY\"\n"), "none");
  EXPECT_EQ(first_note("KeyNote-Version: \"2\"\nAuthorizer: \"POLICY\"\n"), "none");
  EXPECT_EQ(first_note("Authorizer: \"POLICY\"\nKeyNote-Version: 2\n"),
            "2:1 KeyNote-Version must be the first field");
  EXPECT_EQ(first_note("KeyNote-Version: 3\nAuthorizer: \"POLICY\"\n"), "1:18 the version is 2");
  EXPECT_EQ(first_note("Authorizer: \"POLICY\"\nComment: a\nAuthorizer: \"b\"\n"),
            "3:1 the field Authorizer is already in line 1");
  EXPECT_EQ(first_note("Comment: nobody says this\n"), "1:1 the assertion has no field Authorizer");
  EXPECT_EQ(first_note("Auth: \"POLICY\"\n"),
            "1:1 names of fields are not abbreviated: write Authorizer:");
  EXPECT_EQ(first_note("Signature: \"x\"\nAuthorizer: \"POLICY\"\n"),
            "1:1 Signature must be the last field");
  EXPECT_TRUE(first_note("Conditioner: true;\n").starts_with("1:1 no such field; there are"));
}

TEST(AssertionParser, ALineInColumnOneIsAField) {
  EXPECT_EQ(first_note("Authorizer:\n \"POLICY\"\n# and\n\t# on\n"), "none");
  EXPECT_TRUE(
      first_note("Authorizer: \"POLICY\"\nmore\n").starts_with("2:1 expected a field name"));
  EXPECT_TRUE(first_note("  Authorizer: \"POLICY\"\n").starts_with("1:1 this line continues"));
}

TEST(AssertionParser, BlankLinesPartAssertionsAndAMistakeSpoilsItsOwnOnly) {
  Notes notes;
  const auto all = parse_assertions(
      "\n# only a comment\n\nAuthorizer: \"POLICY\"\n \t\nAuthorizer: 7\n\n\nAuthorizer: \"b\"\n",
      notes);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_NE(all[0].assertion, nullptr);
  EXPECT_EQ(all[1].assertion, nullptr);
  EXPECT_NE(all[2].assertion, nullptr);
  EXPECT_EQ(all[2].at, (Place{9, 1}));
  EXPECT_EQ(test::lines(notes),
            std::vector<std::string>{"6:13 expected a principal (a string or the name of a local "
                                     "constant), found the number 7"});
}

//= RFC 2704 section 4.3: strings and their escapes
TEST(AssertionParser, StringsHaveTheEscapesOfTheLanguage) {
  const auto authorizer = [](const std::string& literal) {
    const auto assertion = parse_one("Authorizer: " + literal + "\n");
    return assertion ? assertion->authorizer.written : "";
  };
  EXPECT_EQ(authorizer(R"("a\n\r\t\f\"\\\q")"), "a\n\r\t\f\"\\q");
  EXPECT_EQ(authorizer(R"("\101\1x\18")"), "A\001x\0018");
  EXPECT_EQ(authorizer("\"one\\\n   two\""), "onetwo");
  EXPECT_EQ(authorizer("\"a # b\" # c"), "a # b");
  EXPECT_EQ(first_note("Authorizer: \"a\n b\"\n").substr(0, 33),
            "1:13 the string does not end on i");
  EXPECT_EQ(first_note("Authorizer: \"a"), first_note("Authorizer: \"a\n"));
  EXPECT_EQ(first_note(R"(Authorizer: "\0")"),
            "1:14 an octal escape gives an octet from \\001 to \\377");
  EXPECT_EQ(first_note(R"(Authorizer: "\777")"),
            "1:14 an octal escape gives an octet from \\001 to \\377");
  EXPECT_EQ(first_note(std::string("Authorizer: \"a\0b\"\n", 18)),
            "1:15 a string cannot hold the octet 0");
}

TEST(AssertionParser, NamesMayBeLongButNotEndless) {
  const std::string longest(limits::kTrustNameMax, 'n');
  EXPECT_EQ(in_conditions(longest + " == \"\";"), "none");
  EXPECT_EQ(in_conditions(longest + "n == \"\";"), "2:13 the name is longer than 4096 octets");
}

//= RFC 2704 section 4.6.2: local constants
TEST(AssertionParser, LocalConstantsAreOnceEachAndNotReserved) {
  EXPECT_EQ(first_note("Local-Constants: A = \"x\" B=\"y\"\nAuthorizer: A\nLicensees: B\n"),
            "none");
  EXPECT_EQ(first_note("Authorizer: A\nLocal-Constants: A = \"x\"\n"), "none");
  EXPECT_EQ(first_note("Local-Constants: A = \"x\" A = \"x\"\nAuthorizer: A\n"),
            "1:26 A has a value already");
  EXPECT_EQ(first_note("Local-Constants: _A = \"x\"\nAuthorizer: \"a\"\n"),
            "1:18 a name cannot begin with \"_\"");
  EXPECT_EQ(first_note("Authorizer: A\n"),
            "1:13 A is no local constant (a principal stands in quotes)");
}

//= RFC 2704 section 4.6.4: licensees
TEST(AssertionParser, LicenseesAreJoinedByAndOrAndKOf) {
  const auto printed = [](const std::string& licensees) {
    const auto assertion = parse_one(kPolicyHead + "Licensees: " + licensees + "\n");
    return assertion && assertion->licensees ? print(*assertion->licensees) : "";
  };
  EXPECT_EQ(printed("\"a\" || \"b\" && \"c\""), "\"a\" || \"b\" && \"c\"");
  EXPECT_EQ(printed("(\"a\" || \"b\") && \"c\""), "(\"a\" || \"b\") && \"c\"");
  EXPECT_EQ(printed("2-of (\"a\",\"b\" , \"c\")"), "2-of(\"a\", \"b\", \"c\")");
  EXPECT_EQ(printed("((\"a\"))"), "\"a\"");
  EXPECT_EQ(printed(""), "");
  EXPECT_EQ(in_licensees("3-of(\"a\",\"b\")"),
            "2:12 K-of: K is from 1 to the length of the list, which is 2");
  EXPECT_EQ(in_licensees("0-of(\"a\")"),
            "2:12 K-of: K is from 1 to the length of the list, which is 1");
  EXPECT_TRUE(in_licensees("2 -of(\"a\",\"b\")").starts_with("2:12 expected K-of("));
  EXPECT_TRUE(in_licensees("2-of(\"a\" && \"b\", \"c\")").starts_with("2:21 expected \")\""));
  EXPECT_EQ(in_licensees("2-of(\"a\", \"a\")"),
            "2:22 warning: this principal is twice in the list and counts twice");
  EXPECT_EQ(in_licensees("\"a\" \"b\""),
            "2:16 expected \"&&\", \"||\" or the end of the field, found the string \"b\"");
  EXPECT_EQ(in_licensees("\"rsa-hex:12\""), "2:12 the key cannot be read: no such key in DER");
}

//= RFC 2704 section 4.6.5: types are those of the syntax
TEST(AssertionParser, TypesThatDoNotFitAreMistakes) {
  EXPECT_EQ(in_conditions("size < 10;"),
            "2:18 \"<\" compares a string with an integer (\"@\" reads a string as an integer, "
            "\"&\" as a float)");
  EXPECT_EQ(in_conditions("@size < 1.5;"), "2:19 \"<\" compares an integer with a float");
  EXPECT_EQ(in_conditions("&size == 1.5;"),
            "2:19 floats are not compared by \"==\", only by < > <= >=");
  EXPECT_EQ(in_conditions("@a + \"b\" == 1;"),
            "2:16 \"+\" takes numbers (\"@\" reads a string as an integer, \"&\" as a float)");
  EXPECT_EQ(in_conditions("a . 1 == b;"), "2:15 \".\" takes strings");
  EXPECT_EQ(in_conditions("@a + &b == 1;"),
            "2:16 \"+\" takes two integers or two floats, not one of each");
  EXPECT_EQ(in_conditions("&a % 2.0 < 1.0;"), "2:16 \"%\" takes integers");
  EXPECT_EQ(in_conditions("\"a\";"), "2:13 a clause begins with a test, not a string");
  EXPECT_EQ(in_conditions("true -> 1;"), "2:21 a compliance value is a string, not an integer");
  EXPECT_EQ(in_conditions("(a == b) == (c == d);"), "2:22 \"==\" compares no tests");
  EXPECT_EQ(in_conditions("a ~= 1;"), "2:15 each side of \"~=\" is a string, not an integer");
  EXPECT_EQ(in_conditions("@(1) == 1;"), "2:13 what \"@\" reads is a string, not an integer");
  EXPECT_EQ(in_conditions("-a == b;"), "2:13 \"-\" takes a number, not a string");
}

TEST(AssertionParser, EveryClauseEndsWithASemicolon) {
  EXPECT_EQ(in_conditions("a == b;"), "none");
  EXPECT_EQ(in_conditions(""), "none");
  EXPECT_EQ(in_conditions("a == b"),
            "2:19 expected \";\" (every clause ends with one), found the end of the field");
  EXPECT_EQ(in_conditions("true -> { a == b }; "),
            "2:30 expected \";\" (every clause ends with one), found \"}\"");
  EXPECT_EQ(in_conditions("true -> { a == b;"), "2:30 expected \"}\", found the end of the field");
  EXPECT_EQ(in_conditions("a == b == c;"),
            "2:20 comparisons cannot be chained: join them by \"&&\"");
  EXPECT_EQ(in_conditions("a = b;"), "2:15 a comparison is written \"==\", not \"=\"");
  EXPECT_EQ(in_conditions("a ? b;"), "2:15 \"?\" means nothing here");
  EXPECT_EQ(in_conditions("@a == 9223372036854775808;"),
            "2:19 the number is larger than 9223372036854775807");
}

TEST(AssertionParser, WarnsOfALiteralThatIsNoRegularExpression) {
  EXPECT_EQ(in_conditions("a ~= \"(\";"),
            "2:18 warning: no valid regular expression, so this test is always false: \")\" "
            "expected (at octet 2)");
}

TEST(AssertionParser, MessagesLeaveSecretsOut) {
  EXPECT_EQ(in_licensees("\"a\" \"passphrase:open sesame\""),
            "2:16 expected \"&&\", \"||\" or the end of the field, found the string "
            "\"passphrase:...\"");
  EXPECT_EQ(masked("x \"Passphrase:a\\\"b\" y private-rsa-hex:00\" z"),
            "x \"Passphrase:...\" y private-...\" z");
  EXPECT_EQ(masked("passphrase:open"), "passphrase:...");
  EXPECT_EQ(masked("passphrase:x\\"), "passphrase:...");
  EXPECT_EQ(masked("passphrase-md5-hex:00"), "passphrase-md5-hex:00");
}

TEST(AssertionParser, DepthIsBounded) {
  const auto nested = [](size_t depth, const std::string& open, const std::string& inside,
                         const std::string& close) {
    std::string text;
    for (size_t i = 0; i < depth; ++i) text += open;
    text += inside;
    for (size_t i = 0; i < depth; ++i) text += close;
    return text;
  };
  const size_t most = limits::kTrustDepthMax;
  EXPECT_EQ(in_conditions(nested(most, "(", "true", ")") + ";"), "none");
  EXPECT_NE(in_conditions(nested(most + 1, "(", "true", ")") + ";"), "none");
  EXPECT_NE(in_conditions(nested(100'000, "(", "true", ")") + ";"), "none");
  EXPECT_NE(in_conditions(nested(100'000, "!", "true", "") + ";"), "none");
  EXPECT_NE(in_conditions(nested(100'000, "-", "1", "") + " == 1;"), "none");
  EXPECT_NE(in_conditions(nested(20'000, "true->{", "true;", "};")), "none");
  EXPECT_EQ(in_licensees(nested(most, "(", "\"a\"", ")")), "none");
  EXPECT_NE(in_licensees(nested(100'000, "(", "\"a\"", ")")), "none");
  // Length is no depth.
  EXPECT_EQ(in_conditions("true" + nested(10'000, " && true", "", "") + ";"), "none");
  EXPECT_EQ(in_conditions("1" + nested(10'000, " + 1", "", "") + " == 1;"), "none");
}

TEST(AssertionParser, SizesAreBounded) {
  const std::string comment(limits::kAssertionMax, 'x');
  EXPECT_EQ(first_note(kPolicyHead + "Comment: " + comment + "\n"),
            "1:1 the assertion is larger than 262144 octets");
  const std::string longest(limits::kTrustStringMax, 's');
  EXPECT_EQ(first_note("Authorizer: \"" + longest + "\"\n"), "none");
  EXPECT_EQ(first_note("Authorizer: \"" + longest + "s\"\n"),
            "1:13 the string is longer than 65535 octets");
  Notes notes;
  EXPECT_TRUE(parse_assertions(std::string(limits::kTrustFileMax + 1, '\n'), notes).empty());
  EXPECT_EQ(notes.errors(), 1u);
  std::string noise;
  for (size_t i = 0; i < 2 * limits::kTrustNotesMax; ++i) noise += "x: y\n\n";
  Notes many;
  parse_assertions(noise, many);
  EXPECT_EQ(many.all().size(), limits::kTrustNotesMax);
  EXPECT_GT(many.errors(), limits::kTrustNotesMax);
}

TEST(AssertionParser, AssertionsOfATextAreBounded) {
  std::string text;
  for (size_t i = 0; i <= limits::kAssertionsMax; ++i) text += "Authorizer: \"a\"\n\n";
  Notes notes;
  EXPECT_EQ(parse_assertions(text, notes).size(), limits::kAssertionsMax);
  EXPECT_EQ(notes.errors(), 1u);
}

TEST(AssertionParser, TheSignatureCoversTheTextUpToItsOwnLine) {
  const auto assertion = parse_one(
      "# not this\nAuthorizer: \"a\" # but this\nComment: and\n  this\nSignature: \"sig-x:00\"\n");
  ASSERT_NE(assertion, nullptr);
  EXPECT_EQ(assertion->signed_text, "Authorizer: \"a\" # but this\nComment: and\n  this\n");
  EXPECT_EQ(assertion->signature, "sig-x:00");
  EXPECT_EQ(parse_one("Authorizer: \"a\"\nSignature:\n")->signature, "");
  EXPECT_FALSE(parse_one("Authorizer: \"a\"\n")->signature);
}

}  // namespace
}  // namespace ike::keynote
