// Static text cannot cross a process boundary as a pointer.  Here the receiver keeps one copy of
// each text it was sent; the sender's texts are few, and no more than a bound are kept.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace ike::privsep {

inline constexpr size_t kTextsMax = 1'024;
inline constexpr size_t kTextSizeMax = 256;

class TextTable {
 public:
  // Valid as long as the table.  A text beyond the bounds becomes a general one.
  std::string_view keep(std::string_view text);
  size_t size() const { return texts_.size(); }

 private:
  std::set<std::string, std::less<>> texts_;  // nodes stay where they are
};

}  // namespace ike::privsep
