// The texts that a configuration is made of, and where in them something stands.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace ike::config {

// One-based; line 0 means the file as a whole.  Columns count octets.
struct Position {
  uint32_t file = 0;  // what Sources::add gave
  uint32_t line = 0;
  uint32_t column = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// Half open range of octets of one file.
struct Span {
  uint32_t file = 0;
  size_t begin = 0;
  size_t end = 0;
};

// One line of a file, fit for a terminal or a log.
struct Excerpt {
  std::string line;
  std::string caret;  // blanks and tabs as in `line`, then "^"
};

// Keeps the texts until the last diagnostic is printed and wipes them then: they hold secrets.
class Sources {
 public:
  Sources() = default;
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;
  ~Sources();

  uint32_t add(std::string name, std::string text);
  const std::string& name(uint32_t file) const { return files_[file].name; }
  std::string_view text(uint32_t file) const { return files_[file].text; }
  size_t count() const { return files_.size(); }
  size_t total_size() const { return total_size_; }

  // Excerpts show "*" for these octets.
  void hide(const Span& secret);
  Excerpt excerpt(const Position& at) const;

 private:
  struct File {
    std::string name;
    std::string text;
    std::vector<Span> hidden;
  };
  std::deque<File> files_;  // texts do not move: views of them are handed out
  size_t total_size_ = 0;
};

}  // namespace ike::config
