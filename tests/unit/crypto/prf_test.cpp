#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "crypto/algorithms.h"
#include "crypto/openssl/mac.h"
#include "crypto/openssl/openssl_provider.h"
#include "vectors.h"

namespace ike::crypto {
namespace {

using testing::Json;
using testing::vectors;

class PrfTest : public ::testing::Test {
 protected:
  Blob prf(PrfId id, Bytes key, Bytes data, size_t size = 0) {
    Blob out(size != 0 ? size : info_of(id)->size);
    provider_->prf(id, key, Parts(&data, 1), out);
    return out;
  }
  Blob prf_plus(PrfId id, Bytes key, Bytes seed, size_t size) {
    Blob out(size);
    provider_->prf_plus(id, key, Parts(&seed, 1), out);
    return out;
  }

  std::unique_ptr<Provider> provider_ = openssl::make_provider();
};

Blob joined(std::initializer_list<Blob> parts) {
  Blob out;
  for (const Blob& part : parts) append(out, part);
  return out;
}

const std::map<std::string, PrfId> kPrfNames{{"PRF_HMAC_MD5", PrfId::hmac_md5},
                                             {"PRF_HMAC_SHA1", PrfId::hmac_sha1},
                                             {"PRF_HMAC_SHA2_256", PrfId::hmac_sha2_256},
                                             {"PRF_HMAC_SHA2_384", PrfId::hmac_sha2_384},
                                             {"PRF_HMAC_SHA2_512", PrfId::hmac_sha2_512},
                                             {"PRF_AES128_XCBC", PrfId::aes128_xcbc},
                                             {"PRF_AES128_CMAC", PrfId::aes128_cmac},
                                             {"HMAC-SHA1", PrfId::hmac_sha1},
                                             {"HMAC-SHA2-256", PrfId::hmac_sha2_256},
                                             {"HMAC-SHA2-384", PrfId::hmac_sha2_384},
                                             {"HMAC-SHA2-512", PrfId::hmac_sha2_512},
                                             {"AES-XCBC-PRF-128", PrfId::aes128_xcbc},
                                             {"SHA-1", PrfId::hmac_sha1},
                                             {"SHA-256", PrfId::hmac_sha2_256},
                                             {"SHA-384", PrfId::hmac_sha2_384},
                                             {"SHA-512", PrfId::hmac_sha2_512}};

const std::map<std::string, Integ> kIntegNames{{"AUTH_HMAC_MD5_96", Integ::hmac_md5_96},
                                               {"AUTH_HMAC_SHA1_96", Integ::hmac_sha1_96},
                                               {"AUTH_HMAC_SHA2_256_128", Integ::hmac_sha2_256_128},
                                               {"AUTH_HMAC_SHA2_384_192", Integ::hmac_sha2_384_192},
                                               {"AUTH_HMAC_SHA2_512_256", Integ::hmac_sha2_512_256},
                                               {"AUTH_AES_XCBC_96", Integ::aes_xcbc_96},
                                               {"AUTH_AES_CMAC_96", Integ::aes_cmac_96}};

//= RFC 4434 section 2: keys of other lengths than 16 octets
//= RFC 4615 section 3: the same for CMAC
TEST_F(PrfTest, GivesTheValuesOfTheRfcs) {
  size_t prfs = 0;
  size_t macs = 0;
  openssl::Library library(false);
  for (const Json& v : vectors("rfc/mac-and-prf.json")["vectors"].items) {
    SCOPED_TRACE(v["name"].text);
    const Blob message = v.hex("message");
    const std::string& algorithm = v["algorithm"].text;
    if (v["use"].text == "prf") {
      EXPECT_EQ(to_hex(prf(kPrfNames.at(algorithm), v.hex("key"), message)), v["output"].text);
      ++prfs;
    } else if (kIntegNames.contains(algorithm)) {
      const Integ integ = kIntegNames.at(algorithm);
      openssl::Mac mac(integ, library);
      mac.key(v.hex("key"));
      Blob icv(info_of(integ)->icv_size);
      const Bytes part = message;
      mac.mac(Parts(&part, 1), icv);
      EXPECT_EQ(to_hex(icv), v["output"].text);
      ++macs;
    }
  }
  EXPECT_EQ(prfs, 41u);
  EXPECT_EQ(macs, 22u);
}

TEST_F(PrfTest, GivesTheSameHoweverTheDataIsCut) {
  Blob data(131);
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<uint8_t>(i * 7);
  const Blob key(16, 0x42);
  for (const PrfInfo& info : all_prf()) {
    const Blob whole = prf(info.id, key, data);
    for (size_t cut = 0; cut <= data.size(); ++cut) {
      const Bytes all = data;
      const std::array<Bytes, 3> parts{all.first(cut / 2), all.subspan(cut / 2, cut - cut / 2),
                                       all.subspan(cut)};
      Blob out(info.size);
      provider_->prf(info.id, key, parts, out);
      ASSERT_EQ(out, whole) << raw(info.id) << " cut at " << cut;
    }
    EXPECT_EQ(prf(info.id, key, data, 5), Blob(whole.begin(), whole.begin() + 5));
  }
}

//= RFC 7296 section 2.13: prf+
TEST_F(PrfTest, ExpandsLikeNss) {
  size_t done = 0;
  for (const Json& v : vectors("ike-kdf/nss-ike-prf.json")["vectors"].items) {
    const PrfId id = kPrfNames.at(v["prf"].text);
    const std::string& kind = v["kind"].text;
    SCOPED_TRACE(v["prf"].text + " " + kind);
    if (kind == "ikev2_prf_plus") {
      EXPECT_EQ(to_hex(prf_plus(id, v.hex("key"), v.hex("seed"), v.number("length"))),
                v["out"].text);
      ++done;
    } else if (kind == "skeyid_signature_or_skeyseed") {
      EXPECT_EQ(to_hex(prf(id, joined({v.hex("ni"), v.hex("nr")}), v.hex("g_ir"))), v["out"].text);
      ++done;
    }
  }
  EXPECT_EQ(done, 25u);
}

TEST_F(PrfTest, DerivesTheKeysOfNist) {
  size_t done = 0;
  for (const Json& group : vectors("ike-kdf/ikev2.json")["groups"].items) {
    const PrfId id = kPrfNames.at(group["hash"].text);
    for (const Json& v : group["tests"].items) {
      const Blob nonces = joined({v.hex("ni"), v.hex("nr")});
      const Blob skeyseed = prf(id, nonces, v.hex("g_ir"));
      ASSERT_EQ(to_hex(skeyseed), v["skeyseed"].text);
      const Blob dkm = prf_plus(id, skeyseed, joined({nonces, v.hex("spi_i"), v.hex("spi_r")}),
                                v.hex("dkm").size());
      EXPECT_EQ(to_hex(dkm), v["dkm"].text);
      const Bytes sk_d = Bytes(dkm).first(info_of(id)->size);
      EXPECT_EQ(to_hex(prf_plus(id, sk_d, nonces, v.hex("dkm_child").size())), v["dkm_child"].text);
      const Blob fresh = joined({v.hex("g_ir_new"), nonces});
      EXPECT_EQ(to_hex(prf_plus(id, sk_d, fresh, v.hex("dkm_child_dh").size())),
                v["dkm_child_dh"].text);
      EXPECT_EQ(to_hex(prf(id, sk_d, fresh)), v["skeyseed_rekey"].text);
      ++done;
    }
  }
  EXPECT_EQ(done, 72u);
}

// The counter of prf+ is one octet.
TEST_F(PrfTest, ExpandsUpTo255Blocks) {
  for (const PrfInfo& info : all_prf()) {
    const Blob key(info.size, 1);
    const Blob seed(64, 2);
    const Blob longest = prf_plus(info.id, key, seed, size_t{255} * info.size);
    const Blob shorter = prf_plus(info.id, key, seed, size_t{3} * info.size + 1);
    EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longest.begin()));
    Bytes last_but_one = Bytes(longest).last(size_t{2} * info.size).first(info.size);
    Blob input = joined({to_blob(last_but_one), seed, Blob{255}});
    EXPECT_EQ(prf(info.id, key, input), to_blob(Bytes(longest).last(info.size)));
  }
}

struct MacFile {
  const char* file;
  PrfId prf;
};
class WycheproofMac : public ::testing::TestWithParam<MacFile> {};

TEST_P(WycheproofMac, TakesTheirTagsAndNoOther) {
  const auto provider = openssl::make_provider();
  size_t valid = 0;
  for (const Json& group :
       vectors(std::string("wycheproof/") + GetParam().file)["testGroups"].items) {
    for (const Json& test : group["tests"].items) {
      SCOPED_TRACE(test["tcId"].text);
      const Blob key = test.hex("key");
      // CMAC with AES of 192 and 256 bits is not in IKE; as a PRF the key is hashed instead.
      if (GetParam().prf == PrfId::aes128_cmac && key.size() != 16) continue;
      const Blob message = test.hex("msg");
      const Bytes part = message;
      Blob tag(group.number("tagSize") / 8);
      provider->prf(GetParam().prf, key, Parts(&part, 1), tag);
      EXPECT_EQ(tag == test.hex("tag"), test["result"].text == "valid");
      valid += test["result"].text == "valid" ? 1 : 0;
    }
  }
  EXPECT_GT(valid, 10u);
}

INSTANTIATE_TEST_SUITE_P(Prf, WycheproofMac,
                         ::testing::Values(MacFile{"hmac_sha1_test.json", PrfId::hmac_sha1},
                                           MacFile{"hmac_sha256_test.json", PrfId::hmac_sha2_256},
                                           MacFile{"hmac_sha384_test.json", PrfId::hmac_sha2_384},
                                           MacFile{"hmac_sha512_test.json", PrfId::hmac_sha2_512},
                                           MacFile{"aes_cmac_test.json", PrfId::aes128_cmac}),
                         [](const auto& param) {
                           return std::string(name_of(param.param.prf)).substr(0, 4) +
                                  std::to_string(raw(param.param.prf));
                         });

// FIPS 180-4 examples: "abc".
TEST(HashFunction, GivesTheValuesOfItsStandard) {
  const auto provider = openssl::make_provider();
  const Bytes abc = as_bytes("abc");
  const std::map<Hash, std::string> expected{
      {Hash::sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {Hash::sha2_256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {Hash::sha2_384,
       "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca1"
       "34c825a7"},
      {Hash::sha2_512,
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23"
       "a3feebbd454d4423643ce80e2a9ac94fa54ca49f"}};
  for (const auto& [hash, text] : expected) {
    Blob out(text.size() / 2);
    const std::array<Bytes, 2> parts{abc.first(1), abc.subspan(1)};
    provider->hash(hash, parts, out);
    EXPECT_EQ(to_hex(out), text);
  }
}

}  // namespace
}  // namespace ike::crypto
