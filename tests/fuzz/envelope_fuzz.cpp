// Opens whatever comes as an IKEv2 message, under keys that everybody knows: the decryption passes
// only for messages of the corpus, everything before it is reached by all.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "crypto/fake/fake_provider.h"
#include "ikev2/envelope.h"
#include "wire/v2/message.h"

namespace {

ike::model::Suite suite_of(uint8_t selector) {
  ike::model::Suite s;
  s.prf = ike::PrfId::hmac_sha2_256;
  switch (selector % 3) {
    case 0:
      s.encr = ike::Encr::aes_gcm_16;
      s.encr_key_bits = 256;
      break;
    case 1: s.encr = ike::Encr::chacha20_poly1305; break;
    default:
      s.encr = ike::Encr::aes_cbc;
      s.encr_key_bits = 128;
      s.integ = ike::Integ::hmac_sha2_256_128;
  }
  return s;
}

class NoRandom final : public ike::Random {
 public:
  void fill_public(ike::MutableBytes out) override { std::ranges::fill(out, uint8_t{7}); }
  void fill_secret(ike::MutableBytes out) override { fill_public(out); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ike;
  if (size < 2) return 0;
  static const auto provider = crypto::make_fake_provider();
  const model::Suite suite = suite_of(data[0]);
  const bool initiator = (data[0] & 0x80) != 0;
  const Blob nonce(32, 1);
  auto keys = v2::derive_keys(*provider, suite, {nonce, nonce, nonce, IkeSpi(1), IkeSpi(2)});
  const Bytes message(data + 1, size - 1);

  const auto header = wire::Header::parse(message);
  if (header) {
    const auto outer = wire::v2::parse_message(*header, message);
    if (outer && outer->sk) {
      static_cast<void>(
          v2::Envelope::open(*provider, {suite, *keys, initiator}, *header, *outer->sk, message));
    }
  }
  // The other way round: whatever is sealed opens again.
  NoRandom random;
  v2::Sealing sealing;
  sealing.header.spi_i = IkeSpi(1);
  sealing.header.flags = initiator ? wire::kFlagInitiator : uint8_t{0};
  sealing.first = PayloadType::vendor;
  sealing.chain = message;
  sealing.room = (data[0] & 0x40) != 0 ? 548 : 0;
  const auto sealed = v2::Envelope::seal(*provider, random, {suite, *keys, initiator}, sealing);
  if (!sealed) return 0;
  Blob together;
  for (const Blob& one : *sealed) {
    const auto h = wire::Header::parse(one);
    const auto outer = h ? wire::v2::parse_message(*h, one) : fail(Fault::internal, "header");
    if (!outer || !outer->sk) std::abort();
    const auto opened =
        v2::Envelope::open(*provider, {suite, *keys, !initiator}, *h, *outer->sk, one);
    if (!opened) std::abort();
    append(together, (*opened)->chain);
  }
  if (!equal(together, message)) std::abort();
  return 0;
}
