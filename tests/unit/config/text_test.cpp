#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "config/text/cursor.h"
#include "config/text/diagnostic.h"
#include "config/text/environment.h"
#include "config/text/suggest.h"

namespace ike::config {
namespace {

TEST(CursorProperty, PositionsNameEveryOctetOfTheText) {
  EXPECT_TRUE(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::element('a', '\n', '\t'));
    std::vector<std::string> lines(1);
    for (const char c : text) {
      if (c == '\n') {
        lines.emplace_back();
      } else {
        lines.back() += c;
      }
    }
    Cursor cursor(text, 7);
    while (!cursor.at_end()) {
      const Position at = cursor.position();
      const auto c = static_cast<char>(cursor.next());
      RC_ASSERT(at.file == 7u);
      const std::string& line = lines[at.line - 1];
      RC_ASSERT(c == (at.column > line.size() ? '\n' : line[at.column - 1]));
    }
    RC_ASSERT(cursor.offset() == text.size());
  }));
}

TEST(Excerpt, CaretStandsBelowTheColumnAlsoBehindTabsAndUmlauts) {
  Sources sources;
  const auto file = sources.add("f", "one\n\tb\xc3\xa4 here\nthree");
  const Excerpt excerpt = sources.excerpt({file, 2, 6});
  EXPECT_EQ(excerpt.line, "\tb\xc3\xa4 here");
  EXPECT_EQ(excerpt.caret, "\t   ^");
  EXPECT_EQ(sources.excerpt({file, 3, 1}).line, "three");
}

TEST(Excerpt, ShowsNoControlCharacters) {
  Sources sources;
  const auto file = sources.add("f", "a\x1b[31mb\rc");
  EXPECT_EQ(sources.excerpt({file, 1, 1}).line, "a?[31mb?c");
}

TEST(Excerpt, OfALongLineIsCutAroundTheCaret) {
  Sources sources;
  const auto file = sources.add("f", std::string(500, 'x') + "!" + std::string(500, 'y'));
  const Excerpt excerpt = sources.excerpt({file, 1, 501});
  EXPECT_LT(excerpt.line.size(), 200u);
  EXPECT_TRUE(excerpt.line.starts_with("...x"));
  EXPECT_TRUE(excerpt.line.ends_with("y..."));
  EXPECT_EQ(excerpt.line[excerpt.caret.size() - 1], '!');
}

TEST(Excerpt, HidesSecretsWhereverTheyBeginAndEnd) {
  Sources sources;
  const auto file = sources.add("f", "key abc\ndef end\n");
  sources.hide({file, 4, 11});
  EXPECT_EQ(sources.excerpt({file, 1, 1}).line, "key ***");
  EXPECT_EQ(sources.excerpt({file, 2, 1}).line, "*** end");
}

TEST(Excerpt, OfAPlaceThatDoesNotExistIsEmpty) {
  Sources sources;
  const auto file = sources.add("f", "x");
  EXPECT_EQ(sources.excerpt({file, 0, 0}).caret, "");
  EXPECT_EQ(sources.excerpt({file, 99, 5}).line, "");
  EXPECT_EQ(sources.excerpt({file + 1, 1, 1}).line, "");
}

TEST(Diagnostic, HasFileLineColumnMessageLineAndCaret) {
  Sources sources;
  const auto file = sources.add("f.conf", "set x\n");
  Diagnostics diagnostics(sources);
  diagnostics.error({file, 1, 5}, "no");
  diagnostics.error({file, 1, 5}, "no again");
  diagnostics.warning({file, 0, 0}, "all of it");
  const auto list = diagnostics.finish();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].text(), "f.conf:1:5: no\n    set x\n        ^");
  EXPECT_EQ(list[1].text(), "f.conf:1:5: no again") << "the same place is shown once";
  EXPECT_EQ(list[2].text(), "f.conf: warning: all of it");
}

TEST(Diagnostics, AreLimited) {
  Sources sources;
  const auto file = sources.add("f", "x");
  Diagnostics diagnostics(sources);
  for (size_t i = 0; i < kDiagnosticsMax; ++i) diagnostics.warning({file, 1, 1}, "w");
  EXPECT_EQ(diagnostics.finish().size(), kDiagnosticsMax);
  EXPECT_FALSE(diagnostics.has_errors());
  diagnostics.error({file, 1, 1}, "the error that nobody sees");
  EXPECT_TRUE(diagnostics.has_errors());
  const auto list = diagnostics.finish();
  ASSERT_EQ(list.size(), kDiagnosticsMax + 1);
  EXPECT_EQ(list.back().severity, Severity::error);
  EXPECT_EQ(list.back().message, "1 more messages are not shown");
}

TEST(Secrecy, WantsOwnerRootOrUserAndNothingForOthers) {
  const auto fault = [](uint32_t mode, uint32_t owner) {
    return secrecy_fault({"", owner, mode}, 1000, "f").has_value();
  };
  EXPECT_FALSE(fault(0600, 0));
  EXPECT_FALSE(fault(0640, 1000));
  EXPECT_FALSE(fault(0400, 0));
  EXPECT_TRUE(fault(0600, 4711));
  for (const uint32_t bit : {0020U, 0010U, 0004U, 0002U, 0001U}) {
    EXPECT_TRUE(fault(0600 | bit, 0)) << std::oct << bit;
  }
  const auto text = secrecy_fault({"", 0, 0644}, 1000, "/etc/iked.conf");
  EXPECT_EQ(*text,
            "group writable or world read/writable (mode 0644, wanted 0600 or 0640; run: "
            "chmod 0600 /etc/iked.conf)");
}

TEST(EditDistance, CountsSwapsOfNeighboursAsOne) {
  EXPECT_EQ(edit_distance("form", "from"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", "abc"), 0u);
  EXPECT_EQ(edit_distance("active", "passive"), 3u);
  EXPECT_EQ(edit_distance(std::string(65, 'a'), "b"), 65u) << "too long to be compared";
}

TEST(EditDistanceProperty, IsSymmetricAndZeroOnlyForEquals) {
  EXPECT_TRUE(rc::check([] {
    const auto word =
        rc::gen::resize(12, rc::gen::container<std::string>(rc::gen::inRange('a', 'd')));
    const auto a = *word;
    const auto b = *word;
    RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
    RC_ASSERT((edit_distance(a, b) == 0) == (a == b));
    RC_ASSERT(edit_distance(a, b) <= std::max(a.size(), b.size()));
  }));
}

TEST(DidYouMean, SaysNothingWhenNothingIsNear) {
  const std::vector<std::string_view> words = {"psk", "peer", "transport"};
  EXPECT_EQ(did_you_mean("pks", words), "; did you mean \"psk\"?");
  EXPECT_EQ(did_you_mean("transprot", words), "; did you mean \"transport\"?");
  EXPECT_EQ(did_you_mean("frobnicate", words), "");
  EXPECT_EQ(did_you_mean("", words), "");
}

}  // namespace
}  // namespace ike::config
