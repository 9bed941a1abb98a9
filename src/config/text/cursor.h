// Walks over one text, octet by octet, and knows where it is.
#pragma once

#include <string_view>

#include "config/text/source.h"

namespace ike::config {

class Cursor {
 public:
  // `text` must outlive the cursor.
  Cursor(std::string_view text, uint32_t file) : text_(text), at_{file, 1, 1} {}

  bool at_end() const { return offset_ == text_.size(); }
  // Only when not at_end().
  unsigned char peek() const { return static_cast<unsigned char>(text_[offset_]); }
  unsigned char next() {
    const unsigned char c = peek();
    ++offset_;
    if (c == '\n') {
      ++at_.line;
      at_.column = 1;
    } else {
      ++at_.column;
    }
    return c;
  }
  size_t offset() const { return offset_; }
  const Position& position() const { return at_; }  // of what next() would give

 private:
  std::string_view text_;
  size_t offset_ = 0;
  Position at_;
};

}  // namespace ike::config
