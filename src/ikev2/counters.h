// What is counted, by name.  The names are stable: scripts read them.
#pragma once

#include <cstdint>

namespace ike::v2 {

#define IKE_COUNTERS(X)          \
  X(ike_sas_created)             \
  X(ike_sas_established)         \
  X(ike_sas_established_current) \
  X(ike_sas_failed)              \
  X(proposals_failed)            \
  X(ike_sas_rekeyed)             \
  X(ike_sas_removed)             \
  X(child_sas_created)           \
  X(child_sas_removed)           \
  X(messages_sent)               \
  X(messages_send_failed)        \
  X(messages_received)           \
  X(messages_dropped)            \
  X(requests_dropped_busy)       \
  X(responses_retransmitted)     \
  X(requests_retransmitted)      \
  X(requests_timed_out)          \
  X(fragments_sent)              \
  X(fragments_send_failed)       \
  X(fragments_received)          \
  X(fragments_dropped)           \
  X(fragments_reassembled)       \
  X(fragments_reassembly_failed) \
  X(update_addresses_sent)       \
  X(dpd_requests_sent)           \
  X(keepalives_sent)             \
  X(half_open_current)           \
  X(cookies_demanded)            \
  X(dropped_unknown_spi)         \
  X(dropped_malformed)           \
  X(dropped_no_policy)           \
  X(dropped_overload)            \
  X(dropped_authentication)      \
  X(dropped_out_of_window)       \
  X(acquires)                    \
  X(acquires_ignored)            \
  X(acquires_dropped)

struct Counters {
#define IKE_COUNTER(name) uint64_t name = 0;
  IKE_COUNTERS(IKE_COUNTER)
#undef IKE_COUNTER
};

}  // namespace ike::v2
