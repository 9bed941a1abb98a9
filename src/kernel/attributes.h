// Walking netlink attributes; libmnl's own loops are macros that only C takes.
#pragma once

#include <libmnl/libmnl.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <type_traits>

#include "base/bytes.h"

namespace ike::kernel {

// Calls visit(type, payload) for every whole attribute; ends at the first that is not.
template <typename Visit>
void for_each_attribute(Bytes attributes, Visit visit) {
  while (attributes.size() >= sizeof(nlattr)) {
    nlattr header;
    std::memcpy(&header, attributes.data(), sizeof header);
    if (header.nla_len < sizeof header || header.nla_len > attributes.size()) return;
    visit(static_cast<uint16_t>(header.nla_type & NLA_TYPE_MASK),
          attributes.subspan(sizeof header, header.nla_len - sizeof header));
    attributes = attributes.subspan(
        std::min<size_t>(attributes.size(), static_cast<size_t>(MNL_ALIGN(header.nla_len))));
  }
}

// What follows the fixed part of a message; empty when the message is shorter.
inline Bytes attributes_after(const nlmsghdr& message, size_t fixed) {
  const size_t before = static_cast<size_t>(MNL_NLMSG_HDRLEN) + MNL_ALIGN(fixed);
  if (message.nlmsg_len < before) return {};
  return Bytes(reinterpret_cast<const uint8_t*>(&message), message.nlmsg_len).subspan(before);
}

// A fixed structure of the kernel's, in its byte order; nothing when there are too few octets.
template <typename T>
  requires std::is_trivially_copyable_v<T>
std::optional<T> structure_in(Bytes octets) {
  if (octets.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, octets.data(), sizeof value);
  return value;
}
template <typename T>
std::optional<T> body_of(const nlmsghdr& message) {
  if (message.nlmsg_len < static_cast<size_t>(MNL_NLMSG_HDRLEN)) return std::nullopt;
  return structure_in<T>(Bytes(reinterpret_cast<const uint8_t*>(&message), message.nlmsg_len)
                             .subspan(static_cast<size_t>(MNL_NLMSG_HDRLEN)));
}

}  // namespace ike::kernel
