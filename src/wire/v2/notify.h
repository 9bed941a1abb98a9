// Notify payload.  RFC 7296 section 3.10.  The bodies are in notify_data.h.
// |  Protocol ID  |   SPI Size    |      Notify Message Type      |
// ~                Security Parameter Index (SPI)                 ~
// ~                       Notification Data                       ~
#pragma once

#include "base/numbers.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Notify {
  static constexpr PayloadType kType = PayloadType::notify;
  ProtocolId
      protocol{};  // meaningless without an SPI: many peers send IKE there, so it is not judged
  NotifyType type{};
  Bytes spi;   // aliases the message
  Bytes data;  // aliases the message

  static Result<Notify> parse(Reader r) {
    Notify n;
    n.protocol = static_cast<ProtocolId>(r.u8());
    const uint8_t spi_size = r.u8();
    n.type = static_cast<NotifyType>(r.u16());
    n.spi = r.bytes(spi_size);
    n.data = r.rest();
    return r.done(n);
  }
  void write(Writer& w) const {
    w.u8(raw(protocol)).u8(static_cast<uint8_t>(spi.size())).u16(raw(type)).bytes(spi).bytes(data);
  }
};

}  // namespace ike::wire::v2
