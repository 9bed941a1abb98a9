// Integers that cannot be mixed up: an SPI is not a message ID.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace ike {

template <typename T, typename Tag>
class Strong {
 public:
  using Raw = T;
  constexpr Strong() = default;
  constexpr explicit Strong(T raw) : raw_(raw) {}
  constexpr T raw() const { return raw_; }
  constexpr explicit operator bool() const { return raw_ != 0; }
  constexpr auto operator<=>(const Strong&) const = default;

 private:
  T raw_{};
};

using IkeSpi = Strong<uint64_t, struct IkeSpiTag>;  // host order; 0 means "not known yet"
using EspSpi = Strong<uint32_t, struct EspSpiTag>;  // host order; below 256 is reserved
using MessageId = Strong<uint32_t, struct MessageIdTag>;
using ReqId = Strong<uint32_t, struct ReqIdTag>;    // ties a kernel policy to its SAs
using Ticket = Strong<uint64_t, struct TicketTag>;  // names a request on its way to a port
using ConnectionId = Strong<uint64_t, struct ConnectionIdTag>;  // digest of what was configured

}  // namespace ike

template <typename T, typename Tag>
struct std::hash<ike::Strong<T, Tag>> {
  size_t operator()(const ike::Strong<T, Tag>& s) const noexcept { return std::hash<T>{}(s.raw()); }
};
