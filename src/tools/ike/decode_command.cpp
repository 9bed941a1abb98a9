#include "tools/ike/decode_command.h"

#include "tools/ike/capture_file.h"
#include "tools/ike/decoder.h"
#include "tools/ike/render.h"

namespace ike::tools {

namespace {

// Calls `each` for every message of a capture; why that ended early, if it did.
template <typename Each>
Result<void> for_each_message(Bytes file, Decoder& decoder, Each each) {
  IKE_TRY(CaptureFile capture, CaptureFile::open(file));
  while (true) {
    IKE_TRY(const auto frame, capture.next());
    if (!frame) return {};
    if (const auto message = decoder.decode(*frame)) each(*message);
  }
}

}  // namespace

DecodeSummary decode_file(Bytes file, const DecodeOptions& options, const Opener* opener,
                          const Print& print) {
  Decoder decoder(options.ports, opener);
  DecodeSummary summary;
  JsonRenderer json(options.capture);
  if (options.json) print(json.head());
  uint64_t first_time_us = 0;
  const auto show = [&](const DecodedMessage& message) {
    if (summary.messages++ == 0) first_time_us = message.time_us;
    if (!message.well_formed()) ++summary.malformed;
    print(options.json ? json.render(message) : render_text(message, first_time_us));
  };
  if (options.raw_message) {
    show(decoder.decode_message(file));
  } else {
    summary.end = for_each_message(file, decoder, show);
  }
  if (options.json) print(json.finish());
  return summary;
}

}  // namespace ike::tools
