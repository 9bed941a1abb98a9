#include "esp/packet.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "crypto/openssl/openssl_provider.h"
#include "unit/esp/support.h"

namespace ike::esp {
namespace {

model::SaSpec spec_for(Encr encr, uint16_t bits, Integ integ, Esn esn) {
  return test::make_sa({.algorithms = {encr, bits, integ, esn}});
}

TEST(EspPacket, OpensThePacketsOfOthers) {
  std::ifstream file(IKE_TEST_DATA "/vectors/esp/gcm-packets.txt");
  const auto provider = crypto::openssl::make_provider();
  size_t count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::string name, key, spi, esn, sequence, packet, text;
    fields >> name >> key >> spi >> esn >> sequence >> packet >> text;
    model::SaSpec spec;
    const Blob key_octets = *from_hex(key);
    spec.algorithms = {Encr::aes_gcm_16, static_cast<uint16_t>((key_octets.size() - 4) * 8),
                       Integ::none, esn == "1" ? Esn::yes : Esn::no};
    spec.encryption_key = Secret(key_octets);
    auto codec = PacketCodec::make(*provider, spec);
    ASSERT_TRUE(codec) << name;
    Blob octets = *from_hex(packet);
    const auto opened = codec->open(std::stoull(sequence, nullptr, 16), octets);
    ASSERT_TRUE(opened) << name << opened.error().what;
    const Blob expected = *from_hex(text);
    const size_t pad = expected[expected.size() - 2];
    EXPECT_EQ(opened->next_header, expected.back()) << name;
    EXPECT_EQ(to_hex(opened->payload), to_hex(Bytes(expected).first(expected.size() - 2 - pad)))
        << name;
    ++count;
  }
  EXPECT_EQ(count, 14u);
}

struct Algorithms {
  Encr encr;
  uint16_t bits;
  Integ integ;
};

class EspAlgorithms : public testing::TestWithParam<Algorithms> {};

//= RFC 4303 section 2.4: padding aligns the trailer to 4 octets and to whole blocks
TEST_P(EspAlgorithms, SealsAndOpensEverySizeWithBothKindsOfNumbers) {
  const auto [encr, bits, integ] = GetParam();
  const auto provider = crypto::openssl::make_provider();
  test::CountingRandom random;
  IvPool ivs(random);
  for (const Esn esn : {Esn::no, Esn::yes}) {
    auto sender = PacketCodec::make(*provider, spec_for(encr, bits, integ, esn));
    auto receiver = PacketCodec::make(*provider, spec_for(encr, bits, integ, esn));
    ASSERT_TRUE(sender && receiver);
    const uint64_t sequence = esn == Esn::yes ? 0x5'0000'0007u : 7;
    for (size_t size = 0; size <= 70; ++size) {
      Blob packet(sender->sealed_size(size));
      EXPECT_EQ(packet.size() % 4, 0u);
      for (size_t i = 0; i < size; ++i) packet[sender->front() + i] = static_cast<uint8_t>(i);
      sender->seal(EspSpi(0x1234), sequence, ivs, packet, size, 4);
      Blob other_number = packet;
      Blob changed = packet;
      changed.back() ^= 1;
      const auto opened = receiver->open(sequence, packet);
      ASSERT_TRUE(opened) << size;
      EXPECT_EQ(opened->next_header, 4);
      ASSERT_EQ(opened->payload.size(), size);
      for (size_t i = 0; i < size; ++i) EXPECT_EQ(opened->payload[i], static_cast<uint8_t>(i));
      EXPECT_EQ(receiver->open(sequence, changed).error().fault, Fault::unauthenticated);
      if (esn == Esn::yes) {
        EXPECT_FALSE(receiver->open(sequence + (uint64_t{1} << 32), other_number))
            << "the high half is authenticated";
      }
    }
  }
}

TEST_P(EspAlgorithms, FindsTheLargestPayloadForASize) {
  const auto [encr, bits, integ] = GetParam();
  const auto provider = crypto::openssl::make_provider();
  const auto codec = PacketCodec::make(*provider, spec_for(encr, bits, integ, Esn::no));
  ASSERT_TRUE(codec);
  for (size_t size = 0; size < 200; ++size) {
    const size_t payload = codec->payload_within(size);
    if (payload > 0) {
      EXPECT_LE(codec->sealed_size(payload), size);
    }
    EXPECT_GT(codec->sealed_size(payload + 1), size);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EspAlgorithms,
                         testing::Values(Algorithms{Encr::aes_gcm_16, 256, Integ::none},
                                         Algorithms{Encr::aes_gcm_8, 128, Integ::none},
                                         Algorithms{Encr::aes_ccm_12, 128, Integ::none},
                                         Algorithms{Encr::chacha20_poly1305, 0, Integ::none},
                                         Algorithms{Encr::aes_cbc, 128, Integ::hmac_sha2_256_128},
                                         Algorithms{Encr::aes_cbc, 256, Integ::hmac_sha2_512_256},
                                         Algorithms{Encr::aes_ctr, 256, Integ::hmac_sha1_96},
                                         Algorithms{Encr::des3, 0, Integ::aes_xcbc_96},
                                         Algorithms{Encr::null, 0, Integ::hmac_sha2_256_128}));

TEST(EspPacket, RefusesProtectionWithoutIntegrityAndWrongKeys) {
  const auto provider = crypto::openssl::make_provider();
  auto naked = spec_for(Encr::aes_cbc, 128, Integ::hmac_sha2_256_128, Esn::no);
  naked.algorithms.integ = Integ::none;
  naked.integrity_key.clear();
  EXPECT_FALSE(PacketCodec::make(*provider, naked));
  auto short_key = spec_for(Encr::aes_gcm_16, 256, Integ::none, Esn::no);
  short_key.encryption_key.shrink(32);
  EXPECT_EQ(PacketCodec::make(*provider, short_key).error().fault, Fault::refused);
  auto ah = spec_for(Encr::aes_gcm_16, 256, Integ::none, Esn::no);
  ah.id.protocol = ProtocolId::ah;
  EXPECT_EQ(PacketCodec::make(*provider, ah).error().fault, Fault::unsupported);
}

TEST(EspPacket, RefusesWhatIsTooShortForItsAlgorithms) {
  const auto provider = crypto::openssl::make_provider();
  auto codec = PacketCodec::make(*provider, spec_for(Encr::aes_gcm_16, 256, Integ::none, Esn::no));
  for (size_t size = 0; size < codec->sealed_size(0); ++size) {
    Blob packet(size);
    EXPECT_FALSE(codec->open(1, packet)) << size;
  }
}

//= RFC 4303 section 2.1: SPIs up to 255 are reserved
TEST(EspHeader, RefusesReservedSpis) {
  EXPECT_FALSE(parse_esp_header(*from_hex("000000ff00000001")));
  const auto header = parse_esp_header(*from_hex("000001000000000a"));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->spi, EspSpi(256));
  EXPECT_EQ(header->sequence, 10u);
  EXPECT_FALSE(parse_esp_header(*from_hex("00000100000000")));
}

}  // namespace
}  // namespace ike::esp
