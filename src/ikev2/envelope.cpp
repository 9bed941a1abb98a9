#include "ikev2/envelope.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "crypto/algorithms.h"
#include "wire/chain.h"

namespace ike::v2 {
namespace {

constexpr size_t kUdpHeader = 8;
constexpr size_t kIpv4Header = 20;
constexpr size_t kIpv6Header = 40;
constexpr size_t kSkfFields = 4;  // fragment number and total
constexpr size_t kIvMax = 16;

struct DirectionKeys {
  Bytes encr;
  Bytes integ;
};
DirectionKeys keys_of(const SkKeys& keys, bool from_initiator) {
  return from_initiator ? DirectionKeys{keys.ei(), keys.ai()} : DirectionKeys{keys.er(), keys.ar()};
}

size_t padding_for(size_t text, size_t block) {
  const size_t over = (text + 1) % block;
  return over == 0 ? 0 : block - over;
}

// Seals one message after another with the same keys.
class Sealer {
 public:
  Sealer(crypto::Provider& provider, Random& random, const EnvelopeKeys& with,
         const crypto::ProtectionSizes& sizes)
      : provider_(provider),
        random_(random),
        keys_(with.keys),
        direction_(keys_of(with.keys, with.initiator)),
        protection_(protection_of(with.suite)),
        sizes_(sizes) {}

  struct Piece {
    PayloadType first = PayloadType::none;
    Bytes chain;
    uint16_t number = 0;  // 0: not a fragment
    uint16_t total = 0;
  };
  Result<Blob> seal(const Sealing& sealing, const Piece& piece) {
    const bool fragment = piece.number != 0;
    const size_t padding = padding_for(piece.chain.size(), sizes_.block);
    const size_t body =
        (fragment ? kSkfFields : 0) + sizes_.iv + piece.chain.size() + padding + 1 + sizes_.icv;
    const size_t header_at = sealing.non_esp_marker ? wire::kNonEspMarkerSize : 0;
    Blob out;
    out.reserve(header_at + wire::kHeaderSize + wire::kPayloadHeaderSize + body);
    wire::Writer w(out);
    w.zeros(header_at);
    wire::Header header = sealing.header;
    header.next_payload = fragment ? PayloadType::skf : PayloadType::sk;
    header.write(w);
    w.u8(raw(piece.first)).u8(0);
    w.u16(static_cast<uint16_t>(wire::kPayloadHeaderSize + body));
    if (fragment) w.u16(piece.number).u16(piece.total);

    const size_t iv_at = out.size();
    w.zeros(sizes_.iv);
    write_iv(MutableBytes(out).subspan(iv_at, sizes_.iv));
    w.bytes(piece.chain).zeros(padding).u8(static_cast<uint8_t>(padding));
    w.zeros(sizes_.icv);
    wire::patch_length(out, header_at);

    const MutableBytes all(out);
    const size_t text_at = iv_at + sizes_.iv;
    IKE_CHECK(provider_.seal_once(
        protection_, direction_.encr, direction_.integ, all.subspan(header_at, iv_at - header_at),
        all.subspan(iv_at, sizes_.iv), all.subspan(text_at, piece.chain.size() + padding + 1),
        all.last(sizes_.icv)));
    return out;
  }

  // How much of a chain one datagram of `room` octets holds as a fragment.
  size_t fragment_capacity(const Sealing& sealing) const {
    const size_t fixed = (sealing.non_esp_marker ? wire::kNonEspMarkerSize : 0) +
                         wire::kHeaderSize + wire::kPayloadHeaderSize + kSkfFields + sizes_.iv +
                         sizes_.icv;
    if (sealing.room <= fixed) return 0;
    const size_t text = (sealing.room - fixed) / sizes_.block * sizes_.block;
    return text == 0 ? 0 : text - 1;
  }
  size_t whole_size(const Sealing& sealing) const {
    return (sealing.non_esp_marker ? wire::kNonEspMarkerSize : 0) + wire::kHeaderSize +
           wire::kPayloadHeaderSize + sizes_.iv + sealing.chain.size() +
           padding_for(sealing.chain.size(), sizes_.block) + 1 + sizes_.icv;
  }

 private:
  void write_iv(MutableBytes iv) {
    //= RFC 3602 section 3: CBC wants an IV that nobody can foretell
    if (sizes_.block > 1) return random_.fill_public(iv);
    //= RFC 5282 section 3: for combined modes it must only never come again: a counter
    uint64_t counter = keys_.next_iv();
    for (size_t i = iv.size(); i-- > 0; counter >>= 8) iv[i] = static_cast<uint8_t>(counter);
  }

  crypto::Provider& provider_;
  Random& random_;
  SkKeys& keys_;
  DirectionKeys direction_;
  crypto::Protection protection_;
  crypto::ProtectionSizes sizes_;
};

}  // namespace

size_t message_room(Family family, size_t mtu) {
  const size_t headers = (family == Family::ipv6 ? kIpv6Header : kIpv4Header) + kUdpHeader;
  return mtu > headers ? mtu - headers : 0;
}

size_t default_message_room(Family family) {
  return message_room(family, family == Family::ipv6 ? kFragmentMtuIpv6 : kFragmentMtuIpv4);
}

Result<std::vector<Blob>> Envelope::seal(crypto::Provider& provider, Random& random,
                                         const EnvelopeKeys& with, const Sealing& sealing) {
  const auto sizes = crypto::sizes_of(protection_of(with.suite));
  if (!sizes || sizes->iv > kIvMax) return fail(Fault::unsupported, "SK: unknown algorithm");
  if (with.keys.empty()) return fail(Fault::internal, "SK: no keys yet");
  Sealer sealer(provider, random, with, *sizes);
  std::vector<Blob> out;
  const size_t whole = sealer.whole_size(sealing);
  if (sealing.room == 0 || whole <= sealing.room) {
    if (whole > limits::kDatagramMax) return fail(Fault::limit, "SK: message too large");
    IKE_TRY(Blob message, sealer.seal(sealing, {sealing.first, sealing.chain, 0, 0}));
    out.push_back(std::move(message));
    return out;
  }
  const size_t capacity = sealer.fragment_capacity(sealing);
  if (capacity == 0) return fail(Fault::limit, "SKF: no room for a fragment");
  const size_t total = (sealing.chain.size() + capacity - 1) / capacity;
  if (total > limits::kFragmentsMax) return fail(Fault::limit, "SKF: too many fragments");
  out.reserve(total);
  for (size_t i = 0; i < total; ++i) {
    const size_t at = i * capacity;
    //= RFC 7383 section 2.5: the first fragment names the first payload inside, the others none
    const Sealer::Piece piece{
        i == 0 ? sealing.first : PayloadType::none,
        sealing.chain.subspan(at, std::min(capacity, sealing.chain.size() - at)),
        static_cast<uint16_t>(i + 1), static_cast<uint16_t>(total)};
    IKE_TRY(Blob message, sealer.seal(sealing, piece));
    out.push_back(std::move(message));
  }
  return out;
}

Result<proto::Unprotected<Plaintext>> Envelope::open(crypto::Provider& provider,
                                                     const EnvelopeKeys& with,
                                                     const wire::Header& header,
                                                     const wire::v2::Sk& sk, Bytes message) {
  const crypto::Protection protection = protection_of(with.suite);
  const auto sizes = crypto::sizes_of(protection);
  if (!sizes) return fail(Fault::unsupported, "SK: unknown algorithm");
  if (with.keys.empty()) return fail(Fault::unauthenticated, "SK: no keys yet");
  //= RFC 7296 section 3.1: flag I tells who sent it; our own messages do not come back
  if (header.from_initiator() == with.initiator) {
    return fail(Fault::unauthenticated, "SK: our own message, reflected");
  }
  //= RFC 7296 section 3.14: the encrypted payload is the last one
  if (size_t{sk.at} + sk.body.size() != message.size()) {
    return fail(Fault::malformed, "SK: not the last payload", sk.at);
  }
  IKE_TRY(const wire::v2::SkParts parts, wire::v2::split(sk.body, sizes->iv, sizes->icv));
  if (parts.text.empty() || parts.text.size() % sizes->block != 0) {
    return fail(Fault::malformed, "SK: not whole blocks", sk.at);
  }
  Plaintext plain;
  plain.first = sk.first_inner;
  plain.is_fragment = sk.is_fragment;
  plain.fragment = sk.fragment;
  plain.fragments = sk.fragments;
  plain.at = sk.at + static_cast<uint32_t>(sizes->iv);
  plain.chain = to_blob(parts.text);
  const DirectionKeys keys = keys_of(with.keys, header.from_initiator());
  IKE_CHECK(provider.open_once(protection, keys.encr, keys.integ, message.first(sk.at), parts.iv,
                               plain.chain, parts.icv));
  IKE_TRY(const Bytes inner, wire::v2::without_padding(plain.chain));
  plain.chain.resize(inner.size());
  return proto::Unprotected<Plaintext>(std::move(plain));
}

}  // namespace ike::v2
