// Messages about the text of an assertion, each with the place it is about.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "keynote/limits.h"

namespace ike::keynote {

// One-based, in the text that was given; columns count octets.
struct Place {
  uint32_t line = 1;
  uint32_t column = 1;

  friend bool operator==(const Place&, const Place&) = default;
};

enum class Severity : uint8_t { error, warning };

struct Note {
  Severity severity = Severity::error;
  Place at;
  std::string message;
};

// Collects while a text is read; a text of noise must not fill the memory.
class Notes {
 public:
  void error(Place at, std::string message) { add(Severity::error, at, std::move(message)); }
  void warning(Place at, std::string message) { add(Severity::warning, at, std::move(message)); }
  const std::vector<Note>& all() const { return notes_; }
  size_t errors() const { return errors_; }  // also those that were not kept

 private:
  void add(Severity severity, Place at, std::string message) {
    if (severity == Severity::error) ++errors_;
    if (notes_.size() < limits::kTrustNotesMax) {
      notes_.push_back({severity, at, std::move(message)});
    }
  }

  std::vector<Note> notes_;
  size_t errors_ = 0;
};

}  // namespace ike::keynote
