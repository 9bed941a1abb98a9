// Requests over a netlink descriptor and their acknowledgements.  The kernel answers requests
// before send() returns, so a non-blocking descriptor needs no waiting.
#pragma once

#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

struct nlmsghdr;

namespace ike::kernel {

using NetlinkTaker = std::function<void(const nlmsghdr&)>;

// Sends `request`, one or more messages that all ask for an acknowledgement (or a dump), and gives
// every message of the answers that is no acknowledgement to `take`.  Returns 0, or the errno of
// the first refusal; `errors`, where given, gets the errno of each message, 0 for those that the
// kernel obeyed, ETIMEDOUT for those it did not answer.
int netlink_talk(int fd, Bytes request, const NetlinkTaker& take = {},
                 std::vector<int>* errors = nullptr);

// A NETLINK socket of the protocol, non-blocking, joined to the groups of the mask; -1 and errno on
// failure.
int open_netlink(int protocol, uint32_t groups);

}  // namespace ike::kernel
