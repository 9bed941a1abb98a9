// What every receiver at a process boundary is fuzzed with.
#pragma once

#include <cstdlib>

#include "privsep/channel.h"

namespace ike::privsep {

// Whatever decodes, says the same after another crossing.
template <typename Message>
void fuzz_message(Bytes octets) {
  TextTable texts;
  const auto first = decode<Message>(octets, texts);
  if (!first) return;
  Blob sent;
  encode(*first, sent);
  const auto second = decode<Message>(sent, texts);
  if (!second) std::abort();
  Blob again;
  encode(*second, again);
  if (sent != again) std::abort();
}

// The same behind the framing of a channel.
template <typename Message>
void fuzz_datagram(Bytes datagram) {
  Deframer deframer;
  static_cast<void>(deframer.feed(datagram, [](Bytes message) -> Result<void> {
    fuzz_message<Message>(message);
    return {};
  }));
}

}  // namespace ike::privsep

#define IKE_FUZZ_RECEIVER(Message)                                          \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { \
    const ike::Bytes octets(data, size);                                    \
    ike::privsep::fuzz_message<ike::privsep::Message>(octets);              \
    ike::privsep::fuzz_datagram<ike::privsep::Message>(octets);             \
    return 0;                                                               \
  }
