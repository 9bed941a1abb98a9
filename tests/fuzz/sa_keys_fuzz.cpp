// The key file of `ike decode`.
#include "fuzz_input.h"
#include "tools/ike/sa_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  (void)tools::parse_keys(as_text(test::fuzz_input(data, size)), "a.pcap");
  return 0;
}
