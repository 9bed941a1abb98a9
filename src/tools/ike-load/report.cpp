#include "tools/ike-load/report.h"

#include <fmt/core.h>

#include "control/json.h"

namespace ike::load {

namespace {

double seconds_of(Duration d) { return std::chrono::duration<double>(d).count(); }
double us_of(Duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

double per_second(const Span& span) {
  return span.wall > Duration{} ? static_cast<double>(span.handshakes) / seconds_of(span.wall) : 0;
}
double us_each(Duration d, const Span& span) {
  return span.handshakes == 0 ? 0 : us_of(d) / static_cast<double>(span.handshakes);
}

double percentile_us(const Outcome& outcome, unsigned percent) {
  if (outcome.latencies.empty()) return 0;
  return us_of(outcome.latencies[(outcome.latencies.size() - 1) * percent / 100]);
}

int64_t octets_per_sa(const Outcome& outcome) {
  if (outcome.established == 0) return 0;
  return (static_cast<int64_t>(outcome.memory_after) -
          static_cast<int64_t>(outcome.memory_before)) /
         static_cast<int64_t>(outcome.established);
}

std::string line(const char* title, const Span& span) {
  return fmt::format("{}: {} handshakes, {:.0f}/s, CPU each: responder {:.1f} us, ours {:.1f} us\n",
                     title, span.handshakes, per_second(span), us_each(span.responder_cpu, span),
                     us_each(span.own_cpu, span));
}

void add(control::Json& json, const char* name, const Span& span) {
  const auto number = [](double d) { return static_cast<int64_t>(d + 0.5); };
  json.key(name).open_object();
  json.field("handshakes", span.handshakes);
  json.field("per_second", number(per_second(span)));
  json.field("responder_cpu_ns_each", number(us_each(span.responder_cpu, span) * 1000));
  json.field("own_cpu_ns_each", number(us_each(span.own_cpu, span) * 1000));
  json.close_object();
}

}  // namespace

std::string text_of(const Outcome& outcome) {
  std::string text =
      fmt::format("established {} of {}, {} requests sent again\n", outcome.established,
                  outcome.all.handshakes, outcome.retransmissions);
  text += line("all", outcome.all) + line("first", outcome.first) + line("last", outcome.last);
  text += fmt::format("latency: p50 {:.0f} us, p90 {:.0f} us, p99 {:.0f} us, max {:.0f} us\n",
                      percentile_us(outcome, 50), percentile_us(outcome, 90),
                      percentile_us(outcome, 99), percentile_us(outcome, 100));
  if (outcome.memory_after != 0) {
    text += fmt::format("responder memory: {} KiB before, {} KiB after, {} octets an SA\n",
                        outcome.memory_before / 1024, outcome.memory_after / 1024,
                        octets_per_sa(outcome));
  }
  for (const auto& [cause, times] : outcome.failures) {
    text += fmt::format("failed: {} times: {}\n", times, cause);
  }
  return text;
}

std::string json_of(const Outcome& outcome) {
  control::Json json;
  json.open_object();
  json.field("established", outcome.established);
  json.field("retransmissions", outcome.retransmissions);
  add(json, "all", outcome.all);
  add(json, "first", outcome.first);
  add(json, "last", outcome.last);
  for (const unsigned percent : {50U, 90U, 99U, 100U}) {
    json.field(fmt::format("p{}_us", percent),
               static_cast<int64_t>(percentile_us(outcome, percent)));
  }
  json.field("memory_before", outcome.memory_before);
  json.field("memory_after", outcome.memory_after);
  json.field("octets_per_sa", octets_per_sa(outcome));
  json.key("failures").open_object();
  for (const auto& [cause, times] : outcome.failures) json.field(cause, times);
  json.close_object().close_object();
  return json.text() + "\n";
}

namespace {

double us_a_reply(const FloodOutcome& outcome) {
  const uint64_t replies = outcome.cookies + outcome.other_replies;
  return replies == 0 ? 0 : us_of(outcome.responder_cpu) / static_cast<double>(replies);
}
double per_second(const FloodOutcome& outcome) {
  return static_cast<double>(outcome.sent) / seconds_of(outcome.wall);
}
double core_percent(Duration cpu, const FloodOutcome& outcome) {
  return 100 * seconds_of(cpu) / seconds_of(outcome.wall);
}

}  // namespace

std::string text_of(const FloodOutcome& outcome) {
  return fmt::format(
      "sent {} in {:.1f} s, {:.0f}/s; {} cookie replies, {} others\n"
      "responder: CPU {:.2f} us a reply, {:.0f} % of a core, memory {} KiB before, {} KiB after\n"
      "ours: {:.0f} % of a core\n",
      outcome.sent, seconds_of(outcome.wall), per_second(outcome), outcome.cookies,
      outcome.other_replies, us_a_reply(outcome), core_percent(outcome.responder_cpu, outcome),
      outcome.memory_before / 1024, outcome.memory_after / 1024,
      core_percent(outcome.own_cpu, outcome));
}

std::string json_of(const FloodOutcome& outcome) {
  control::Json json;
  json.open_object();
  json.field("sent", outcome.sent);
  json.field("per_second", static_cast<int64_t>(per_second(outcome) + 0.5));
  json.field("cookies", outcome.cookies);
  json.field("other_replies", outcome.other_replies);
  json.field("responder_cpu_ns_a_reply", static_cast<int64_t>(us_a_reply(outcome) * 1000));
  json.field("own_cpu_ns_each",
             static_cast<int64_t>(outcome.sent == 0 ? 0
                                                    : us_of(outcome.own_cpu) * 1000 /
                                                          static_cast<double>(outcome.sent)));
  json.field("memory_before", outcome.memory_before);
  json.field("memory_after", outcome.memory_after);
  json.close_object();
  return json.text() + "\n";
}

}  // namespace ike::load
