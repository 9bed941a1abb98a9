#include "runtime/log.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/printable.h"
#include "runtime/clock.h"

namespace ike::runtime {
namespace {

constexpr int kFacilityDaemon = 3;
constexpr size_t kBatch = 64;       // lines that gather
constexpr size_t kLineMax = 8'000;  // what one datagram to syslog carries safely

// RFC 5424 section 6.2.1.
int syslog_number(events::Severity severity) {
  switch (severity) {
    case events::Severity::debug: return 7;
    case events::Severity::info: return 6;
    case events::Severity::notice: return 5;
    case events::Severity::warning: return 4;
    case events::Severity::error: return 3;
    case events::Severity::critical: return 2;
  }
  return 6;
}

std::string_view name_of(events::Severity severity) {
  constexpr std::array<std::string_view, 6> kNames{"debug",   "info",  "notice",
                                                   "warning", "error", "critical"};
  const auto index = static_cast<size_t>(severity);
  return index < kNames.size() ? kNames[index] : "info";
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = write(fd, text.data(), text.size());
    if (wrote <= 0) return;
    text.remove_prefix(static_cast<size_t>(wrote));
  }
}

// The classic local form: priority, time without year, identity.
std::string syslog_datagram(events::Severity severity, std::string_view ident,
                            std::string_view text) {
  const time_t now = wall_now().seconds;
  tm parts{};
  localtime_r(&now, &parts);
  std::array<char, 32> stamp{};
  strftime(stamp.data(), stamp.size(), "%b %e %H:%M:%S", &parts);
  std::string out = "<" + std::to_string(kFacilityDaemon * 8 + syslog_number(severity)) + ">";
  out += stamp.data();
  out += ' ';
  out += ident;
  out += "[" + std::to_string(getpid()) + "]: ";
  out += text.substr(0, kLineMax);
  return out;
}

void send_to_syslog(int fd, std::vector<std::string>& datagrams) {
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  constexpr std::string_view kPath = "/dev/log";
  memcpy(un.sun_path, kPath.data(), kPath.size());
  std::array<iovec, kBatch> parts{};
  std::array<mmsghdr, kBatch> messages{};
  const size_t count = std::min(datagrams.size(), kBatch);
  for (size_t i = 0; i < count; ++i) {
    parts[i] = {datagrams[i].data(), datagrams[i].size()};
    messages[i].msg_hdr.msg_name = &un;
    messages[i].msg_hdr.msg_namelen = sizeof(un);
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  // Nobody waits for a log daemon that does not read.
  sendmmsg(fd, messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

LogWriter::LogWriter(LogTarget target, std::string ident, kernel::Fd syslog)
    : target_(target), ident_(std::move(ident)), syslog_(std::move(syslog)) {}

void LogWriter::emit(const events::Event& event) {
  const events::Severity severity = events::severity_of(event);
  if (!wants(severity)) return;
  if (target_ == LogTarget::stderr_json) {
    write_line(severity, to_json(event, wall_now().seconds));
  } else {
    line(severity, events::to_text(event));
  }
}

void LogWriter::line(events::Severity severity, std::string_view text) {
  if (target_ == LogTarget::stderr_json) {
    emit(events::Notice{severity, std::string(text)});
    return;
  }
  while (!text.empty()) {
    const size_t end = text.find('\n');
    write_line(severity, printable(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

void LogWriter::write_line(events::Severity severity, std::string_view text) {
  waiting_.push_back(target_ == LogTarget::syslog ? syslog_datagram(severity, ident_, text)
                                                  : std::string(text) + "\n");
  if (waiting_.size() >= kBatch) flush();
}

LogWriter::~LogWriter() { flush(); }

void LogWriter::flush() {
  if (waiting_.empty()) return;
  if (target_ == LogTarget::syslog) {
    send_to_syslog(syslog_.value(), waiting_);
  } else {
    std::string together;
    for (const std::string& line : waiting_) together += line;
    write_all(STDERR_FILENO, together);
  }
  waiting_.clear();
}

kernel::Fd open_syslog() {
  tzset();  // reads its file now, while that is possible
  return kernel::Fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

std::string to_json(const events::Event& event, int64_t unix_seconds) {
  std::string out = "{\"time\":" + std::to_string(unix_seconds) + ",\"event\":";
  append_json_string(out, events::name_of(event));
  out += ",\"severity\":";
  append_json_string(out, name_of(events::severity_of(event)));
  for (const auto& [name, value] : events::fields_of(event)) {
    out += ',';
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
  }
  return out + "}";
}

}  // namespace ike::runtime
