#include "kernel/rtnetlink/find.h"

#include "kernel/netlink.h"

namespace ike::kernel::rtnetlink {

std::optional<FoundRoute> ask(int netlink, const Address& remote, uint32_t mark) {
  std::optional<FoundRoute> found;
  netlink_talk(netlink, find_route(remote, mark), [&](const nlmsghdr& m) {
    if (!found) found = parse_route(m);
  });
  if (found && found->mtu == 0) {
    netlink_talk(netlink, find_link(found->device),
                 [&](const nlmsghdr& m) { found->mtu = parse_link_mtu(m).value_or(found->mtu); });
  }
  return found;
}

Result<model::KernelAnswer> find_source(int netlink, const Address& remote, uint32_t mark) {
  const auto route = ask(netlink, remote, mark);
  if (!route || route->source.bits() == 0) return fail(Fault::refused, "no route to the peer");
  model::KernelAnswer answer;
  answer.source = route->source;
  return answer;
}

}  // namespace ike::kernel::rtnetlink
