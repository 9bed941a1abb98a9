// The IKE header of both versions and what tells IKE from ESP on the NAT-T port.
// RFC 7296 section 3.1, RFC 2408 section 3.1, RFC 3948 section 2.
//                      1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                       IKE SA Initiator's SPI                  |
// |                                                               |
// |                       IKE SA Responder's SPI                  |
// |                                                               |
// |  Next Payload | MjVer | MnVer | Exchange Type |     Flags     |
// |                          Message ID                           |
// |                            Length                             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
#pragma once

#include "base/numbers.h"
#include "base/result.h"
#include "base/strong.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire {

inline constexpr size_t kHeaderSize = 28;
inline constexpr uint8_t kVersion2 = 0x20;

// IKEv2; the flags of IKEv1 are only shown to people.
inline constexpr uint8_t kFlagInitiator =
    0x08;  // the sender is the original initiator of the IKE SA
inline constexpr uint8_t kFlagHigherVersion = 0x10;  // the sender speaks a higher major version
inline constexpr uint8_t kFlagResponse = 0x20;

struct Header {
  IkeSpi spi_i;  // in IKEv1 the cookies
  IkeSpi spi_r;
  PayloadType next_payload = PayloadType::none;
  uint8_t version = kVersion2;  // major << 4 | minor
  ExchangeType exchange{};
  uint8_t flags = 0;
  MessageId message_id;
  uint32_t length = 0;  // octets of the message with this header

  unsigned major() const { return version >> 4; }
  unsigned minor() const { return version & 0x0f; }
  bool from_initiator() const { return (flags & kFlagInitiator) != 0; }
  bool is_response() const { return (flags & kFlagResponse) != 0; }

  // `message`: a whole datagram, without the non-ESP marker.  Its size must be what the length
  // field says.
  static Result<Header> parse(Bytes message);
  // The 28 fields alone, for showing broken messages: the length is not judged.
  static Result<Header> parse_fields(Bytes message);
  // Writes `length` as it is: patch_length sets it when the message is complete.
  void write(Writer& w) const;

  friend bool operator==(const Header&, const Header&) = default;
};

// Sets the length field of the header that starts at `header_at`; the message ends where `out`
// does.
void patch_length(Blob& out, size_t header_at = 0);
// Sets the type of the first payload in the header that starts at `header_at`.
void patch_next_payload(Blob& out, PayloadType first, size_t header_at = 0);

//= RFC 3948 section 2.2: four zero octets in front of IKE on the NAT-T port
inline constexpr size_t kNonEspMarkerSize = 4;

enum class NattKind : uint8_t { ike, esp, keepalive, runt };

// What a datagram on the NAT-T port is.  `content` has the marker removed and aliases the datagram.
struct NattDatagram {
  NattKind kind = NattKind::runt;
  Bytes content;
};
NattDatagram classify_natt(Bytes datagram);

}  // namespace ike::wire
