// A client's whole stream, in pieces as the first octet says, into the daemon's end.
#include "base/assert.h"
#include "control/server.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  if (size == 0) return 0;
  control::Server server;
  const control::ClientId client = *server.connect();
  const size_t piece = size_t{data[0]} + 1;
  Bytes stream(data + 1, size - 1);
  while (!stream.empty()) {
    const Bytes part = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(part.size());
    if (const auto forward = server.receive(client, part)) server.finish(forward->ticket, {});
  }
  IKE_ASSERT(server.output(client).size() <= 64 * size + 1024);
  return 0;
}
