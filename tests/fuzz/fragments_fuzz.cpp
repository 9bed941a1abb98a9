// Feeds fragments in any order; what comes out complete is what went in, and the bounds hold.
#include <algorithm>
#include <cstdlib>

#include "ike/fragments.h"
#include "wire/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  proto::Reassembly reassembly;
  wire::Reader r(Bytes(data, size));
  while (r.more()) {
    proto::Fragment f;
    const uint8_t flags = r.u8();
    f.response = (flags & 1) != 0;
    f.message_id = MessageId(flags >> 6);
    f.number = r.u8();
    f.total = r.u8();
    f.first_inner = f.number == 1 ? PayloadType::sa : PayloadType::none;
    const size_t length = size_t{r.u8()} << ((flags >> 1) & 7);
    f.plaintext.assign(length, static_cast<uint8_t>(f.number));
    if (reassembly.add(std::move(f)) == proto::Reassembly::Outcome::complete) {
      const proto::Reassembled whole = reassembly.take();
      if (whole.first != PayloadType::sa || whole.chain.size() > limits::kMessageMax) std::abort();
      if (!std::ranges::is_sorted(whole.chain)) std::abort();
    }
    if (reassembly.held() > 2 * limits::kMessageMax) std::abort();
  }
  return 0;
}
