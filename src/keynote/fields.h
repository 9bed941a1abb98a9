// Cuts a text into assertions and these into fields, before anybody looks into a field.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "keynote/note.h"

namespace ike::keynote {

// Aliases the text.
struct Field {
  std::string_view name;  // as written, without the colon
  std::string_view body;  // up to the next field: with line ends and comments
  Place at;
  Place body_at;
};

// One assertion.  Aliases the text.
struct Block {
  std::string_view text;  // from the first field's name to the end of the last line
  std::vector<Field> fields;
  Place at;
  bool sound = true;  // every line belongs to a field
};

class Splitter {
 public:
  // Both must outlive the splitter.
  Splitter(std::string_view text, Notes& notes) : text_(text), notes_(notes) {}

  // Nothing when there is no further assertion.
  std::optional<Block> next();

 private:
  struct Line {
    std::string_view text;  // with its end
    size_t offset = 0;
    uint32_t number = 1;
  };
  std::optional<Line> peek() const;
  void take(const Line& line);
  void start_field(Block& block, const Line& line);

  std::string_view text_;
  Notes& notes_;
  size_t offset_ = 0;
  uint32_t line_ = 1;
};

}  // namespace ike::keynote
