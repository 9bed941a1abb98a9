// Bodies of the notifies that have one: each is parsed from and written as Notify::data.
#pragma once

#include <array>

#include "base/limits.h"
#include "base/net.h"
#include "base/numbers.h"
#include "base/strong.h"
#include "wire/inline_vector.h"
#include "wire/v2/notify.h"

namespace ike::wire::v2 {

//= RFC 7296 section 2.5: one octet names the payload that was not understood
struct UnsupportedCriticalPayload {
  static constexpr NotifyType kNotify = NotifyType::unsupported_critical_payload;
  PayloadType type{};
  static Result<UnsupportedCriticalPayload> parse(Reader r) {
    const auto type = static_cast<PayloadType>(r.u8());
    return r.done(UnsupportedCriticalPayload{type});
  }
  void write(Writer& w) const { w.u8(raw(type)); }
};

//= RFC 7296 section 1.2: the group that the responder would take, two octets
struct InvalidKePayload {
  static constexpr NotifyType kNotify = NotifyType::invalid_ke_payload;
  KeMethod method{};
  static Result<InvalidKePayload> parse(Reader r) {
    const auto method = static_cast<KeMethod>(r.u16());
    return r.done(InvalidKePayload{method});
  }
  void write(Writer& w) const { w.u16(raw(method)); }
};

//= RFC 7296 section 2.3: the message ID that was out of the window, four octets
struct InvalidMessageId {
  static constexpr NotifyType kNotify = NotifyType::invalid_message_id;
  MessageId id;
  static Result<InvalidMessageId> parse(Reader r) {
    const MessageId id(r.u32());
    return r.done(InvalidMessageId{id});
  }
  void write(Writer& w) const { w.u32(id.raw()); }
};

//= RFC 7296 section 2.3: how many outstanding requests the sender keeps track of
struct SetWindowSize {
  static constexpr NotifyType kNotify = NotifyType::set_window_size;
  uint32_t size = 1;
  static Result<SetWindowSize> parse(Reader r) {
    const uint32_t size = r.u32();
    r.require(size > 0, "SET_WINDOW_SIZE: zero");
    return r.done(SetWindowSize{size});
  }
  void write(Writer& w) const { w.u32(size); }
};

//= RFC 7296 section 3.10.1: a compression parameter index and the transform
struct IpcompSupported {
  static constexpr NotifyType kNotify = NotifyType::ipcomp_supported;
  uint16_t cpi = 0;
  uint8_t transform = 0;
  Bytes attributes;  // none are defined; aliases the message
  static Result<IpcompSupported> parse(Reader r) {
    IpcompSupported n;
    n.cpi = r.u16();
    n.transform = r.u8();
    n.attributes = r.rest();
    return r.done(n);
  }
  void write(Writer& w) const { w.u16(cpi).u8(transform).bytes(attributes); }
};

//= RFC 7296 section 2.23: SHA-1 over SPIs, address and port; for both NAT_DETECTION notifies
struct NatDetection {
  static constexpr size_t kSize = 20;
  Bytes hash;  // 20 octets; aliases the message
  static Result<NatDetection> parse(Reader r) {
    const Bytes hash = r.bytes(kSize);
    return r.done(NatDetection{hash});
  }
  void write(Writer& w) const { w.bytes(hash); }
};

//= RFC 7296 section 2.6: between 1 and 64 octets that only the responder can judge
struct Cookie {
  static constexpr NotifyType kNotify = NotifyType::cookie;
  Bytes data;  // aliases the message
  static Result<Cookie> parse(Reader r) {
    const Bytes data = r.rest();
    r.require(!data.empty(), "COOKIE: empty");
    r.require(data.size() <= limits::kCookieMax, "COOKIE: longer than 64 octets");
    return r.done(Cookie{data});
  }
  void write(Writer& w) const { w.bytes(data); }
};

//= RFC 7427 section 4: a list of two-octet hash algorithm numbers
struct SignatureHashes {
  static constexpr NotifyType kNotify = NotifyType::signature_hash_algorithms;
  static constexpr size_t kMax = 32;
  InlineVector<SignatureHash, kMax> hashes;

  bool contains(SignatureHash hash) const;
  static Result<SignatureHashes> parse(Reader r);
  void write(Writer& w) const;
};

// ADDITIONAL_IP4_ADDRESS and ADDITIONAL_IP6_ADDRESS.  RFC 4555 section 4.2.1, 4.2.2.
struct AdditionalAddress {
  Address address;
  static Result<AdditionalAddress> parse(Reader r);
  void write(Writer& w) const { w.bytes(address.octets()); }
};

//= RFC 4478 section 3: seconds until the peer wants to be authenticated again
struct AuthLifetime {
  static constexpr NotifyType kNotify = NotifyType::auth_lifetime;
  uint32_t seconds = 0;
  static Result<AuthLifetime> parse(Reader r) {
    const uint32_t seconds = r.u32();
    return r.done(AuthLifetime{seconds});
  }
  void write(Writer& w) const { w.u32(seconds); }
};

// Where to go instead.  RFC 5685 section 7.2, also for REDIRECTED_FROM, which has no nonce.
struct Redirect {
  static constexpr uint8_t kIpv4 = 1;
  static constexpr uint8_t kIpv6 = 2;
  static constexpr uint8_t kFqdn = 3;
  uint8_t gateway_type = 0;
  Bytes gateway;  // aliases the message
  Bytes nonce;    // aliases the message
  static Result<Redirect> parse(Reader r);
  void write(Writer& w) const;
};

//= RFC 7296 section 1.3.3: the SPI that the sender of the request expects in inbound packets, in
// the notify's own SPI field
struct RekeySa {
  ProtocolId protocol{};
  EspSpi spi;
  static Result<RekeySa> from(const Notify& notify);
};

// The body of a notify; offsets in errors count from its first octet.
template <typename Body>
Result<Body> parse_data(const Notify& notify) {
  return Body::parse(Reader(notify.data, name_of(notify.type)));
}

}  // namespace ike::wire::v2
