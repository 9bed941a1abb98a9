// One netlink message under construction.
#pragma once

#include <libmnl/libmnl.h>

#include <array>

#include "base/secret.h"

namespace ike::kernel {

class NetlinkMessage {
 public:
  NetlinkMessage(uint16_t type, uint16_t flags) : header_(mnl_nlmsg_put_header(memory_.data())) {
    header_->nlmsg_type = type;
    header_->nlmsg_flags = flags;
  }
  ~NetlinkMessage() { wipe(memory_); }  // keys go through here
  NetlinkMessage(const NetlinkMessage&) = delete;
  NetlinkMessage& operator=(const NetlinkMessage&) = delete;

  // The fixed part, zeroed; comes before any attribute.
  template <typename Body>
  Body& body() {
    return *static_cast<Body*>(mnl_nlmsg_put_extra_header(header_, sizeof(Body)));
  }
  NetlinkMessage& octets(uint16_t type, Bytes value) {
    mnl_attr_put_check(header_, memory_.size(), type, value.size(), value.data());
    return *this;
  }
  NetlinkMessage& u32(uint16_t type, uint32_t value) { return structure(type, value); }
  template <typename T>
  NetlinkMessage& structure(uint16_t type, const T& value) {
    return octets(type, Bytes(reinterpret_cast<const uint8_t*>(&value), sizeof value));
  }
  // An attribute that is such a structure, all zeros, padding too, to be filled in place: a value
  // that is copied in may bring the padding of the stack along.
  template <typename T>
  T& zeroed(uint16_t type) {
    static constexpr std::array<uint8_t, sizeof(T)> kZeros{};
    nlattr* const attribute = static_cast<nlattr*>(mnl_nlmsg_get_payload_tail(header_));
    octets(type, kZeros);
    return *static_cast<T*>(mnl_attr_get_payload(attribute));
  }
  nlmsghdr* header() { return header_; }
  Blob take() const {
    const auto* octets = reinterpret_cast<const uint8_t*>(header_);
    return {octets, octets + header_->nlmsg_len};
  }

 private:
  alignas(nlmsghdr) std::array<uint8_t, 4096> memory_{};
  nlmsghdr* header_;
};

}  // namespace ike::kernel
