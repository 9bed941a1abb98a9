#include "keynote/fields.h"

#include <algorithm>
#include <cctype>

namespace ike::keynote {

namespace {

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

bool is_name_octet(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; }

//= RFC 2704 section 4.1: lines that begin with a blank, and comments, continue the field
bool continues(std::string_view line) {
  return line.front() == ' ' || line.front() == '\t' || line.front() == '#';
}

std::string_view from_to(std::string_view text, const char* begin, std::string_view last) {
  const auto offset = static_cast<size_t>(begin - text.data());
  const auto end = static_cast<size_t>(last.data() - text.data()) + last.size();
  return text.substr(offset, end - offset);
}

}  // namespace

std::optional<Splitter::Line> Splitter::peek() const {
  if (offset_ == text_.size()) return std::nullopt;
  const size_t end = text_.find('\n', offset_);
  const size_t size = end == std::string_view::npos ? text_.size() - offset_ : end + 1 - offset_;
  return Line{text_.substr(offset_, size), offset_, line_};
}

void Splitter::take(const Line& line) {
  offset_ = line.offset + line.text.size();
  ++line_;
}

void Splitter::start_field(Block& block, const Line& line) {
  const size_t colon = line.text.find(':');
  const auto name = line.text.substr(0, std::min(colon, line.text.size()));
  if (colon == std::string_view::npos || name.empty() ||
      !std::ranges::all_of(name, is_name_octet)) {
    notes_.error({line.number, 1},
                 "expected a field name with a colon, or a blank before what continues a field");
    block.sound = false;
    // What follows is not taken for a part of the field before.
    block.fields.push_back({{}, line.text, {line.number, 1}, {line.number, 1}});
    return;
  }
  block.fields.push_back({name,
                          line.text.substr(colon + 1),
                          {line.number, 1},
                          {line.number, static_cast<uint32_t>(colon + 2)}});
}

std::optional<Block> Splitter::next() {
  auto line = peek();
  while (line && (is_blank(line->text) || line->text.front() == '#')) {
    take(*line);
    line = peek();
  }
  if (!line) return std::nullopt;
  Block block;
  block.at = {line->number, 1};
  const char* const begin = line->text.data();
  if (continues(line->text)) {
    notes_.error({line->number, 1}, "this line continues no field: a field starts in column 1");
    block.sound = false;
    block.fields.push_back({{}, line->text, block.at, block.at});
    take(*line);
    line = peek();
  }
  std::string_view last = text_.substr(static_cast<size_t>(begin - text_.data()), 0);
  while (line && !is_blank(line->text)) {
    if (!continues(line->text)) {
      start_field(block, *line);
    } else {
      Field& field = block.fields.back();
      field.body = from_to(text_, field.body.data(), line->text);
    }
    last = line->text;
    take(*line);
    line = peek();
  }
  block.text = from_to(text_, begin, last);
  if (block.text.size() > limits::kAssertionMax) {
    notes_.error(block.at, "the assertion is larger than " + std::to_string(limits::kAssertionMax) +
                               " octets");
    block.sound = false;
  }
  return block;
}

}  // namespace ike::keynote
