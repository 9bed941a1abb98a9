#include "config/text/diagnostic.h"

#include <utility>

#include "base/printable.h"

namespace ike::config {

std::string Diagnostic::text() const {
  std::string text = printable(file);
  if (line > 0) text += ":" + std::to_string(line) + ":" + std::to_string(column);
  text += severity == Severity::warning ? ": warning: " : ": ";
  text += printable(message);
  if (!excerpt.caret.empty()) text += "\n    " + excerpt.line + "\n    " + excerpt.caret;
  return text;
}

void Diagnostics::error(const Position& at, std::string message) {
  has_errors_ = true;
  add(Severity::error, at, std::move(message));
}

void Diagnostics::warning(const Position& at, std::string message) {
  add(Severity::warning, at, std::move(message));
}

void Diagnostics::add(Severity severity, const Position& at, std::string message) {
  if (entries_.size() >= kDiagnosticsMax) {
    ++suppressed_;
    return;
  }
  entries_.push_back({severity, at, std::move(message)});
}

std::vector<Diagnostic> Diagnostics::finish() const {
  std::vector<Diagnostic> diagnostics;
  const Entry* before = nullptr;
  for (const Entry& entry : entries_) {
    const bool known_file = entry.at.file < sources_.count();
    Diagnostic d{entry.severity, known_file ? sources_.name(entry.at.file) : std::string(),
                 entry.at.line,  entry.at.column,
                 entry.message,  {}};
    if (before == nullptr || before->at != entry.at) d.excerpt = sources_.excerpt(entry.at);
    diagnostics.push_back(std::move(d));
    before = &entry;
  }
  if (suppressed_ > 0) {
    Diagnostic last{has_errors_ ? Severity::error : Severity::warning,
                    diagnostics.back().file,
                    0,
                    0,
                    std::to_string(suppressed_) + " more messages are not shown",
                    {}};
    diagnostics.push_back(std::move(last));
  }
  return diagnostics;
}

}  // namespace ike::config
