// A whole capture file through `ike decode`, as text and as JSON.
#include "base/assert.h"
#include "fuzz_input.h"
#include "tools/ike/decode_command.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  const Bytes file = test::fuzz_input(data, size);
  size_t printed = 0;
  const auto print = [&](std::string_view text) { printed += text.size(); };
  tools::DecodeOptions options{.json = false, .raw_message = false, .ports = {1500}, .capture = {}};
  const auto as_text = tools::decode_file(file, options, nullptr, print);
  IKE_ASSERT(as_text.messages == 0 || printed > 0);
  options.json = true;
  const auto as_json = tools::decode_file(file, options, nullptr, print);
  IKE_ASSERT(as_text.messages == as_json.messages && as_text.malformed == as_json.malformed);
  return 0;
}
