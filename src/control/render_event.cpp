// Events as lines and as JSON, for ikectl monitor.
#include <fmt/core.h>

#include <chrono>

#include "base/printable.h"
#include "control/json.h"
#include "control/render.h"

namespace ike::control {

namespace {

std::string_view name_of(events::Severity severity) {
  switch (severity) {
    case events::Severity::debug: return "debug";
    case events::Severity::info: return "info";
    case events::Severity::notice: return "notice";
    case events::Severity::warning: return "warning";
    case events::Severity::error: return "error";
    case events::Severity::critical: return "critical";
  }
  return "unknown";
}

std::string time_text(int64_t unix_us) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::microseconds> time{chrono::microseconds(unix_us)};
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

}  // namespace

std::string event_text(const EventRecord& event) {
  std::string text = time_text(event.unix_us) + " " + std::string(name_of(event.severity)) + " ";
  std::string_view rest = event.text;
  while (true) {
    const size_t end = rest.find('\n');
    text += printable(rest.substr(0, end)) + "\n";
    if (end == std::string_view::npos || end + 1 == rest.size()) return text;
    rest.remove_prefix(end + 1);
    text += '\t';
  }
}

std::string event_json(const EventRecord& event) {
  Json json;
  json.open_object()
      .field("time", time_text(event.unix_us))
      .field("severity", name_of(event.severity))
      .field("event", event.name);
  for (const auto& [name, value] : event.fields) json.field(name, value);
  json.close_object();
  return json.text() + "\n";
}

std::string outcome_json(bool ok, const std::string& text) {
  Json json;
  json.open_object().field("ok", ok);
  if (!ok || !text.empty()) json.field(ok ? "remark" : "error", text);
  json.close_object();
  return json.text() + "\n";
}

}  // namespace ike::control
