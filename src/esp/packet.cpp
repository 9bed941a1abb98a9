#include "esp/packet.h"

#include <algorithm>

#include "wire/reader.h"

namespace ike::esp {
namespace {

void store32(uint8_t* at, uint32_t value) {
  for (int i = 3; i >= 0; --i, value >>= 8) at[i] = static_cast<uint8_t>(value);
}

// What is authenticated in front of the ciphertext, and behind it without being sent.
struct Authenticated {
  std::array<uint8_t, 12> header{};
  size_t header_size = kEspHeader;
  std::array<uint8_t, 4> high{};
  size_t high_size = 0;

  //= RFC 4106 section 5: with ESN the associated data is SPI and the 64 bit number
  //= RFC 4303 section 2.2.1: a separate integrity algorithm takes the high half at the end
  Authenticated(Bytes packet, uint64_t sequence, bool aead, bool extended) {
    std::copy_n(packet.begin(), kEspHeader, header.begin());
    if (!extended) return;
    const auto upper = static_cast<uint32_t>(sequence >> 32);
    if (aead) {
      std::copy_n(header.begin() + 4, 4, header.begin() + 8);
      store32(header.data() + 4, upper);
      header_size = header.size();
    } else {
      store32(high.data(), upper);
      high_size = high.size();
    }
  }
  Bytes front() const { return Bytes(header).first(header_size); }
  Bytes back() const { return Bytes(high).first(high_size); }
};

}  // namespace

Result<EspHeader> parse_esp_header(Bytes packet) {
  wire::Reader r(packet, "ESP: truncated header");
  EspHeader header;
  header.spi = EspSpi(r.u32());
  header.sequence = r.u32();
  //= RFC 4303 section 2.1: 0 is local use only, 1 to 255 are reserved
  r.require(header.spi.raw() > 255, "ESP: reserved SPI");
  return r.so_far(header);
}

void IvPool::fill(MutableBytes iv) {
  if (octets_.size() - used_ < iv.size()) {
    random_.fill_public(octets_);
    used_ = 0;
  }
  std::copy_n(octets_.begin() + static_cast<std::ptrdiff_t>(used_), iv.size(), iv.begin());
  used_ += iv.size();
}

Result<PacketCodec> PacketCodec::make(crypto::Provider& provider, const model::SaSpec& spec) {
  const auto& algorithms = spec.algorithms;
  if (spec.id.protocol != ProtocolId::esp) {
    return fail(Fault::unsupported, "not supported yet: SAs other than ESP");
  }
  const crypto::Protection protection{algorithms.encr, algorithms.encr_key_bits, algorithms.integ};
  const auto encr = crypto::info_of(algorithms.encr, algorithms.encr_key_bits);
  const auto sizes = crypto::sizes_of(protection);
  if (!encr || !sizes || !provider.supports(protection)) {
    return fail(Fault::unsupported, "ESP: algorithms that we do not have");
  }
  // Encryption without integrity is not protection (RFC 4303 section 3.2.2 allows it; we do not).
  if (!encr->aead && algorithms.integ == Integ::none) {
    return fail(Fault::refused, "ESP: encryption without integrity");
  }
  if (spec.encryption_key.size() != sizes->key || spec.integrity_key.size() != sizes->integ_key) {
    return fail(Fault::refused, "ESP: key of a wrong size");
  }
  PacketCodec codec;
  IKE_TRY(codec.cipher_, provider.packet_cipher(protection, spec.encryption_key.view(),
                                                spec.integrity_key.view()));
  codec.sizes_ = *sizes;
  codec.align_ = std::max<size_t>(4, sizes->block);
  codec.aead_ = encr->aead;
  codec.extended_ = algorithms.esn == Esn::yes;
  codec.random_iv_ = encr->block_size > 1;
  return codec;
}

size_t PacketCodec::payload_within(size_t size) const {
  const size_t fixed = front() + sizes_.icv;
  if (size < fixed + align_) return 0;
  return (size - fixed) / align_ * align_ - 2;
}

void PacketCodec::seal(EspSpi spi, uint64_t sequence, IvPool& ivs, MutableBytes packet,
                       size_t payload_size, uint8_t next_header) {
  store32(packet.data(), spi.raw());
  store32(packet.data() + 4, static_cast<uint32_t>(sequence));
  const MutableBytes iv = packet.subspan(kEspHeader, sizes_.iv);
  if (random_iv_) {
    ivs.fill(iv);
  } else if (iv.size() == 8) {
    store32(iv.data(), static_cast<uint32_t>(sequence >> 32));
    store32(iv.data() + 4, static_cast<uint32_t>(sequence));
  }
  const size_t text_size = padded(payload_size);
  const MutableBytes text = packet.subspan(front(), text_size);
  //= RFC 4303 section 2.4: padding counts 1, 2, 3 ...
  for (size_t i = payload_size; i < text_size - 2; ++i) {
    text[i] = static_cast<uint8_t>(i - payload_size + 1);
  }
  text[text_size - 2] = static_cast<uint8_t>(text_size - 2 - payload_size);
  text[text_size - 1] = next_header;
  const Authenticated authenticated(packet, sequence, aead_, extended_);
  cipher_->seal(authenticated.front(), iv, text, authenticated.back(),
                packet.subspan(front() + text_size, sizes_.icv));
}

Result<PacketCodec::Opened> PacketCodec::open(uint64_t sequence, MutableBytes packet) {
  const size_t fixed = front() + sizes_.icv;
  if (packet.size() < fixed + 2) return fail(Fault::malformed, "ESP: packet too short");
  const size_t text_size = packet.size() - fixed;
  if (text_size % sizes_.block != 0) return fail(Fault::malformed, "ESP: not whole blocks");
  const Authenticated authenticated(packet, sequence, aead_, extended_);
  const MutableBytes text = packet.subspan(front(), text_size);
  if (!cipher_->open(authenticated.front(), packet.subspan(kEspHeader, sizes_.iv), text,
                     authenticated.back(), packet.subspan(front() + text_size, sizes_.icv))) {
    return fail(Fault::unauthenticated, "ESP: integrity check failed");
  }
  const size_t pad = text[text_size - 2];
  if (pad + 2 > text_size) return fail(Fault::malformed, "ESP: pad length");
  //= RFC 4303 section 2.4: the receiver inspects the padding
  for (size_t i = 0; i < pad; ++i) {
    if (text[text_size - 2 - pad + i] != i + 1) return fail(Fault::malformed, "ESP: padding");
  }
  return Opened{text.first(text_size - 2 - pad), text[text_size - 1]};
}

}  // namespace ike::esp
