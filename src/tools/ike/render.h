// Decoded messages as text and as JSON.
#pragma once

#include <string>

#include "tools/ike/decoder.h"

namespace ike::tools {

// A line, then a tree; `first_time_us` is that of the first frame, from which times are counted.
std::string render_text(const DecodedMessage& message, uint64_t first_time_us);

// {"capture": ..., "messages": [...]} in the form that ike(1) describes, message by message.
class JsonRenderer {
 public:
  explicit JsonRenderer(std::string_view capture);
  // What to print before the message's own text is part of it.
  std::string render(const DecodedMessage& message);
  std::string finish();
  const std::string& head() const { return head_; }

 private:
  std::string head_;
  bool is_first_ = true;
};

}  // namespace ike::tools
