// Drops what arrives in the clear although a flow protects it.  RFC 4301 section 5.2.
//
// Such packets never come by our process, so the kernel has to drop them: by XFRM policies without
// ESP, which most kernels have that lack the kernel's own ESP.  What comes out of our TUN device is
// exempt from policies, as are our own sockets.
#pragma once

#include <map>

#include "kernel/xfrm/policy_book.h"

namespace ike::kernel {

class ClearGuard {
 public:
  // `xfrm`: a NETLINK_XFRM descriptor, borrowed; -1: the kernel has no policies, nothing is
  // guarded.  `exempt`: no policy applies to IPv4 packets out of the TUN device, else nothing would
  // come out of a tunnel.  Linux cannot be told that of IPv6 packets, so they are not guarded.
  ClearGuard(int xfrm, bool exempt);
  ~ClearGuard();
  ClearGuard(const ClearGuard&) = delete;
  ClearGuard& operator=(const ClearGuard&) = delete;

  bool guards(Family family) const { return xfrm_ >= 0 && family == Family::ipv4; }
  // 0 or an errno; nothing is changed then.  Selectors that the kernel cannot express stay
  // unguarded.
  int add(const model::FlowSpec& flow);
  void remove(const model::FlowSpec& flow);

 private:
  void admit_signalling();
  int send(const std::vector<Blob>& messages);

  int xfrm_;
  bool signalling_ = false;                   // ICMP was let through
  std::map<AddressRange, unsigned> at_home_;  // local sides within which everything may talk
  xfrm::PolicyBook book_{xfrm::PolicyBook::Use::barrier};
};

}  // namespace ike::kernel
