#include "config/text/source.h"

#include <algorithm>

#include "base/printable.h"
#include "base/secret.h"

namespace ike::config {

namespace {

constexpr size_t kExcerptMax = 160;  // octets of a line that are shown, around the caret

// The line's range without its line end; empty behind the last line.
Span line_of(std::string_view text, uint32_t file, uint32_t number) {
  size_t begin = 0;
  for (uint32_t line = 1; line < number; ++line) {
    const size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return {file, text.size(), text.size()};
    begin = end + 1;
  }
  return {file, begin, std::min(text.find('\n', begin), text.size())};
}

// Of the same size, with a "?" for every octet that must not reach a terminal.
std::string shown(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    size_t length = text.front() == '\t' ? 1 : shown_length(text);
    if (length > 0) {
      result += text.substr(0, length);
    } else {
      length = std::max<size_t>(utf8_length(text), 1);
      result.append(length, '?');
    }
    text.remove_prefix(length);
  }
  return result;
}

bool continues_utf8(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

Sources::~Sources() {
  for (auto& file : files_) {
    wipe(MutableBytes(reinterpret_cast<uint8_t*>(file.text.data()), file.text.size()));
  }
}

uint32_t Sources::add(std::string name, std::string text) {
  total_size_ += text.size();
  files_.push_back({std::move(name), std::move(text), {}});
  return static_cast<uint32_t>(files_.size() - 1);
}

void Sources::hide(const Span& secret) {
  if (secret.file < files_.size()) files_[secret.file].hidden.push_back(secret);
}

Excerpt Sources::excerpt(const Position& at) const {
  if (at.line == 0 || at.file >= files_.size()) return {};
  const File& file = files_[at.file];
  const Span line = line_of(file.text, at.file, at.line);
  const size_t caret = std::min(line.begin + at.column - 1, line.end);
  const size_t begin = caret - line.begin > kExcerptMax / 2 ? caret - kExcerptMax / 2 : line.begin;
  const size_t end = std::min(line.end, begin + kExcerptMax);

  std::string text = shown(std::string_view(file.text).substr(begin, end - begin));
  for (const Span& secret : file.hidden) {
    const size_t from = std::max(secret.begin, begin);
    for (size_t i = from; i < std::min(secret.end, end); ++i) text[i - begin] = '*';
  }
  Excerpt excerpt;
  for (size_t i = 0; i < caret - begin && i < text.size(); ++i) {
    if (!continues_utf8(text[i])) excerpt.caret += text[i] == '\t' ? '\t' : ' ';
  }
  excerpt.caret += '^';
  const std::string_view before = begin > line.begin ? "..." : "";
  excerpt.line = std::string(before) + text + (end < line.end ? "..." : "");
  excerpt.caret.insert(0, before.size(), ' ');
  return excerpt;
}

}  // namespace ike::config
