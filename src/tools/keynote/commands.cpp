#include "tools/keynote/commands.h"

#include <charconv>
#include <ostream>
#include <string_view>

namespace ike::tools::keynote {

namespace {

constexpr std::string_view kUsage =
    "usage: keynote keygen ALG BITS PUBLIC PRIVATE [OFFSET [LENGTH]]\n"
    "       keynote sign [-v] SIGALG ASSERTION PRIVATE [OFFSET [LENGTH]]\n"
    "       keynote sigver FILE\n"
    "       keynote verify [-hx] -r VALUE,... -e ENVIRONMENT -l LOCAL -k KEY [FILE ...]\n";

bool parse_number(const std::string& word, size_t least, size_t most, size_t& value) {
  const char* const end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, value);
  return read.ec == std::errc() && read.ptr == end && value >= least && value <= most;
}

}  // namespace

int usage(Console& console) {
  console.err << kUsage;
  return 1;
}

bool parse_layout(Words words, Layout& layout) {
  constexpr size_t kOffsetMax = 1000;
  constexpr size_t kWidthMin = 3;
  constexpr size_t kWidthMax = 100'000;
  if (!words.empty() && !parse_number(words[0], 0, kOffsetMax, layout.offset)) return false;
  if (words.size() > 1 && !parse_number(words[1], kWidthMin, kWidthMax, layout.width)) return false;
  return words.size() <= 2;
}

std::string with_colon(const std::string& algorithm, Console& console) {
  if (algorithm.ends_with(':')) return algorithm;
  console.err << "Algorithm name [" << algorithm
              << "] should be terminated with a colon, fixing.\n";
  return algorithm + ":";
}

int run(Words words, Console& console) {
  if (words.empty()) return usage(console);
  const std::string& command = words[0];
  const Words rest = words.subspan(1);
  if (command == "keygen") return keygen(rest, console);
  if (command == "sign") return sign(rest, console);
  if (command == "sigver") return sigver(rest, console);
  if (command == "verify") return verify(rest, console);
  if (command == "-h" || command == "--help") {
    console.out << kUsage;
    return 0;
  }
  return usage(console);
}

}  // namespace ike::tools::keynote
