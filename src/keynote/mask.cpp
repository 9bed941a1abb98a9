#include "keynote/mask.h"

#include <algorithm>

#include "keynote/names.h"

namespace ike::keynote {

namespace {

constexpr std::string_view kMarks[] = {"passphrase:", "private-"};

// Size of the mark that starts at `at`; 0 if there is none.
size_t mark_at(std::string_view text, size_t at) {
  for (const std::string_view mark : kMarks) {
    if (starts_ignoring_case(text.substr(at), mark)) return mark.size();
  }
  return 0;
}

size_t end_of_string(std::string_view text, size_t at) {
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at, text.size());
}

}  // namespace

std::vector<TextRange> secret_ranges(std::string_view text) {
  std::vector<TextRange> ranges;
  for (size_t at = 0; at < text.size();) {
    const size_t mark = mark_at(text, at);
    if (mark == 0) {
      ++at;
      continue;
    }
    ranges.push_back({at + mark, end_of_string(text, at + mark)});
    at = ranges.back().end;
  }
  return ranges;
}

std::string masked(std::string_view text) {
  std::string out;
  size_t from = 0;
  for (const TextRange& range : secret_ranges(text)) {
    out += text.substr(from, range.begin - from);
    out += "...";
    from = range.end;
  }
  return out.append(text.substr(from));
}

}  // namespace ike::keynote
