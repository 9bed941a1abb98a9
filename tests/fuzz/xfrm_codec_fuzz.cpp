// What the kernel says over netlink.  It is trusted, but its messages differ between versions.
#include <cstring>

#include "kernel/rtnetlink/codec.h"
#include "kernel/xfrm/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  using namespace ike::kernel;
  if (size < sizeof(nlmsghdr)) return 0;
  // As recv() delivers it: aligned, and the length no larger than what came.
  std::vector<uint64_t> aligned(size / sizeof(uint64_t) + 1);
  std::memcpy(aligned.data(), data, size);
  auto& message = *reinterpret_cast<nlmsghdr*>(aligned.data());
  if (message.nlmsg_len > size || message.nlmsg_len < sizeof message) {
    message.nlmsg_len = static_cast<uint32_t>(size);
  }
  (void)xfrm::parse_event(message);
  (void)xfrm::parse_sa(message);
  (void)xfrm::removal_of_our_policy(message);
  const model::SaMove move{{}, Address::v4(192, 0, 2, 1), Address::v4(192, 0, 2, 2), {}};
  if (const auto moved = xfrm::moved_sa(message, move)) {
    const auto state = xfrm::parse_sa(*reinterpret_cast<const nlmsghdr*>(moved->data()));
    if (!state || state->id.destination != move.destination) __builtin_trap();
  }
  (void)rtnetlink::parse_route(message);
  (void)rtnetlink::parse_address(message);
  (void)rtnetlink::parse_link_mtu(message);
  return 0;
}
