// A regular expression and, behind its line, a text: compiling and searching keep their bounds, and
// groups lie within the match.
#include <cstdlib>

#include "fuzz_input.h"
#include "keynote/limits.h"
#include "keynote/regex.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  using namespace ike::keynote;
  const std::string_view input = as_text(test::fuzz_input(data, size));
  const size_t end = std::min(input.find('\n'), input.size());
  const auto pattern = input.substr(0, end);
  const auto text = input.substr(std::min(end + 1, input.size()));
  const auto regex = Regex::compile(pattern);
  if (!regex) {
    require(regex.error().at <= pattern.size());
    return 0;
  }
  Budget budget{limits::kTrustStepsMax / 10};
  const auto match = regex->search(text, budget);
  if (!match) {
    require(match.error().fault == Fault::limit && budget.steps == 0);
    return 0;
  }
  if (!*match) return 0;
  const RegexSpan whole = (*match)->whole;
  require(whole.begin <= whole.end && whole.end <= text.size());
  for (const auto& group : (*match)->groups) {
    if (!group) continue;
    require(whole.begin <= group->begin && group->begin <= group->end && group->end <= whole.end);
  }
  return 0;
}
