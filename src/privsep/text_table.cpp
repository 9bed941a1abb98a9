#include "privsep/text_table.h"

namespace ike::privsep {

std::string_view TextTable::keep(std::string_view text) {
  if (text.empty()) return {};
  if (const auto found = texts_.find(text); found != texts_.end()) return *found;
  if (texts_.size() >= kTextsMax || text.size() > kTextSizeMax) return "(text not kept)";
  return *texts_.emplace(text).first;
}

}  // namespace ike::privsep
