// NETLINK_XFRM messages.  Pure: octets in, octets out.  Requests ask for an acknowledgement.
//
// In the kernel our reqids carry kReqIdMark, so that what is ours can be told from what others
// installed.
#pragma once

#include <linux/netlink.h>
#include <linux/xfrm.h>

#include <optional>
#include <variant>

#include "kernel/xfrm/selectors.h"
#include "model/ports.h"

namespace ike::kernel::xfrm {

inline constexpr uint32_t kReqIdMark = 0x49000000;
inline constexpr uint32_t kReqIdMask = 0xff000000;

inline uint32_t to_kernel(ReqId reqid) { return kReqIdMark | (reqid.raw() & ~kReqIdMask); }
inline bool is_ours(uint32_t reqid) { return (reqid & kReqIdMask) == kReqIdMark; }
inline ReqId from_kernel(uint32_t reqid) { return ReqId(reqid & ~kReqIdMask); }

// ---- SAs
// -----------------------------------------------------------------------------------------

enum class Add : uint8_t {
  fresh,     // nothing may be there
  reserved,  // completes what AllocateSpi reserved
};
// Fault::unsupported for algorithms without a kernel name.
Result<Blob> add_sa(const model::SaSpec& sa, Add how);
Blob remove_sa(const model::SaId& id);
Blob query_sa(const model::SaId& id);
Blob list_sas();
Blob allocate_spi(const Address& local, const Address& remote);

struct SaState {
  model::SaId id;
  uint32_t kernel_reqid = 0;
  model::SaCounters counters;
  uint64_t last_used = 0;  // seconds since 1970, 0 = never
  uint64_t added = 0;      // seconds since 1970
};
std::optional<SaState> parse_sa(const nlmsghdr& message);  // also what allocate_spi answers
// The SA of a query_sa answer under new addresses, with its keys and numbers.
std::optional<Blob> moved_sa(const nlmsghdr& message, const model::SaMove& move);
std::optional<Blob> same_sa(const nlmsghdr& message);  // the same where it is

// ---- policies
// ------------------------------------------------------------------------------------

// Out and in; forward in tunnel mode.
bool has_policy(const model::FlowSpec& flow, uint8_t direction);
// The policy of one direction, in place of one that is there.  `outbound` is one of the flow's
// kernel selectors.
Blob put_policy(const model::FlowSpec& flow, const xfrm_selector& outbound, uint8_t direction);
Blob remove_policy(const xfrm_selector& outbound, uint8_t direction);
// The same with a mark that tells whose it is, for flows that have no SAs in the kernel; `number`
// is unique.
Blob put_barrier(const model::FlowSpec& flow, const xfrm_selector& outbound, uint8_t direction,
                 uint32_t number);
std::optional<Blob> removal_of_our_barrier(const nlmsghdr& message);
Blob list_policies();
// The message that removes the listed policy, when it is one of ours.
std::optional<Blob> removal_of_our_policy(const nlmsghdr& message);

// ---- events
// --------------------------------------------------------------------------------------

// Nothing for what is not about us.
std::optional<model::KernelEvent> parse_event(const nlmsghdr& message);

}  // namespace ike::kernel::xfrm
