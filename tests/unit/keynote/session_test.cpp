#include "keynote/session.h"

#include <gtest/gtest.h>

#include "support.h"

namespace ike::keynote {
namespace {

using test::verdict;

const test::AttributeMap kNothing;

TEST(Delegation, AbsentLicenseesAreEverybodyAndEmptyOnesNobody) {
  EXPECT_EQ(verdict("Authorizer: \"POLICY\"\n", {"anybody"}, kNothing), "true");
  EXPECT_EQ(verdict("Authorizer: \"POLICY\"\nLicensees:\n", {"anybody"}, kNothing), "false");
  EXPECT_EQ(verdict("Authorizer: \"POLICY\"\nConditions:\n", {"anybody"}, kNothing), "false");
  EXPECT_EQ(verdict("Authorizer: \"somebody\"\n", {"anybody"}, kNothing), "false");
  EXPECT_EQ(verdict("", {"anybody"}, kNothing), "false");
}

TEST(Delegation, PolicyIsWrittenInCapitals) {
  EXPECT_EQ(verdict("Authorizer: \"policy\"\n", {"anybody"}, kNothing), "false");
}

//= RFC 2704 section 5: licensees are combined by minimum, maximum and the k-th highest
TEST(Delegation, LicenseesCombineTheValuesOfPrincipals) {
  const std::vector<std::string> values{"v0", "v1", "v2", "v3"};
  // Each of a, b, c is worth another value.
  const std::string principals =
      "Authorizer: \"a\"\nLicensees: \"me\"\nConditions: true -> \"v1\";\n\n"
      "Authorizer: \"b\"\nLicensees: \"me\"\nConditions: true -> \"v2\";\n\n"
      "Authorizer: \"c\"\nLicensees: \"me\"\nConditions: true -> \"v3\";\n\n";
  const auto value = [&](const std::string& licensees) {
    return verdict(principals + "Authorizer: \"POLICY\"\nLicensees: " + licensees + "\n", {"me"},
                   kNothing, values);
  };
  EXPECT_EQ(value("\"a\""), "v1");
  EXPECT_EQ(value("\"a\" && \"c\""), "v1");
  EXPECT_EQ(value("\"a\" || \"b\""), "v2");
  EXPECT_EQ(value("\"b\" && (\"a\" || \"c\")"), "v2");
  EXPECT_EQ(value("1-of(\"a\", \"b\", \"c\")"), "v3");
  EXPECT_EQ(value("2-of(\"a\", \"b\", \"c\")"), "v2");
  EXPECT_EQ(value("3-of(\"a\", \"b\", \"c\")"), "v1");
  EXPECT_EQ(value("2-of(\"a\", \"b\", \"nobody\")"), "v1");
  EXPECT_EQ(value("3-of(\"a\", \"b\", \"nobody\")"), "v0");
  EXPECT_EQ(value("2-of(\"a\", \"c\", \"c\")"), "v3");
  EXPECT_EQ(value("\"me\""), "v3");
}

TEST(Delegation, AnAssertionGivesTheLowerOneOfConditionsAndLicensees) {
  const std::vector<std::string> values{"v0", "v1", "v2", "v3"};
  EXPECT_EQ(verdict("Authorizer: \"POLICY\"\nLicensees: \"a\"\nConditions: true -> \"v2\";\n\n"
                    "Authorizer: \"a\"\nLicensees: \"b\"\nConditions: true -> \"v3\";\n\n"
                    "Authorizer: \"b\"\nLicensees: \"me\"\nConditions: true -> \"v1\";\n",
                    {"me"}, kNothing, values),
            "v1");
  // Two ways: the better one counts.
  EXPECT_EQ(verdict("Authorizer: \"POLICY\"\nLicensees: \"a\" || \"b\"\n\n"
                    "Authorizer: \"a\"\nLicensees: \"me\"\nConditions: true -> \"v1\";\n\n"
                    "Authorizer: \"a\"\nLicensees: \"b\"\nConditions: true -> \"v3\";\n\n"
                    "Authorizer: \"b\"\nLicensees: \"me\"\nConditions: true -> \"v2\";\n",
                    {"me"}, kNothing, values),
            "v2");
}

TEST(Delegation, CyclesGiveOnlyWhatComesInFromOutside) {
  const std::string cycle =
      "Authorizer: \"POLICY\"\nLicensees: \"a\"\n\n"
      "Authorizer: \"a\"\nLicensees: \"b\"\n\n"
      "Authorizer: \"b\"\nLicensees: \"a\" || \"me\"\n\n"
      "Authorizer: \"self\"\nLicensees: \"self\"\n\n"
      "Authorizer: \"POLICY\"\nLicensees: \"self\" || \"POLICY\"\n";
  EXPECT_EQ(verdict(cycle, {"me"}, kNothing), "true");
  EXPECT_EQ(verdict(cycle, {"you"}, kNothing), "false");
}

TEST(Delegation, WhoAsksIsTrustedFullyWhateverOthersSayAboutThem) {
  EXPECT_EQ(verdict("Authorizer: \"POLICY\"\nLicensees: \"me\"\n\n"
                    "Authorizer: \"me\"\nLicensees: \"you\"\nConditions: false;\n",
                    {"me"}, kNothing),
            "true");
}

// The example of the manual page.
TEST(Delegation, ThreeValuesTwoOfThree) {
  const std::string policy =
      "Authorizer: \"POLICY\"\n"
      "Licensees: \"alice\" || 2-of(\"bob\", \"carol\", \"dave\")\n"
      "Conditions: op == \"read\" -> \"yes\";\n"
      "            op == \"delete\" -> { @size < 1000 -> \"log\"; @size < 10 -> \"yes\"; };\n";
  const std::vector<std::string> values{"no", "log", "yes"};
  const auto value = [&](const std::vector<std::string>& who, const std::string& op,
                         const std::string& size) {
    return verdict(policy, who, {{"op", op}, {"size", size}}, values);
  };
  EXPECT_EQ(value({"alice"}, "delete", "900"), "log");
  EXPECT_EQ(value({"bob"}, "delete", "900"), "no");
  EXPECT_EQ(value({"bob", "dave"}, "delete", "900"), "log");
  EXPECT_EQ(value({"bob", "dave"}, "delete", "9"), "yes");
  EXPECT_EQ(value({"alice"}, "read", "900"), "yes");
  EXPECT_EQ(value({"alice"}, "delete", "1000"), "no");
}

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    EXPECT_TRUE(session_.set_values({"false", "true"}));
    EXPECT_TRUE(session_.attributes().set("app", "test"));
    EXPECT_TRUE(session_.add_requester("me"));
  }
  size_t value() {
    const auto answer = session_.query();
    EXPECT_TRUE(answer);
    return answer ? answer->value : 99;
  }
  std::vector<Session::Id> add(std::string_view text, Trust trust = Trust::local) {
    return session_.add_text(text, trust, "text", notes_);
  }

  std::unique_ptr<crypto::PlainVerifier> verifier_ = crypto::openssl::make_plain_verifier();
  Session session_{*verifier_};
  Notes notes_;
};

TEST_F(SessionTest, AssertionsComeAndGo) {
  const auto first = add("Authorizer: \"POLICY\"\nLicensees: \"a\"\n");
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(value(), 0u);
  const auto second = add("Authorizer: \"a\"\nLicensees: \"me\"\n");
  EXPECT_EQ(value(), 1u);
  EXPECT_TRUE(session_.remove(second[0]));
  EXPECT_EQ(value(), 0u);
  EXPECT_FALSE(session_.remove(second[0]));
  add("Authorizer: \"a\"\nLicensees: \"me\"\n\nAuthorizer: \"a\"\nLicensees: \"you\"\n");
  EXPECT_EQ(value(), 1u);
  EXPECT_EQ(session_.size(), 3u);
  EXPECT_EQ(session_.remove_authorizer("a"), 2u);
  EXPECT_EQ(value(), 0u);
  EXPECT_EQ(session_.find(first[0])->authorizer.written, "POLICY");
  EXPECT_EQ(session_.find(second[0]), nullptr);
}

TEST_F(SessionTest, ARequesterMayBeAddedTwiceAndTakenAway) {
  add("Authorizer: \"POLICY\"\nLicensees: \"you\"\nConditions: _ACTION_AUTHORIZERS == "
      "\"me,you\";\n");
  EXPECT_EQ(value(), 0u);
  EXPECT_TRUE(session_.add_requester("you"));
  EXPECT_TRUE(session_.add_requester("you"));
  EXPECT_EQ(value(), 1u);
  session_.remove_requester("you");
  EXPECT_EQ(value(), 0u);
  EXPECT_FALSE(session_.add_requester("POLICY"));
  EXPECT_FALSE(session_.add_requester("rsa-hex:zz"));
}

//= RFC 2704 section 5.1: what a query must have
TEST_F(SessionTest, AQueryNeedsRequestersValuesAndAttributes) {
  Session empty(*verifier_);
  EXPECT_FALSE(empty.query());
  EXPECT_FALSE(empty.set_values({}));
  EXPECT_FALSE(empty.set_values({"a", "a"}));
  EXPECT_TRUE(empty.set_values({"false", "true"}));
  EXPECT_FALSE(empty.query());
  EXPECT_TRUE(empty.add_requester("me"));
  EXPECT_FALSE(empty.query());
  EXPECT_TRUE(empty.attributes().set("a", "b"));
  EXPECT_TRUE(empty.query());
}

TEST_F(SessionTest, AttributesMayBeAskedForWhenTheyAreNeeded) {
  add("Authorizer: \"POLICY\"\nConditions: exact == \"1\" && x12 == \"of x12\" && y == \"later\";");
  size_t asked = 0;
  Attributes& attributes = session_.attributes();
  EXPECT_TRUE(attributes.set("exact", [&](std::string_view) { return std::to_string(++asked); }));
  EXPECT_EQ(asked, 0u);
  const auto of = [](std::string_view name) { return "of " + std::string(name); };
  EXPECT_TRUE(attributes.set_pattern("x[0-9]+", of));
  EXPECT_TRUE(attributes.set_pattern("y.*", of));
  EXPECT_TRUE(attributes.set_pattern("y", [](std::string_view) { return "later"; }));
  EXPECT_EQ(value(), 1u);
  EXPECT_EQ(asked, 1u);
  attributes.remove("x[0-9]+");
  EXPECT_EQ(value(), 0u);
  EXPECT_FALSE(attributes.set("_MIN_TRUST", "x"));
  EXPECT_FALSE(attributes.set("", "x"));
  EXPECT_FALSE(attributes.set_pattern("(", of));
}

TEST_F(SessionTest, AttributesValuesAndRequestersAreBounded) {
  Attributes& attributes = session_.attributes();
  for (size_t i = attributes.size(); i < limits::kTrustAttributesMax; ++i) {
    ASSERT_TRUE(attributes.set("a" + std::to_string(i), "x"));
  }
  EXPECT_EQ(attributes.set("one more", "x").error().fault, Fault::limit);
  EXPECT_TRUE(attributes.set("app", "changed"));
  EXPECT_FALSE(attributes.set("app", std::string(limits::kTrustStringMax + 1, 'x')));
  for (size_t i = 1; i < limits::kTrustRequestersMax; ++i) {
    ASSERT_TRUE(session_.add_requester("r" + std::to_string(i)));
  }
  EXPECT_EQ(session_.add_requester("one more").error().fault, Fault::limit);
  std::vector<std::string> names;
  for (size_t i = 0; i < limits::kTrustValuesMax; ++i) names.push_back(std::to_string(i));
  EXPECT_TRUE(session_.set_values(names));
  names.emplace_back("one more");
  EXPECT_EQ(session_.set_values(names).error().fault, Fault::limit);
}

TEST_F(SessionTest, AssertionsAreBounded) {
  const auto assertion = test::parse_one("Authorizer: \"a\"\n");
  for (size_t i = 0; i < limits::kAssertionsMax; ++i) {
    ASSERT_TRUE(session_.add(assertion, Trust::local, ""));
  }
  EXPECT_EQ(session_.add(assertion, Trust::local, "").error().fault, Fault::limit);
}

//= RFC 2704 section 5: credentials count by their signature
TEST_F(SessionTest, CredentialsWithoutAGoodSignatureContributeNothing) {
  add("Authorizer: \"POLICY\"\nLicensees: \"a\"\n");
  EXPECT_TRUE(add("Authorizer: \"a\"\nLicensees: \"me\"\n", Trust::credential).empty());
  EXPECT_TRUE(add("Authorizer: \"POLICY\"\n", Trust::credential).empty());
  EXPECT_TRUE(add("Authorizer: \"POLICY\"\nSignature: \"sig-rsa-sha1-hex:00\"\n", Trust::credential)
                  .empty());
  EXPECT_TRUE(add("Nonsense\n", Trust::local).empty());
  EXPECT_EQ(value(), 0u);
  ASSERT_EQ(session_.failures().size(), 4u);
  EXPECT_EQ(session_.failures()[0].cause, Cause::signature);
  EXPECT_EQ(session_.failures()[0].number, 2u);
  EXPECT_EQ(session_.failures()[2].cause, Cause::signature);
  EXPECT_EQ(session_.failures()[3].cause, Cause::syntax);
}

TEST_F(SessionTest, AnExplanationSaysOfEveryAssertionWhatItGave) {
  add("Authorizer: \"POLICY\"\nLicensees: \"a\"\nConditions: app == \"test\";\n\n"
      "Authorizer: \"a\"\nLicensees: \"me\"\nConditions: app == \"other\" -> \"true\";\n"
      "  @n > 3; 1 / @n == 0;\n\n"
      "Authorizer: \"a\"\nLicensees: \"you\"\n");
  const auto explanation = session_.explain();
  ASSERT_TRUE(explanation);
  EXPECT_EQ(explanation->answer.value, 0u);
  EXPECT_EQ(to_text(*explanation, session_.values()),
            "text:1: assertion of \"POLICY\" gives \"false\": its licensees \"false\", its "
            "conditions \"true\"\n"
            "  none of those who ask is licensed, directly or by what others assert\n"
            "  clause at 3:13 held: \"true\"\n"
            "text:5: assertion of \"a\" gives \"false\": its licensees \"true\", its conditions "
            "\"false\"\n"
            "  clause at 7:13 did not hold: 7:17: app == \"other\" is false, with \"test\" and "
            "\"other\"\n"
            "  clause at 8:3 did not hold: 8:6: @n > 3 is false, with 0 and 3\n"
            "  clause at 8:11 did not hold: division by zero\n"
            "text:10: assertion of \"a\" gives \"false\": its licensees \"false\", its conditions "
            "\"true\"\n"
            "  none of those who ask is licensed, directly or by what others assert\n");
}

}  // namespace
}  // namespace ike::keynote
