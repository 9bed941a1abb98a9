// Kind, then body; what is taken must write back to the same octets.
#include "base/assert.h"
#include "control/message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  if (size == 0 || size > control::kRequestFrameMax) return 0;
  const Bytes body(data + 1, size - 1);
  const auto request = control::request_of({data[0], body});
  if (!request) return 0;
  Blob again;
  control::append(again, *request);
  Blob expected;
  control::append_frame(expected, data[0], body);
  IKE_ASSERT(again == expected);
  return 0;
}
