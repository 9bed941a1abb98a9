// Kind, then body; what is taken must write back to the same octets, and can be shown.
#include "base/assert.h"
#include "control/render.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  if (size == 0) return 0;
  const Bytes body(data + 1, size - 1);
  const auto reply = control::reply_of({data[0], body});
  if (!reply) return 0;
  Blob again;
  control::append(again, *reply);
  Blob expected;
  control::append_frame(expected, data[0], body);
  IKE_ASSERT(again == expected);
  if (const auto* report = std::get_if<control::Report>(&*reply)) {
    control::show_sas_text(report->sas);
    control::show_sas_json(report->sas);
    control::show_stats_text(report->counters, true);
  }
  if (const auto* event = std::get_if<control::EventRecord>(&*reply)) {
    control::event_text(*event);
    control::event_json(*event);
  }
  return 0;
}
