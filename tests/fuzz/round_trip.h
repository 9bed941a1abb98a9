// What every payload has to keep: whatever parses, writes back to as many octets, and what was
// written parses to what writes the same octets again.  (Not always the very octets that came:
// reserved ones are written as zero.)
#pragma once

#include "base/bytes.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::test {

template <typename Payload>
Blob written(const Payload& payload) {
  Blob out;
  wire::Writer w(out);
  payload.write(w);
  return out;
}

// Also true for what does not parse.
template <typename Payload>
bool round_trips(Bytes body) {
  const auto first = Payload::parse(wire::Reader(body));
  if (!first) return true;
  const Blob once = written(*first);
  const auto second = Payload::parse(wire::Reader(once));
  return second && once.size() == body.size() && written(*second) == once;
}

}  // namespace ike::test
