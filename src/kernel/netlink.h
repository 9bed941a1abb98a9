// Requests over a netlink descriptor and their acknowledgements.  The kernel answers requests
// before send() returns, so a non-blocking descriptor needs no waiting.
#pragma once

#include <functional>

#include "base/bytes.h"
#include "base/result.h"

struct nlmsghdr;

namespace ike::kernel {

using NetlinkMessage = std::function<void(const nlmsghdr&)>;

// Sends `request`, one or more messages that all ask for an acknowledgement, and gives every
// message of the answers that is no acknowledgement to `take`.  Returns 0, or the errno of the
// first refusal; `refused_at`, where given, is that message's index in the request.
int netlink_talk(int fd, Bytes request, const NetlinkMessage& take = {},
                 size_t* refused_at = nullptr);

// A NETLINK socket of the protocol, non-blocking, joined to the groups of the mask; -1 and errno on
// failure.
int open_netlink(int protocol, uint32_t groups);

}  // namespace ike::kernel
