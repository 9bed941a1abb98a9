#include "wire/header.h"

namespace ike::wire {

namespace {

constexpr size_t kNextPayloadAt = 16;
constexpr size_t kLengthAt = 24;
constexpr size_t kEspHeaderSize = 8;

Header read_fields(Reader& r) {
  Header h;
  h.spi_i = IkeSpi(r.u64());
  h.spi_r = IkeSpi(r.u64());
  h.next_payload = static_cast<PayloadType>(r.u8());
  h.version = r.u8();
  h.exchange = static_cast<ExchangeType>(r.u8());
  h.flags = r.u8();
  h.message_id = MessageId(r.u32());
  h.length = r.u32();
  return h;
}

}  // namespace

Result<Header> Header::parse_fields(Bytes message) {
  Reader r(message, "IKE header: truncated");
  const Header h = read_fields(r);
  return r.so_far(h);
}

Result<Header> Header::parse(Bytes message) {
  IKE_TRY(const Header h, parse_fields(message));
  if (h.length < kHeaderSize) {
    return fail(Fault::malformed, "IKE header: length below the header's own", kLengthAt);
  }
  if (h.length > message.size()) {
    return fail(Fault::malformed, "IKE header: length beyond the datagram", kLengthAt);
  }
  //= RFC 7296 section 3.1: the length is that of the whole message
  if (h.length < message.size()) {
    return fail(Fault::malformed, "IKE header: octets after the message", h.length);
  }
  return h;
}

void Header::write(Writer& w) const {
  w.u64(spi_i.raw()).u64(spi_r.raw());
  w.u8(raw(next_payload)).u8(version).u8(raw(exchange)).u8(flags);
  w.u32(message_id.raw()).u32(length);
}

void patch_length(Blob& out, size_t header_at) {
  Writer(out).patch_u32(header_at + kLengthAt, static_cast<uint32_t>(out.size() - header_at));
}

void patch_next_payload(Blob& out, PayloadType first, size_t header_at) {
  Writer(out).patch_u8(header_at + kNextPayloadAt, raw(first));
}

NattDatagram classify_natt(Bytes datagram) {
  Reader r(datagram);
  //= RFC 3948 section 2.3: a keepalive is one octet 0xff
  if (datagram.size() == 1) {
    return {r.u8() == 0xff ? NattKind::keepalive : NattKind::runt, datagram};
  }
  const uint32_t marker = r.u32();
  if (r.failed()) return {NattKind::runt, datagram};
  if (marker == 0) return {NattKind::ike, r.rest()};
  //= RFC 3948 section 2.1: an SPI is never zero, so what is not the marker is ESP
  return {datagram.size() < kEspHeaderSize ? NattKind::runt : NattKind::esp, datagram};
}

}  // namespace ike::wire
