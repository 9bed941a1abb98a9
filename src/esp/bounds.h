// Every bound of the userspace data plane in one place, each with its reason.  Tests reach each.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace ike::esp {

// What a pipeline may hold.  A value, so that tests reach the bounds with few packets.
struct Bounds {
  // Four SAs for each IKE SA that the engine may hold: two Child SAs, two directions.
  size_t sas = 4 * limits::kIkeSasMax;
  size_t flows = 2 * limits::kIkeSasMax;
  size_t held_per_flow = limits::kPacketsHeldPerFlowMax;
  size_t held_octets_per_flow = 256 * 1024;  // four superframes
  size_t held = 4096;                        // packets, over all flows: 256 MiB of superframes
  size_t path_mtus = 4096;                   // addresses; with more all are learnt anew
  // RFC 4443 section 2.4 (f) demands a bound for ICMP errors, in number and in time.
  uint32_t answers_per_second = 100;
  uint32_t answers_at_once = 50;
};

// Memory of one batch.  A superframe and its overhead fit behind the mark for flushing.
inline constexpr size_t kBatchMemory = 512 * 1024;
inline constexpr size_t kBatchFlushAt = kBatchMemory - 192 * 1024;
inline constexpr size_t kBatchAnswersMax = 64;   // ICMP errors; no batch has more packets read
inline constexpr size_t kRunPacketsMax = 64;     // what Linux takes in one UDP_SEGMENT send
inline constexpr size_t kRunOctetsMax = 65'000;  // and the datagram's own limit

// Superframes put together for the inside.
inline constexpr size_t kSuperframeMax = 65'535;
inline constexpr size_t kSuperframePiecesMax = 120;  // a writev takes few hundred pieces only
inline constexpr size_t kSuperframesOpenMax = 8;     // flows that grow at the same time

// Flows whose rule and SA are remembered, and first fragments whose ports are.
inline constexpr size_t kFlowCacheSize = 1024;
inline constexpr size_t kFragmentsRemembered = 256;

}  // namespace ike::esp
