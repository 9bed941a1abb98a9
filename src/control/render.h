// Answers and events as people and scripts see them.
#pragma once

#include <string>
#include <vector>

#include "control/message.h"

namespace ike::control {

// Engines answer in any order; listings are sorted by SPI.
void sort_by_spi(std::vector<model::IkeSaReport>& sas);

// The lines of `ikectl show sa`; empty when there is no SA.  Tokens like 0x1f2e3d4c5b6a join lines
// of one listing and mean nothing else.
std::string show_sas_text(const std::vector<model::IkeSaReport>& sas);
std::string show_sas_json(const std::vector<model::IkeSaReport>& sas);

// What became of a command that shows nothing, or of any that failed: {"ok": true, "remark":
// "..."},
// {"ok": false, "error": "..."}.
std::string outcome_json(bool ok, const std::string& text);

// `ikectl show stats`; `quiet` leaves zeros out.
std::string show_stats_text(const std::vector<model::Counter>& counters, bool quiet);
std::string show_stats_json(const std::vector<model::Counter>& counters);

// `ikectl monitor`: a line with the UTC time, lines of explanation indented; or one JSON object.
std::string event_text(const EventRecord& event);
std::string event_json(const EventRecord& event);

}  // namespace ike::control
