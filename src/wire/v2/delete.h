// Delete payload.  RFC 7296 section 3.11.
// | Protocol ID   |   SPI Size    |          Num of SPIs          |
// ~               Security Parameter Index(es) (SPI)              ~
#pragma once

#include "base/limits.h"
#include "base/numbers.h"
#include "base/strong.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ike::wire::v2 {

struct Delete {
  static constexpr PayloadType kType = PayloadType::del;
  ProtocolId protocol{};
  Bytes spis;  // of 4 octets each, those of the sender's inbound SAs; aliases the message

  size_t count() const { return spis.size() / 4; }
  EspSpi spi(size_t i) const { return EspSpi(Reader(spis.subspan(i * 4, 4)).u32()); }

  //= RFC 7296 section 3.11: the IKE SA is the one the message came in, so it has no SPI here; AH
  // and = ESP have SPIs of 4 octets
  static Result<Delete> parse(Reader r) {
    Delete d;
    d.protocol = static_cast<ProtocolId>(r.u8());
    const uint8_t spi_size = r.u8();
    const uint16_t count = r.u16();
    const bool of_ike_sa = d.protocol == ProtocolId::ike;
    r.require(spi_size == (of_ike_sa ? 0 : 4), "D: SPI size does not fit the protocol");
    r.require(!of_ike_sa || count == 0, "D: the IKE SA is deleted without SPIs");
    if (count > limits::kDeletedSpisMax) r.fail("D: too many SPIs", Fault::limit);
    d.spis = r.bytes(size_t{count} * spi_size);
    return r.done(d);
  }
  void write(Writer& w) const {
    w.u8(raw(protocol)).u8(protocol == ProtocolId::ike ? 0 : 4);
    w.u16(static_cast<uint16_t>(count())).bytes(spis);
  }
};

}  // namespace ike::wire::v2
