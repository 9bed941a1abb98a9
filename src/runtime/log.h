// Where log lines go: stderr, syslog, or JSON lines on stderr.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/events.h"
#include "kernel/fd.h"

namespace ike::runtime {

enum class LogTarget : uint8_t { stderr_text, stderr_json, syslog };

// What verbosity lets through: debug from 2 on, as the original does.
constexpr events::Severity least_severity(unsigned verbosity) {
  return verbosity >= 2 ? events::Severity::debug : events::Severity::info;
}

class LogWriter final : public events::Sink {
 public:
  // For syslog: a datagram socket of open_syslog().  `ident` is what lines are found by.
  LogWriter(LogTarget target, std::string ident, kernel::Fd syslog = {});
  ~LogWriter() override;

  void set_verbosity(unsigned verbosity) { least_ = least_severity(verbosity); }
  bool wants(events::Severity severity) const override { return severity >= least_; }
  void emit(const events::Event& event) override;
  void line(events::Severity severity, std::string_view text);
  // Lines gather until then; the destructor does it, too.
  void flush();

 private:
  void write_line(events::Severity severity, std::string_view line);

  LogTarget target_;
  std::string ident_;
  kernel::Fd syslog_;
  events::Severity least_ = events::Severity::info;
  std::vector<std::string> waiting_;  // whole datagrams, or lines with their ends
};

// Not connected: a restarted log daemon is found again, and no rights are needed later.
kernel::Fd open_syslog();

// {"time":..., "event":"...", "severity":"...", fields...} without a line end.
std::string to_json(const events::Event& event, int64_t unix_seconds);

}  // namespace ike::runtime
