#include "ikev2/envelope.h"

#include <gtest/gtest.h>

#include <set>

#include "base/limits.h"
#include "crypto/algorithms.h"
#include "crypto/openssl/openssl_provider.h"
#include "ike/fragments.h"
#include "unit/ike/fixed_random.h"
#include "unit/ike/records.h"
#include "wire/v2/message.h"
#include "wire/v2/payload_writer.h"

namespace ike::v2 {
namespace {

model::Suite suite_of(Encr encr, uint16_t bits, Integ integ) {
  model::Suite s;
  s.encr = encr;
  s.encr_key_bits = bits;
  s.integ = integ;
  s.prf = PrfId::hmac_sha2_256;
  return s;
}

// The keys of one direction; the other has zeros.
SkKeys keys_with(const model::Suite& suite, bool initiator, Bytes encr, Bytes integ) {
  const auto sizes = crypto::sizes_of(protection_of(suite));
  const SkKeys::Sizes s{32, sizes->integ_key, sizes->key};
  EXPECT_EQ(encr.size(), s.encr);
  EXPECT_EQ(integ.size(), s.integ);
  Secret block(s.total());
  const size_t integ_at = s.prf + (initiator ? 0 : s.integ);
  const size_t encr_at = s.prf + 2 * s.integ + (initiator ? 0 : s.encr);
  std::ranges::copy(integ, block.writable().begin() + static_cast<ptrdiff_t>(integ_at));
  std::ranges::copy(encr, block.writable().begin() + static_cast<ptrdiff_t>(encr_at));
  return SkKeys(std::move(block), s);
}

const std::vector<model::Suite> kSuites{
    suite_of(Encr::aes_cbc, 256, Integ::hmac_sha2_256_128),
    suite_of(Encr::des3, 0, Integ::hmac_sha1_96),
    suite_of(Encr::aes_ctr, 128, Integ::hmac_sha2_256_128),
    suite_of(Encr::aes_gcm_16, 256, Integ::none),
    suite_of(Encr::aes_ccm_8, 128, Integ::none),
    suite_of(Encr::chacha20_poly1305, 0, Integ::none),
};

class EnvelopeTest : public ::testing::Test {
 protected:
  SkKeys keys(const model::Suite& suite) {
    const Blob ni(32, 1), nr(32, 2), shared(32, 3);
    return *derive_keys(*provider_, suite, {shared, ni, nr, IkeSpi(5), IkeSpi(6)});
  }
  static Sealing sealing(Bytes chain) {
    Sealing s;
    s.header.spi_i = IkeSpi(5);
    s.header.spi_r = IkeSpi(6);
    s.header.exchange = ExchangeType::informational;
    s.header.flags = wire::kFlagInitiator;
    s.header.message_id = MessageId(3);
    s.first = PayloadType::vendor;
    s.chain = chain;
    return s;
  }
  // As the other end does.
  Result<proto::Unprotected<Plaintext>> open(const model::Suite& suite, SkKeys& k, Bytes message,
                                             bool initiator = false) {
    IKE_TRY(const auto header, wire::Header::parse(message));
    IKE_TRY(const auto outer, wire::v2::parse_message(header, message));
    if (!outer.sk) return fail(Fault::malformed, "no SK");
    return Envelope::open(*provider_, {suite, k, initiator}, header, *outer.sk, message);
  }

  std::unique_ptr<crypto::Provider> provider_ = crypto::openssl::make_provider();
  testing::FixedRandom random_;
};

const Blob kChain = [] {
  Blob chain;
  wire::v2::PayloadWriter w(chain);
  const Blob data(300, 0xab);
  w.add(wire::v2::Vendor{data});
  return chain;
}();

TEST_F(EnvelopeTest, OpensMessagesOfOthers) {
  const std::map<std::string, std::pair<Encr, Integ>> names{
      {"AES_CBC", {Encr::aes_cbc, Integ::none}},
      {"CHACHA20_POLY1305", {Encr::chacha20_poly1305, Integ::none}},
      {"HMAC_SHA1_96", {Encr::none, Integ::hmac_sha1_96}},
      {"HMAC_SHA2_256_128", {Encr::none, Integ::hmac_sha2_256_128}},
      {"NONE", {}}};
  for (const testing::Record& r : testing::records_of("envelope.vec")) {
    const Blob sk_e = r.octets("sk_e");
    const Encr encr = names.at(r.text("encr")).first;
    const auto bits = encr == Encr::aes_cbc ? static_cast<uint16_t>(sk_e.size() * 8) : uint16_t{0};
    const model::Suite suite = suite_of(encr, bits, names.at(r.text("integ")).second);
    const bool from_initiator = r.text("from") == "initiator";
    SkKeys k = keys_with(suite, from_initiator, sk_e, r.octets("sk_a"));
    const Blob message = r.octets("message");
    const auto opened = open(suite, k, message, !from_initiator);
    ASSERT_TRUE(opened) << r.text("name") << ": " << opened.error().what;
    EXPECT_EQ(to_hex((*opened)->chain), r.text("inner")) << r.text("name");
    EXPECT_EQ(raw((*opened)->first), std::stoul(r.text("first"), nullptr, 16)) << r.text("name");
  }
}

TEST_F(EnvelopeTest, OpensWhatItSealed) {
  for (const model::Suite& suite : kSuites) {
    SkKeys k = keys(suite);
    const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, sealing(kChain));
    ASSERT_TRUE(sealed);
    ASSERT_EQ(sealed->size(), 1U);
    const auto opened = open(suite, k, sealed->front());
    ASSERT_TRUE(opened) << suite.text() << ": " << opened.error().what;
    EXPECT_EQ((*opened)->chain, kChain);
    EXPECT_EQ((*opened)->first, PayloadType::vendor);
  }
}

TEST_F(EnvelopeTest, SealsAnEmptyChain) {
  for (const model::Suite& suite : kSuites) {
    SkKeys k = keys(suite);
    Sealing s = sealing({});
    s.first = PayloadType::none;
    const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, s);
    ASSERT_TRUE(sealed);
    const auto opened = open(suite, k, sealed->front());
    ASSERT_TRUE(opened);
    EXPECT_TRUE((*opened)->chain.empty());
  }
}

TEST_F(EnvelopeTest, NoticesEveryChangedOctet) {
  for (const model::Suite& suite : kSuites) {
    SkKeys k = keys(suite);
    const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, sealing(kChain));
    for (size_t i = 0; i < sealed->front().size(); ++i) {
      Blob changed = sealed->front();
      changed[i] ^= 0x40;
      EXPECT_FALSE(open(suite, k, changed)) << suite.text() << " octet " << i;
    }
  }
}

TEST_F(EnvelopeTest, RefusesTruncatedMessages) {
  const model::Suite& suite = kSuites.front();
  SkKeys k = keys(suite);
  const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, sealing(kChain));
  for (size_t size = wire::kHeaderSize; size < sealed->front().size(); ++size) {
    Blob cut(sealed->front().begin(), sealed->front().begin() + static_cast<ptrdiff_t>(size));
    wire::patch_length(cut);
    if (size >= 32) {  // the SK payload ends where the message does
      cut[30] = static_cast<uint8_t>((size - 28) >> 8);
      cut[31] = static_cast<uint8_t>(size - 28);
    }
    EXPECT_FALSE(open(suite, k, cut)) << size;
  }
}

//= RFC 7296 section 3.1: who began the IKE SA sets flag I, so our own messages are known
TEST_F(EnvelopeTest, RefusesOurOwnMessageReflected) {
  const model::Suite& suite = kSuites.front();
  SkKeys k = keys(suite);
  const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, sealing(kChain));
  const auto opened = open(suite, k, sealed->front(), true);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::unauthenticated);
}

TEST_F(EnvelopeTest, RefusesAnythingBeforeThereAreKeys) {
  const model::Suite& suite = kSuites.front();
  SkKeys k = keys(suite);
  SkKeys none;
  const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, sealing(kChain));
  EXPECT_FALSE(open(suite, none, sealed->front()));
  EXPECT_FALSE(Envelope::seal(*provider_, random_, {suite, none, true}, sealing(kChain)));
}

//= RFC 5282 section 3: an IV is never used twice with one key
TEST_F(EnvelopeTest, NeverRepeatsAnIv) {
  for (const model::Suite& suite : kSuites) {
    SkKeys k = keys(suite);
    const size_t size = crypto::sizes_of(protection_of(suite))->iv;
    std::set<Blob> seen;
    for (int i = 0; i < 300; ++i) {
      const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, sealing(kChain));
      EXPECT_TRUE(seen.insert(to_blob(Bytes(sealed->front()).subspan(32, size))).second);
    }
  }
}

TEST_F(EnvelopeTest, PutsTheNonEspMarkerInFront) {
  const model::Suite& suite = kSuites.front();
  SkKeys k = keys(suite);
  Sealing s = sealing(kChain);
  s.non_esp_marker = true;
  const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, s);
  ASSERT_TRUE(sealed);
  EXPECT_TRUE(equal(Bytes(sealed->front()).first(4), Blob(4, 0)));
  EXPECT_TRUE(open(suite, k, Bytes(sealed->front()).subspan(4)));
}

//= RFC 7383 section 2.5: fragments that fit the path
TEST_F(EnvelopeTest, CutsWhatDoesNotFitAndPutsItTogetherAgain) {
  Blob chain;
  wire::v2::PayloadWriter w(chain);
  Blob data(5000);
  random_.fill_public(data);
  w.add(wire::v2::Vendor{data});
  for (const model::Suite& suite : kSuites) {
    for (const Family family : {Family::ipv4, Family::ipv6}) {
      SkKeys k = keys(suite);
      Sealing s = sealing(chain);
      s.room = default_message_room(family);
      const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, s);
      ASSERT_TRUE(sealed);
      EXPECT_GE(sealed->size(), chain.size() / s.room);
      proto::Reassembly reassembly;
      for (const Blob& message : *sealed) {
        EXPECT_LE(message.size(), s.room);
        auto opened = open(suite, k, message);
        ASSERT_TRUE(opened) << opened.error().what;
        Plaintext p = std::move(*opened).value();
        EXPECT_TRUE(p.is_fragment);
        EXPECT_EQ(p.first, p.fragment == 1 ? PayloadType::vendor : PayloadType::none);
        reassembly.add({false, MessageId(3), p.fragment, p.fragments, p.first, std::move(p.chain)});
      }
      const proto::Reassembled whole = reassembly.take();
      EXPECT_EQ(whole.chain, chain);
      EXPECT_EQ(whole.first, PayloadType::vendor);
    }
  }
}

TEST_F(EnvelopeTest, SendsWhatFitsInOnePiece) {
  const model::Suite& suite = kSuites.front();
  SkKeys k = keys(suite);
  Sealing s = sealing(kChain);
  s.room = default_message_room(Family::ipv4);
  const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, s);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->size(), 1U);
}

TEST_F(EnvelopeTest, RefusesMoreFragmentsThanAllowed) {
  const model::Suite& suite = kSuites.front();
  SkKeys k = keys(suite);
  const Blob huge(60000);
  Sealing s = sealing(huge);
  s.room = 200;
  const auto sealed = Envelope::seal(*provider_, random_, {suite, k, true}, s);
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().fault, Fault::limit);
  s.room = 40;
  EXPECT_FALSE(Envelope::seal(*provider_, random_, {suite, k, true}, s));
}

TEST_F(EnvelopeTest, RefusesWhatNoDatagramCanCarry) {
  const model::Suite suite = suite_of(Encr::aes_gcm_16, 256, Integ::none);
  SkKeys k = keys(suite);
  // Around the chain: IKE header, SK header, IV, pad length, ICV.
  const Blob chain(limits::kDatagramMax - (28 + 4 + 8 + 1 + 16) + 1);
  const auto largest = Envelope::seal(*provider_, random_, {suite, k, true},
                                      sealing(Bytes(chain).first(chain.size() - 1)));
  ASSERT_TRUE(largest);
  EXPECT_EQ(largest->front().size(), limits::kDatagramMax);
  const auto larger = Envelope::seal(*provider_, random_, {suite, k, true}, sealing(chain));
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().fault, Fault::limit);
}

TEST(MessageRoom, IsWhatIpAndUdpLeave) {
  EXPECT_EQ(default_message_room(Family::ipv4), 548U);
  EXPECT_EQ(default_message_room(Family::ipv6), 1232U);
  EXPECT_EQ(message_room(Family::ipv4, 10), 0U);
}

}  // namespace
}  // namespace ike::v2
