#include "ikev2/key_schedule.h"

#include <gtest/gtest.h>

#include "crypto/algorithms.h"
#include "crypto/openssl/openssl_provider.h"
#include "unit/ike/records.h"

namespace ike::v2 {
namespace {

using testing::Record;

model::Suite suite_of(const Record& r) {
  model::Suite s;
  const std::map<std::string, PrfId> prfs{{"SHA-1", PrfId::hmac_sha1},
                                          {"SHA-256", PrfId::hmac_sha2_256},
                                          {"SHA-384", PrfId::hmac_sha2_384},
                                          {"SHA-512", PrfId::hmac_sha2_512}};
  s.prf = prfs.at(r.text("hash"));
  s.encr = Encr::aes_cbc;
  s.encr_key_bits = 128;
  s.integ = Integ::hmac_sha1_96;
  return s;
}

// As far as the vector goes.
void expect_pieces(const Blob& dkm, std::initializer_list<Bytes> pieces, const std::string& what) {
  size_t at = 0;
  for (const Bytes piece : pieces) {
    if (at >= dkm.size()) break;
    const size_t size = std::min(piece.size(), dkm.size() - at);
    EXPECT_EQ(to_hex(piece.first(size)), to_hex(Bytes(dkm).subspan(at, size)))
        << what << " at " << at;
    at += size;
  }
  EXPECT_GT(at, 0U);
}

class KeySchedule : public ::testing::Test {
 protected:
  static KeyInputs inputs(const Blob& shared, const Blob& ni, const Blob& nr, const Record& r) {
    return {shared, ni, nr, r.spi("spi_i"), r.spi("spi_r")};
  }
  std::unique_ptr<crypto::Provider> provider_ = crypto::openssl::make_provider();
};

//= RFC 7296 section 2.14: SK_d, SK_ai, SK_ar, SK_ei, SK_er, SK_pi, SK_pr in this order
TEST_F(KeySchedule, DerivesTheKeysOfAnIkeSaAsNistDoes) {
  for (const Record& r : testing::records_of("key_schedule.vec")) {
    const Blob ni = r.octets("ni"), nr = r.octets("nr"), shared = r.octets("g_ir");
    const auto keys = derive_keys(*provider_, suite_of(r), inputs(shared, ni, nr, r));
    ASSERT_TRUE(keys);
    expect_pieces(
        r.octets("dkm"),
        {keys->d(), keys->ai(), keys->ar(), keys->ei(), keys->er(), keys->pi(), keys->pr()},
        r.text("hash"));
  }
}

//= RFC 7296 section 2.17: KEYMAT without and with a key exchange, initiator to responder first
TEST_F(KeySchedule, DerivesTheKeysOfAChildSaAsNistDoes) {
  for (const Record& r : testing::records_of("key_schedule.vec")) {
    const model::Suite suite = suite_of(r);
    const Blob ni = r.octets("ni"), nr = r.octets("nr"), dkm = r.octets("dkm");
    const Bytes sk_d = Bytes(dkm).first(crypto::info_of(suite.prf)->size);
    for (const bool pfs : {false, true}) {
      const Blob shared = pfs ? r.octets("g_ir_new") : Blob{};
      const auto keys = derive_child_keys(*provider_, suite.prf, sk_d, suite, {shared, ni, nr});
      ASSERT_TRUE(keys);
      EXPECT_EQ(keys->from_initiator.encryption.size(), 16U);
      EXPECT_EQ(keys->from_initiator.integrity.size(), 20U);
      expect_pieces(r.octets(pfs ? "dkm_child_dh" : "dkm_child"),
                    {keys->from_initiator.encryption.view(), keys->from_initiator.integrity.view(),
                     keys->from_responder.encryption.view(), keys->from_responder.integrity.view()},
                    r.text("hash"));
    }
  }
}

//= RFC 7296 section 2.18: SKEYSEED from the old SK_d
TEST_F(KeySchedule, RekeysFromTheOldKeysAsNistDoes) {
  for (const Record& r : testing::records_of("key_schedule.vec")) {
    const model::Suite suite = suite_of(r);
    const Blob ni = r.octets("ni"), nr = r.octets("nr"), dkm = r.octets("dkm");
    const Blob shared = r.octets("g_ir_new");
    const Bytes sk_d = Bytes(dkm).first(crypto::info_of(suite.prf)->size);
    const auto keys =
        derive_rekeyed(*provider_, suite, {suite.prf, sk_d}, inputs(shared, ni, nr, r));
    ASSERT_TRUE(keys);
    const Blob spis = from_hex(r.text("spi_i") + r.text("spi_r")).value();
    const std::array<Bytes, 3> seed{ni, nr, spis};
    Blob expected(keys->d().size() + keys->ai().size());
    provider_->prf_plus(suite.prf, r.octets("skeyseed_rekey"), seed, expected);
    expect_pieces(expected, {keys->d(), keys->ai()}, r.text("hash"));
  }
}

//= RFC 7296 section 2.18: SKEYSEED with the old PRF, the keys with the new one
TEST_F(KeySchedule, RekeysToAnotherPrf) {
  model::Suite fresh;
  fresh.prf = PrfId::hmac_sha2_512;
  fresh.encr = Encr::aes_gcm_16;
  fresh.encr_key_bits = 256;
  const Blob sk_d(20, 3), ni(32, 1), nr(32, 2), shared(32, 9);
  const auto keys = derive_rekeyed(*provider_, fresh, {PrfId::hmac_sha1, sk_d},
                                   {shared, ni, nr, IkeSpi(1), IkeSpi(2)});
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->d().size(), 64U);
  EXPECT_EQ(keys->ai().size(), 0U);
  EXPECT_EQ(keys->ei().size(), 36U);
  const std::array<Bytes, 3> data{shared, ni, nr};
  Blob skeyseed(20);
  provider_->prf(PrfId::hmac_sha1, sk_d, data, skeyseed);
  const Blob spis = from_hex("00000000000000010000000000000002").value();
  const std::array<Bytes, 3> seed{ni, nr, spis};
  Blob expected(64);
  provider_->prf_plus(PrfId::hmac_sha2_512, skeyseed, seed, expected);
  EXPECT_TRUE(equal(keys->d(), expected));
}

//= RFC 7296 section 2.14: the first 64 bits of each nonce with AES-XCBC and AES-CMAC
TEST_F(KeySchedule, CutsTheNoncesForPrfsOfAFixedKey) {
  model::Suite suite;
  suite.encr = Encr::aes_gcm_16;
  suite.encr_key_bits = 128;
  for (const PrfId prf : {PrfId::aes128_xcbc, PrfId::aes128_cmac}) {
    suite.prf = prf;
    const Blob ni(32, 1), nr(20, 2), shared(32, 9);
    const auto keys = derive_keys(*provider_, suite, {shared, ni, nr, IkeSpi(1), IkeSpi(2)});
    ASSERT_TRUE(keys);
    const Blob key = from_hex("01010101010101010202020202020202").value();
    const Bytes data(shared);
    Blob skeyseed(16);
    provider_->prf(prf, key, crypto::Parts(&data, 1), skeyseed);
    const Blob spis = from_hex("00000000000000010000000000000002").value();
    const std::array<Bytes, 3> seed{ni, nr, spis};
    Blob expected(16);
    provider_->prf_plus(prf, skeyseed, seed, expected);
    EXPECT_TRUE(equal(keys->d(), expected)) << to_text(prf);
  }
}

TEST_F(KeySchedule, RefusesUnknownAlgorithms) {
  model::Suite suite;
  suite.prf = PrfId::hmac_sha2_256;
  suite.encr = static_cast<Encr>(999);
  EXPECT_FALSE(derive_keys(*provider_, suite, {}));
  suite.encr = Encr::aes_gcm_16;
  suite.encr_key_bits = 256;
  suite.prf = static_cast<PrfId>(999);
  EXPECT_FALSE(derive_keys(*provider_, suite, {}));
}

}  // namespace
}  // namespace ike::v2
