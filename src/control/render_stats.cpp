// The text and the JSON of show stats.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "control/json.h"
#include "control/render.h"

namespace ike::control {

namespace {

struct Row {
  std::string_view name;  // of the counter
  std::string_view one, many;
};

// The order and the words of the original.
constexpr std::array kRows{
    Row{"ike_sas_created", "IKE SA created", "IKE SAs created"},
    Row{"ike_sas_established", "IKE SA established", "IKE SAs established"},
    Row{"ike_sas_established_current", "IKE SA currently established",
        "IKE SAs currently established"},
    Row{"ike_sas_failed", "IKE SA failed to establish", "IKE SAs failed to establish"},
    Row{"proposals_failed", "failed proposal negotiation", "failed proposal negotiations"},
    Row{"ike_sas_rekeyed", "IKE SA rekeyed", "IKE SAs rekeyed"},
    Row{"ike_sas_removed", "IKE SA removed", "IKE SAs removed"},
    Row{"child_sas_created", "Child SA created", "Child SAs created"},
    Row{"child_sas_removed", "Child SA removed", "Child SAs removed"},
    Row{"messages_sent", "message sent", "messages sent"},
    Row{"messages_send_failed", "message could not be sent", "messages could not be sent"},
    Row{"messages_received", "message received", "messages received"},
    Row{"messages_dropped", "message dropped", "messages dropped"},
    Row{"requests_dropped_busy", "request dropped, response being worked on",
        "requests dropped, response being worked on"},
    Row{"responses_retransmitted", "response retransmitted", "responses retransmitted"},
    Row{"requests_retransmitted", "request retransmitted", "requests retransmitted"},
    Row{"requests_timed_out", "request timed out", "requests timed out"},
    Row{"fragments_sent", "fragment sent", "fragments sent"},
    Row{"fragments_send_failed", "fragment could not be sent", "fragments could not be sent"},
    Row{"fragments_received", "fragment received", "fragments received"},
    Row{"fragments_dropped", "fragment dropped", "fragments dropped"},
    Row{"fragments_reassembled", "fragment reassembled", "fragments reassembled"},
    Row{"fragments_reassembly_failed", "fragment could not be reassembled",
        "fragments could not be reassembled"},
    Row{"update_addresses_sent", "update addresses request sent", "update addresses requests sent"},
    Row{"dpd_requests_sent", "dpd request sent", "dpd requests sent"},
    Row{"keepalives_sent", "keepalive message sent", "keepalive messages sent"},
};

bool has_row(const std::string& name) {
  return std::ranges::any_of(kRows, [&](const Row& row) { return row.name == name; });
}

}  // namespace

std::string show_stats_text(const std::vector<model::Counter>& counters, bool quiet) {
  std::string text = "ike:\n";
  const auto line = [&](uint64_t value, std::string_view words) {
    if (value != 0 || !quiet) text += fmt::format("\t{} {}\n", value, words);
  };
  for (const Row& row : kRows) {
    const auto found = std::ranges::find(counters, row.name, &model::Counter::name);
    const uint64_t value = found == counters.end() ? 0 : found->value;
    line(value, value == 1 ? row.one : row.many);
  }
  // What the original does not count comes after it, under its own name.
  for (const model::Counter& counter : counters) {
    if (has_row(counter.name)) continue;
    std::string words = counter.name;
    std::ranges::replace(words, '_', ' ');
    line(counter.value, words);
  }
  return text;
}

std::string show_stats_json(const std::vector<model::Counter>& counters) {
  Json json;
  json.open_object();
  for (const model::Counter& counter : counters) json.field(counter.name, counter.value);
  json.close_object();
  return json.text() + "\n";
}

}  // namespace ike::control
