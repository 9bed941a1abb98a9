// Secrets that stand in assertions in the clear, and how messages leave them out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ike::keynote {

struct TextRange {
  size_t begin = 0;
  size_t end = 0;
};

// What follows "passphrase:" or "private-" up to the quote that ends it, or up to the end.
std::vector<TextRange> secret_ranges(std::string_view text);

// The text with "..." in their place.
std::string masked(std::string_view text);

}  // namespace ike::keynote
