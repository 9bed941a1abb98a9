// A working SA: its keys, where it is, and how much of it is used.
#pragma once

#include <optional>

#include "base/time.h"
#include "esp/packet.h"
#include "esp/replay.h"
#include "model/sa_spec.h"

namespace ike::esp {

// Where sealed packets go: the outer addresses, and the ports when they travel in UDP.
struct OuterPath {
  Address source;
  Address destination;
  std::optional<model::Encapsulation> encapsulation;

  friend bool operator==(const OuterPath&, const OuterPath&) = default;
};

struct Sa {
  Sa(const model::SaSpec& spec, PacketCodec with, Instant now);

  model::SaId id;
  model::Direction direction;
  ReqId reqid;
  model::Mode mode;
  bool extended;
  OuterPath path;
  std::vector<model::SelectorPair> selectors;
  PacketCodec codec;
  ReplayWindow replay;     // inbound
  uint64_t sequence = 0;   // outbound: the last one used
  uint64_t sequence_soft;  // from here on a successor is asked for
  uint64_t sequence_max;   // never wraps (RFC 4303 section 3.3.3)

  uint64_t bytes = 0;
  uint64_t packets = 0;
  uint64_t replayed = 0;
  uint64_t failed = 0;
  std::optional<Instant> last_used;
  std::optional<Instant> soft_at;
  std::optional<Instant> hard_at;
  uint64_t soft_bytes;  // the largest number when there is no limit
  uint64_t hard_bytes;
  bool soft_told = false;
  bool due = false;      // in the pipeline's list of SAs that met a limit
  Endpoint told_source;  // the last mapping change that was reported
  size_t inner_mtu = 0;  // as of the pipeline's knowledge of paths with this number
  uint64_t inner_mtu_of = 0;

  void account(Instant now, size_t octets) {
    bytes += octets;
    ++packets;
    last_used = now;
  }
  bool met_a_limit() const {
    return bytes >= soft_bytes || bytes >= hard_bytes || sequence >= sequence_soft;
  }
  bool exhausted() const { return bytes >= hard_bytes || sequence >= sequence_max; }
};

}  // namespace ike::esp
