#include "base/printable.h"

#include <gtest/gtest.h>

namespace ike {
namespace {

TEST(Printable, LeavesTextOfAllLanguagesAlone) {
  for (const char* text :
       {"", "FQDN/gw.example.org", "Zürich \\ \"x\"", "日本", "\xf0\x9f\x94\x91"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, ShowsWhatWouldSteerATerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable("a\r\nb\tc"), "a\\x0d\\x0ab\\x09c");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\x7f"), "\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m")
      << "CSI as one character";
}

TEST(Printable, ShowsWhatWouldTurnTheWritingOrNotBeSeen) {
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "moc"),
            "\\xe2\\x80\\xaemoc")
      << "right-to-left override";
  EXPECT_EQ(printable("\xe2\x81\xa6"), "\\xe2\\x81\\xa6") << "isolate";
  EXPECT_EQ(printable("a\xe2\x80\x8b"), "a\\xe2\\x80\\x8b") << "zero width space";
  EXPECT_EQ(printable("\xe2\x80\xa8"), "\\xe2\\x80\\xa8") << "line separator";
  EXPECT_EQ(printable("\xef\xbb\xbf"), "\\xef\\xbb\\xbf") << "byte order mark";
  EXPECT_EQ(printable("\xf3\xa0\x81\x81"), "\\xf3\\xa0\\x81\\x81") << "tag";
}

//= RFC 3629 section 4: no over-long forms, no surrogates, nothing above U+10FFFF
TEST(Printable, ShowsOctetsThatAreNoText) {
  for (const char* bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
                          "\x9b", "\xe0\x80\x80", "\xf0\x80\x80\x80"}) {
    const std::string shown = printable(bad);
    EXPECT_EQ(shown.size(), std::string_view(bad).size() * 4) << shown;
  }
}

TEST(Printable, KeepsLinesWhereTheyAreOurs) {
  EXPECT_EQ(printable_lines("a\n\tb\x1b\n"), "a\n\tb\\x1b\n");
}

//= RFC 8259 section 7: beyond the basic plane an escape is a pair of surrogates
TEST(JsonString, IsValidAndHarmless) {
  std::string out;
  append_json_string(out, "a\"\\\n\x1b\xc2\x9b\xff\xe2\x80\xaeü\xf3\xa0\x81\x81");
  EXPECT_EQ(out, "\"a\\\"\\\\\\n\\u001b\\u009b\xef\xbf\xbd\\u202eü\\udb40\\udc41\"");
}

}  // namespace
}  // namespace ike
