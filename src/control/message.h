// What ikectl asks and what it is told, as octets and as values.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/events.h"
#include "control/frame.h"
#include "model/ports.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::control {

using EngineCommand = decltype(model::ControlRequest::command);

struct Reload {};
struct Load {
  std::string path;  // absolute; opened by the daemon
};
struct SetVerbosity {
  bool verbose = false;
};
// From now on every event, until the client hangs up.
struct Monitor {};
using Request = std::variant<EngineCommand, Reload, Load, SetVerbosity, Monitor>;

// An event with its time, readable without the types of events.h.
struct EventRecord {
  int64_t unix_us = 0;
  events::Severity severity = events::Severity::info;
  std::string name;
  std::string text;  // as in the log
  std::vector<std::pair<std::string, std::string>> fields;

  friend bool operator==(const EventRecord&, const EventRecord&) = default;
};
EventRecord record_of(const events::Event& event, int64_t unix_us);

// A part of an answer; more may follow.
struct Report {
  std::vector<model::IkeSaReport> sas;
  std::vector<model::Counter> counters;
};
// The end of every answer.
struct Done {
  bool succeeded = true;
  std::string text;  // why it failed, or what the operator should know
};
using Reply = std::variant<Report, Done, EventRecord>;

// Append one frame.
void append(Blob& to, const Request& request);
void append(Blob& to, const Reply& reply);
Result<Request> request_of(const Frame& frame);
Result<Reply> reply_of(const Frame& frame);

// The bodies on their own.  The readers latch what is wrong in the Reader.
void write(wire::Writer& w, const EngineCommand& command);
void write(wire::Writer& w, const model::IkeSaReport& sa);
void write(wire::Writer& w, const EventRecord& event);
EngineCommand read_engine_command(wire::Reader& r);
model::IkeSaReport read_ike_sa_report(wire::Reader& r);
EventRecord read_event_record(wire::Reader& r);

}  // namespace ike::control
