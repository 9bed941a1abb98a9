#include "ikev2/outbox.h"

#include "ikev2/envelope.h"
#include "wire/writer.h"

namespace ike::v2 {
namespace {

wire::Header header_of(const IkeSa& sa, const Label& label) {
  wire::Header h;
  h.spi_i = sa.spi_i;
  h.spi_r = sa.spi_r;
  h.exchange = label.exchange;
  h.flags = static_cast<uint8_t>((sa.initiator ? wire::kFlagInitiator : 0) |
                                 (label.response ? wire::kFlagResponse : 0));
  h.message_id = label.id;
  return h;
}

Packet share(Blob&& octets) { return std::make_shared<const Blob>(std::move(octets)); }

Blob clear_message(const wire::Header& header, const Payloads& payloads, bool marked) {
  Blob out;
  out.reserve(wire::kNonEspMarkerSize + wire::kHeaderSize + payloads.octets.size());
  wire::Writer w(out);
  if (marked) w.zeros(wire::kNonEspMarkerSize);
  wire::Header h = header;
  h.next_payload = payloads.writer.first();
  h.length = static_cast<uint32_t>(wire::kHeaderSize + payloads.octets.size());
  h.write(w);
  w.bytes(payloads.octets);
  return out;
}

}  // namespace

Sent seal_message(IkeSa& sa, Host& host, const Label& label, const Payloads& payloads) {
  Sent sent;
  sent.marked = label.path.local.port == host.global().natt_port;
  sent.exchange = label.exchange;
  const wire::Header header = header_of(sa, label);
  if (label.exchange == ExchangeType::ike_sa_init) {
    sent.packets.push_back(share(clear_message(header, payloads, sent.marked)));
    return sent;
  }
  Sealing sealing;
  sealing.header = header;
  sealing.first = payloads.writer.first();
  sealing.chain = payloads.octets;
  if (sa.peer_fragments) sealing.room = default_message_room(label.path.remote.address.family());
  sealing.non_esp_marker = sent.marked;
  auto sealed =
      Envelope::seal(host.provider(), host.random(), {sa.suite, sa.keys, sa.initiator}, sealing);
  if (!sealed) return sent;  // longer than any number of fragments: the peer gets nothing
  for (Blob& b : *sealed) sent.packets.push_back(share(std::move(b)));
  if (sealed->size() > 1) host.counters().fragments_sent += sealed->size();
  return sent;
}

void send_first(IkeSa& sa, Host& host, const Sent& sent, const Label& label) {
  for (const Packet& p : sent.packets) host.send(label.path.local, label.path.remote, p);
  if (!host.events().wants(events::MessageSent::kSeverity)) return;
  if (sa.established() == nullptr && !sa.initiator && !host.may_tell_unproven()) return;
  size_t size = 0;
  for (const Packet& p : sent.packets) size += p->size();
  host.events().emit(events::MessageSent{sa.spi_i, label.exchange, label.response, label.id,
                                         label.path.remote, label.path.local, size, sent.marked});
}

void send_again(Host& host, const Sent& sent, const Path& path) {
  const bool marked = path.local.port == host.global().natt_port;
  for (const Packet& p : sent.packets) {
    if (marked == sent.marked) {
      host.send(path.local, path.remote, p);
      continue;
    }
    Blob other(marked ? wire::kNonEspMarkerSize : 0);
    append(other, Bytes(*p).subspan(sent.marked ? wire::kNonEspMarkerSize : 0));
    host.send(path.local, path.remote, share(std::move(other)));
  }
}

}  // namespace ike::v2
