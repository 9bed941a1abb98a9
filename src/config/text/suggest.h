// "Did you mean": the nearest of the words that would have been right.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ike::config {

// Single-letter edits (insert, delete, replace, swap of neighbours) from `a` to `b`, at most 64
// letters each; longer words count as completely different.
size_t edit_distance(std::string_view a, std::string_view b);

// The closest candidate when it is close enough to be a slip of the keyboard, else empty.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// `; did you mean "X"?`, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace ike::config
