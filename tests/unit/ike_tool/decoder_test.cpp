#include "tools/ike/decoder.h"

#include "crypto/openssl/openssl_provider.h"
#include "tools/ike/render.h"
#include "unit/wire/octets.h"
#include "wire/v2/payload_writer.h"

namespace ike::tools {
namespace {

using test::octets;

// An IPv4 packet with `payload` between these ports.
Blob packet(uint16_t from, uint16_t to, const Blob& payload) {
  Blob out = octets("45000000 00000000 40110000 c0000201 c0000202");
  wire::Writer w(out);
  w.patch_u16(2, static_cast<uint16_t>(28 + payload.size()));
  w.u16(from).u16(to).u16(static_cast<uint16_t>(8 + payload.size())).u16(0).bytes(payload);
  return out;
}

const Blob kMessage = octets("0102030405060708 1112131415161718 00 20 25 08 00000002 0000001c");

// Whether a message is found, and whether its marker is.
std::string found(uint16_t from, uint16_t to, const Blob& payload, std::set<uint16_t> ports = {}) {
  const Blob data = packet(from, to, payload);
  const auto m = Decoder(std::move(ports), nullptr).decode({1, 0, LinkType::raw, data});
  if (!m) return "none";
  return m->non_esp_marker ? "marked" : "plain";
}

TEST(Decoder, KnowsTheFramingOfEachPort) {
  Blob marked(4);
  append(marked, kMessage);
  EXPECT_EQ(found(500, 500, kMessage), "plain");
  EXPECT_EQ(found(12345, 500, kMessage), "plain");
  EXPECT_EQ(found(4500, 12345, marked), "marked");
  EXPECT_EQ(found(4500, 4500, kMessage), "none") << "ESP";
  EXPECT_EQ(found(4500, 4500, octets("ff")), "none") << "keepalive";
  EXPECT_EQ(found(4500, 4500, octets("000000")), "none");
  EXPECT_EQ(found(1500, 1500, kMessage), "none");
  EXPECT_EQ(found(1500, 1501, kMessage, {1501}), "plain");
  EXPECT_EQ(found(1500, 1501, marked, {1501}), "marked");
}

TEST(Decoder, ShowsWhatIsTooShortForAHeader) {
  Decoder decoder({}, nullptr);
  const auto m = decoder.decode_message(Bytes(kMessage).first(20));
  EXPECT_FALSE(m.header);
  EXPECT_FALSE(m.well_formed());
  EXPECT_EQ(render_text(m, 0), "20 octets: IKE header: truncated\n\n");
  EXPECT_NE(JsonRenderer("x").render(m).find("\"problem\": \"IKE header: truncated\""),
            std::string::npos);
}

// Seals IKE_AUTH fragments as a peer would, with AES-GCM.
class Sealer {
 public:
  Blob seal(uint16_t number, uint16_t total, PayloadType first, const Blob& inner) {
    Blob out;
    wire::Writer w(out);
    wire::Header{IkeSpi(1),
                 IkeSpi(2),
                 PayloadType::skf,
                 wire::kVersion2,
                 ExchangeType::ike_auth,
                 wire::kFlagInitiator,
                 MessageId(1),
                 0}
        .write(w);
    const size_t size = 4 + 4 + 8 + inner.size() + 1 + 16;
    w.u8(raw(first)).u8(0).u16(static_cast<uint16_t>(size)).u16(number).u16(total);
    wire::patch_length(out);
    wire::Writer(out).patch_u32(24, static_cast<uint32_t>(wire::kHeaderSize + size));
    const Blob iv(8, static_cast<uint8_t>(number));
    Blob text = inner;
    text.push_back(0);
    Blob icv(16);
    EXPECT_TRUE(provider_->seal_once(kGcm, kKey, {}, out, iv, text, icv));
    append(out, iv);
    append(out, text);
    append(out, icv);
    return out;
  }
  Opener opener() {
    std::vector<SaKeys> keys;
    keys.push_back({IkeSpi(1), IkeSpi(0), true, kGcm, Secret(Bytes(kKey)), Secret()});
    return Opener(*provider_, std::move(keys));
  }

 private:
  static constexpr crypto::Protection kGcm{Encr::aes_gcm_16, 128, Integ::none};
  const Blob kKey = Blob(20, 7);
  std::unique_ptr<crypto::Provider> provider_ = crypto::openssl::make_provider();
};

//= RFC 7383 section 2.6: the fragments together make the payloads, whatever their order of arrival
TEST(Decoder, PutsFragmentsTogether) {
  Sealer sealer;
  const Opener opener = sealer.opener();
  Decoder decoder({}, &opener);
  const Blob second = sealer.seal(2, 2, PayloadType::none, octets("aabbccdd"));
  const Blob first = sealer.seal(1, 2, PayloadType::id_i, octets("0000000c 02000000"));

  auto m = decoder.decode_message(second);
  ASSERT_TRUE(m.inside);
  EXPECT_TRUE(m.inside->icv_ok);
  EXPECT_FALSE(m.inside->chain);
  EXPECT_TRUE(m.well_formed());
  m = decoder.decode_message(first);
  ASSERT_TRUE(m.inside && m.inside->chain);
  ASSERT_EQ(m.inside->chain->payloads.size(), 1u);
  EXPECT_EQ(m.inside->chain->payloads[0].type, PayloadType::id_i);
  EXPECT_TRUE(m.well_formed());
  EXPECT_NE(render_text(m, 0).find("identity: \\xaa\\xbb\\xcc\\xdd"), std::string::npos);
}

TEST(Decoder, SaysWhenTheKeysDoNotFit) {
  Sealer sealer;
  const Opener opener = sealer.opener();
  Decoder decoder({}, &opener);
  Blob spoiled = sealer.seal(1, 1, PayloadType::id_i, octets("0000000c 02000000 aabbccdd"));
  spoiled.back() ^= 1;
  const auto m = decoder.decode_message(spoiled);
  ASSERT_TRUE(m.inside);
  EXPECT_FALSE(m.inside->icv_ok);
  EXPECT_FALSE(m.well_formed());
  EXPECT_NE(render_text(m, 0).find("decrypted: no: the ICV does not fit the keys"),
            std::string::npos);
}

}  // namespace
}  // namespace ike::tools
