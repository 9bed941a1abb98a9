#include "tools/ike/decoder.h"

#include "wire/v2/message.h"

namespace ike::tools {

namespace {

constexpr uint16_t kIkePort = 500;
constexpr uint16_t kNattPort = 4500;
constexpr uint8_t kV1FlagEncryption = 0x01;
constexpr size_t kFragmentedMessagesMax = 64;  // messages whose fragments are still coming

DecodedChain walk(PayloadType first, Bytes payloads, uint32_t base) {
  DecodedChain decoded;
  wire::Chain chain(first, payloads, base);
  while (const auto payload = chain.next()) decoded.payloads.push_back(*payload);
  decoded.end = chain.done();
  return decoded;
}

DecodedChain walk_v2(PayloadType first, Bytes payloads, uint32_t base) {
  DecodedChain decoded = walk(first, payloads, base);
  const auto message = wire::v2::parse_payloads(first, payloads, base);
  if (decoded.end && !message) decoded.content = std::unexpected(message.error());
  return decoded;
}

bool has_marker(Bytes datagram) {
  return wire::classify_natt(datagram).kind == wire::NattKind::ike;
}

Result<wire::v2::Sk> encrypted_payload(const DecodedChain& chain) {
  if (chain.payloads.empty()) return fail(Fault::malformed, "no payload");
  const wire::RawPayload& last = chain.payloads.back();
  if (last.type == PayloadType::sk) {
    return wire::v2::Sk::parse_sk(last.reader("SK: truncated"), last.next);
  }
  if (last.type != PayloadType::skf) return fail(Fault::malformed, "no SK payload");
  return wire::v2::Sk::parse_skf(last.reader("SKF: truncated"), last.next);
}

}  // namespace

bool DecodedMessage::well_formed() const {
  if (!header || !length_ok || !chain.well_formed()) return false;
  return !inside || (inside->icv_ok && (!inside->chain || inside->chain->well_formed()));
}

bool Decoder::is_ours(uint16_t port) const {
  return port == kIkePort || port == kNattPort || ports_.contains(port);
}

std::optional<DecodedMessage> Decoder::decode(const Frame& frame) {
  const auto udp = udp_in(frame);
  if (!udp || (!is_ours(udp->from.port) && !is_ours(udp->to.port))) return std::nullopt;
  Bytes octets = udp->payload;
  const bool is_natt = udp->from.port == kNattPort || udp->to.port == kNattPort;
  const bool is_plain = udp->from.port == kIkePort || udp->to.port == kIkePort;
  const bool marker = (is_natt || !is_plain) && has_marker(octets);
  if (is_natt && !marker) return std::nullopt;  // ESP or a keepalive
  if (marker) octets = octets.subspan(wire::kNonEspMarkerSize);
  DecodedMessage message = decode_message(octets);
  message.frame = frame.number;
  message.time_us = frame.time_us;
  message.from = udp->from;
  message.to = udp->to;
  message.non_esp_marker = marker;
  return message;
}

DecodedMessage Decoder::decode_message(Bytes octets) {
  DecodedMessage m;
  m.octets = octets;
  m.header = wire::Header::parse_fields(octets);
  if (!m.header) return m;
  if (const auto strict = wire::Header::parse(octets); !strict) {
    m.length_ok = std::unexpected(strict.error());
  }
  const wire::Header& h = *m.header;
  m.is_v1_encrypted = h.major() == 1 && (h.flags & kV1FlagEncryption) != 0;
  if (m.is_v1_encrypted) return m;
  const Bytes payloads = octets.subspan(wire::kHeaderSize);
  if (h.major() != 2) {
    m.chain = walk(h.next_payload, payloads, wire::kHeaderSize);
    return m;
  }
  m.chain = walk_v2(h.next_payload, payloads, wire::kHeaderSize);
  open(m);
  return m;
}

void Decoder::open(DecodedMessage& m) {
  const auto sk = encrypted_payload(m.chain);
  m.is_v2_encrypted = sk.has_value();
  if (!sk || opener_ == nullptr) return;
  auto opened = opener_->open(*m.header, m.octets, *sk);
  if (!opened) return;
  DecodedInside inside;
  inside.icv_ok = opened->icv_ok;
  inside.first = sk->first_inner;
  inside.plaintext = std::move(opened->plaintext);
  const auto inner = wire::v2::without_padding(inside.plaintext);
  if (!inside.icv_ok) {
    // Nothing more can be said.
  } else if (!inner) {
    inside.chain = DecodedChain{{}, std::unexpected(inner.error()), {}};
  } else if (sk->is_fragment) {
    add_fragment(*m.header, *sk, *inner, inside);
  } else {
    inside.inner = to_blob(*inner);
    inside.chain = walk_v2(inside.first, inside.inner, 0);
  }
  m.inside = std::move(inside);
}

// The fragments of the same message seen so far; makes room by forgetting the oldest message.
Decoder::Fragments& Decoder::fragments_of(const wire::Header& h, const wire::v2::Sk& skf) {
  for (Fragments& f : fragments_) {
    if (f.spi_i == h.spi_i && f.spi_r == h.spi_r && f.id == h.message_id && f.flags == h.flags &&
        f.parts.size() == skf.fragments) {
      return f;
    }
  }
  if (fragments_.size() == kFragmentedMessagesMax) fragments_.erase(fragments_.begin());
  fragments_.push_back({h.spi_i, h.spi_r, h.message_id, h.flags, PayloadType::none,
                        std::vector<Blob>(skf.fragments), 0});
  return fragments_.back();
}

//= RFC 7383 section 2.6: the payloads are those of all fragments in the order of their numbers
void Decoder::add_fragment(const wire::Header& header, const wire::v2::Sk& skf, Bytes inner,
                           DecodedInside& inside) {
  Fragments& f = fragments_of(header, skf);
  Blob& part = f.parts[skf.fragment - 1U];
  if (part.empty()) ++f.present;
  part = to_blob(inner);
  if (skf.fragment == 1) f.first = skf.first_inner;
  if (f.present < f.parts.size()) return;
  for (const Blob& piece : f.parts) append(inside.inner, piece);
  inside.first = f.first;
  inside.chain = walk_v2(inside.first, inside.inner, 0);
}

}  // namespace ike::tools
