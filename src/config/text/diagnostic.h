// Messages to the administrator about a configuration, each with the place it is about.
#pragma once

#include <string>
#include <vector>

#include "config/text/source.h"

namespace ike::config {

enum class Severity : uint8_t { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  std::string file;
  unsigned line = 0;  // 0 = the file as a whole
  unsigned column = 0;
  std::string message;
  Excerpt excerpt;  // empty when the message before was about the same place

  // FILE:LINE:COL: message, then the line and a caret below the place; no newline at the end.
  std::string text() const;
};

inline constexpr size_t kDiagnosticsMax = 100;  // a file of noise must not fill the log

// Collects while a configuration is read.  Texts are made at the end, when all secrets are known.
class Diagnostics {
 public:
  explicit Diagnostics(const Sources& sources) : sources_(sources) {}

  void error(const Position& at, std::string message);
  void warning(const Position& at, std::string message);
  bool has_errors() const { return has_errors_; }
  std::vector<Diagnostic> finish() const;

 private:
  struct Entry {
    Severity severity;
    Position at;
    std::string message;
  };
  void add(Severity severity, const Position& at, std::string message);

  const Sources& sources_;
  std::vector<Entry> entries_;
  size_t suppressed_ = 0;
  bool has_errors_ = false;
};

}  // namespace ike::config
