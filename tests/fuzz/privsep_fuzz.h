// What every receiver at a process boundary is fuzzed with.
#pragma once

#include <cstdlib>

#include "privsep/channel.h"

namespace ike::privsep {

// Whatever decodes, is of a permitted kind and says the same after another crossing.
template <typename Message>
void fuzz_message(Bytes octets, Kinds permitted) {
  TextTable texts;
  const auto first = decode_permitted<Message>(octets, texts, permitted);
  if (!first) return;
  if constexpr (requires { first->index(); }) {
    if (!permitted.has(first->index())) std::abort();
  }
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
void fuzz_datagram(Bytes datagram, Kinds permitted) {
  Deframer deframer;
  static_cast<void>(deframer.feed(datagram, [&](Bytes message) -> Result<void> {
    fuzz_message<Message>(message, permitted);
    return {};
  }));
}

}  // namespace ike::privsep

// `...`: the sets of kinds that the receiver's senders may send.
#define IKE_FUZZ_RECEIVER(Message, ...)                                     \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { \
    const ike::Bytes octets(data, size);                                    \
    using namespace ike::privsep;                                           \
    for (const Kinds permitted : {__VA_ARGS__}) {                           \
      fuzz_message<Message>(octets, permitted);                             \
      fuzz_datagram<Message>(octets, permitted);                            \
    }                                                                       \
    return 0;                                                               \
  }
