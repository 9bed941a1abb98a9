#include <gtest/gtest.h>

#include <map>

#include "base/limits.h"
#include "crypto/algorithms.h"
#include "crypto/fake/fake_provider.h"
#include "crypto/openssl/openssl_provider.h"
#include "vectors.h"

namespace ike::crypto {
namespace {

using openssl::LegacyCiphers;
using testing::Json;
using testing::SeededRandom;
using testing::vectors;

uint16_t bits_of(Encr encr, size_t key_size) {
  return encr == Encr::chacha20_poly1305 || encr == Encr::des3
             ? uint16_t{0}
             : static_cast<uint16_t>(8 * key_size);
}

// AEAD with a nonce given as a whole: the first octets are the salt.
struct AeadCase {
  Encr encr;
  Blob key, nonce, aad, plaintext, ciphertext, tag;
};

void expect_aead(Provider& provider, const AeadCase& c, bool valid) {
  const Protection protection{c.encr, bits_of(c.encr, c.key.size()), Integ::none};
  const auto sizes = sizes_of(protection);
  ASSERT_TRUE(sizes);
  const Bytes nonce = c.nonce;
  Blob key = c.key;
  append(key, nonce.first(nonce.size() - 8));
  const auto cipher = provider.packet_cipher(protection, key, {});
  ASSERT_TRUE(cipher);
  Blob text = c.ciphertext;
  EXPECT_EQ((*cipher)->open(c.aad, nonce.last(8), text, {}, c.tag), valid);
  if (!valid) return;
  EXPECT_EQ(to_hex(text), to_hex(c.plaintext));
  Blob tag(sizes->icv);
  (*cipher)->seal(c.aad, nonce.last(8), text, {}, tag);
  EXPECT_EQ(to_hex(text), to_hex(c.ciphertext));
  EXPECT_EQ(to_hex(tag), to_hex(c.tag));
}

TEST(PacketCipher, GivesTheAeadValuesOfTheRfcs) {
  const std::map<std::string, Encr> names{{"ENCR_AES_GCM_ICV16", Encr::aes_gcm_16},
                                          {"ENCR_AES_GCM_ICV12", Encr::aes_gcm_12},
                                          {"ENCR_AES_GCM_ICV8", Encr::aes_gcm_8},
                                          {"ENCR_AES_CCM_ICV16", Encr::aes_ccm_16},
                                          {"ENCR_AES_CCM_ICV12", Encr::aes_ccm_12},
                                          {"ENCR_AES_CCM_ICV8", Encr::aes_ccm_8},
                                          {"ENCR_CHACHA20_POLY1305", Encr::chacha20_poly1305}};
  const auto provider = openssl::make_provider();
  size_t done = 0;
  for (const Json& v : vectors("rfc/aead.json")["vectors"].items) {
    SCOPED_TRACE(v["name"].text);
    AeadCase c{names.at(v["algorithm"].text),
               v.hex("key"),
               v.hex("salt"),
               v.hex("aad"),
               v.hex("plaintext"),
               v.hex("ciphertext"),
               v.hex("tag")};
    append(c.nonce, v.hex("iv"));
    expect_aead(*provider, c, true);
    c.tag[0] ^= 1;
    expect_aead(*provider, c, false);
    ++done;
  }
  EXPECT_EQ(done, 40u);
}

struct AeadFile {
  const char* file;
  std::map<size_t, Encr> by_tag_bits;
  size_t nonce_bits;
  size_t forgeries;  // at least
};
class WycheproofAead : public ::testing::TestWithParam<AeadFile> {};

TEST_P(WycheproofAead, OpensTheirMessagesAndRefusesTheirForgeries) {
  const auto provider = openssl::make_provider();
  size_t valid = 0;
  size_t invalid = 0;
  for (const Json& group :
       vectors(std::string("wycheproof/") + GetParam().file)["testGroups"].items) {
    const auto encr = GetParam().by_tag_bits.find(group.number("tagSize"));
    // Other lengths of nonce and tag than those of RFC 4106, 4309 and 7634 cannot occur.
    if (encr == GetParam().by_tag_bits.end()) continue;
    if (group.number("ivSize") != GetParam().nonce_bits) continue;
    for (const Json& test : group["tests"].items) {
      SCOPED_TRACE(test["tcId"].text + " " + test["comment"].text);
      const bool good = test["result"].text == "valid";
      expect_aead(*provider,
                  {encr->second, test.hex("key"), test.hex("iv"), test.hex("aad"), test.hex("msg"),
                   test.hex("ct"), test.hex("tag")},
                  good);
      ++(good ? valid : invalid);
    }
  }
  EXPECT_GT(valid, 5u);
  EXPECT_GE(invalid, GetParam().forgeries);
}

INSTANTIATE_TEST_SUITE_P(
    PacketCipher, WycheproofAead,
    ::testing::Values(
        AeadFile{"aes_gcm_test.json", {{128, Encr::aes_gcm_16}}, 96, 20},
        AeadFile{"chacha20_poly1305_test.json", {{128, Encr::chacha20_poly1305}}, 96, 20},
        AeadFile{"aes_ccm_test.json",
                 {{64, Encr::aes_ccm_8}, {96, Encr::aes_ccm_12}, {128, Encr::aes_ccm_16}},
                 88,
                 0}),
    [](const auto& param) { return "file" + std::to_string(param.index); });

//= RFC 4543 section 3.3: header, IV and text are all authenticated only
TEST(PacketCipher, MakesTheTagsOfGmac) {
  const auto provider = openssl::make_provider();
  size_t valid = 0;
  for (const Json& group : vectors("wycheproof/aes_gmac_test.json")["testGroups"].items) {
    if (group.number("ivSize") != 96 || group.number("tagSize") != 128) continue;
    for (const Json& test : group["tests"].items) {
      SCOPED_TRACE(test["tcId"].text);
      const Blob nonce = test.hex("iv");
      const Bytes iv = Bytes(nonce).last(8);
      Blob message = test.hex("msg");
      // What RFC 4543 authenticates has the IV in it; theirs only where it happens to.
      Blob key = test.hex("key");
      const auto bits = static_cast<uint16_t>(8 * key.size());
      append(key, Bytes(nonce).first(4));
      const auto gmac = provider->packet_cipher({Encr::null_aes_gmac, bits, Integ::none}, key, {});
      const auto gcm = provider->packet_cipher({Encr::aes_gcm_16, bits, Integ::none}, key, {});
      ASSERT_TRUE(gmac && gcm);
      EXPECT_EQ((*gcm)->open(message, iv, {}, {}, test.hex("tag")), test["result"].text == "valid");
      Blob whole = message;
      append(whole, iv);
      append(whole, message);
      Blob expected(16);
      Blob tag(16);
      (*gcm)->seal(whole, iv, {}, {}, expected);
      Blob text = message;
      (*gmac)->seal(message, iv, text, {}, tag);
      EXPECT_EQ(text, message) << "nothing is encrypted";
      EXPECT_EQ(to_hex(tag), to_hex(expected));
      EXPECT_TRUE((*gmac)->open(message, iv, text, {}, tag));
      valid += test["result"].text == "valid" ? 1 : 0;
    }
  }
  EXPECT_GT(valid, 10u);
}

TEST(PacketCipher, GivesTheCbcAndCtrValuesOfTheRfcs) {
  const std::map<std::string, Encr> names{
      {"ENCR_AES_CBC", Encr::aes_cbc}, {"ENCR_AES_CTR", Encr::aes_ctr}, {"ENCR_3DES", Encr::des3}};
  const auto provider = openssl::make_provider();
  size_t done = 0;
  for (const Json& v : vectors("rfc/ciphers.json")["vectors"].items) {
    SCOPED_TRACE(v["name"].text);
    const Encr encr = names.at(v["algorithm"].text);
    Blob key = v.hex("key");
    const Protection protection{encr, bits_of(encr, key.size()), Integ::hmac_sha1_96};
    append(key, v.hex("nonce"));
    const auto cipher = provider->packet_cipher(protection, key, Blob(20, 1));
    ASSERT_TRUE(cipher);
    Blob text = v.hex("plaintext");
    Blob icv(12);
    (*cipher)->seal({}, v.hex("iv"), text, {}, icv);
    EXPECT_EQ(to_hex(text), v["ciphertext"].text);
    ASSERT_TRUE((*cipher)->open({}, v.hex("iv"), text, {}, icv));
    EXPECT_EQ(to_hex(text), v["plaintext"].text);
    ++done;
  }
  EXPECT_EQ(done, 17u);
}

// draft-mcgrew-gcm-test-01, RFC 7634 appendix A.
TEST(PacketCipher, SealsAndOpensThePacketsOfOthers) {
  const std::map<std::string, Encr> names{{"AES_GCM_16", Encr::aes_gcm_16},
                                          {"CHACHA20_POLY1305", Encr::chacha20_poly1305}};
  const auto provider = openssl::make_provider();
  size_t done = 0;
  for (const Json& v : vectors("rfc/esp-packets.json")["vectors"].items) {
    if (!names.contains(v["algorithm"].text)) continue;  // without integrity: cipher test above
    SCOPED_TRACE(v["name"].text);
    const Blob sealed = v.hex("ciphertext_and_icv");
    AeadCase c{names.at(v["algorithm"].text),
               v.hex("key"),
               v.hex("salt"),
               v.hex("aad"),
               v.hex("plaintext_with_trailer"),
               to_blob(Bytes(sealed).first(sealed.size() - 16)),
               to_blob(Bytes(sealed).last(16))};
    append(c.nonce, v.hex("iv"));
    expect_aead(*provider, c, true);
    ++done;
  }
  EXPECT_EQ(done, 15u);
}

// RFC 7634 appendix B, and a message of another implementation with CBC and HMAC.
TEST(PacketCipher, OpensTheMessagesOfOthersOnce) {
  const auto provider = openssl::make_provider();
  for (const Json& v : vectors("rfc/ikev2-encrypted-messages.json")["vectors"].items) {
    SCOPED_TRACE(v["name"].text);
    const bool aead = v["encr"].text == "CHACHA20_POLY1305";
    const Protection protection = aead ? Protection{Encr::chacha20_poly1305, 0, Integ::none}
                                       : Protection{Encr::aes_cbc, 256, Integ::hmac_sha1_96};
    const auto sizes = *sizes_of(protection);
    Blob message = v.hex("message");
    MutableBytes rest = message;
    const MutableBytes header = rest.first(32);  // IKE header and that of the SK payload
    const MutableBytes iv = rest.subspan(32, sizes.iv);
    const MutableBytes icv = rest.last(sizes.icv);
    const MutableBytes text = rest.subspan(32 + sizes.iv, rest.size() - 32 - sizes.iv - sizes.icv);
    const Blob sealed(text.begin(), text.end());
    EXPECT_TRUE(
        provider->open_once(protection, v.hex("sk_e"), v.hex("sk_a"), header, iv, text, icv));
    EXPECT_EQ(to_hex(text), v["plaintext_with_padding"].text);
    Blob tag(sizes.icv);
    EXPECT_TRUE(
        provider->seal_once(protection, v.hex("sk_e"), v.hex("sk_a"), header, iv, text, tag));
    EXPECT_EQ(Blob(text.begin(), text.end()), sealed);
    EXPECT_EQ(tag, Blob(icv.begin(), icv.end()));
  }
}

std::vector<Protection> every_protection() {
  std::vector<Protection> out;
  for (const EncrInfo& encr : all_encr()) {
    if (encr.aead) {
      out.push_back({encr.id, encr.key_bits, Integ::none});
      continue;
    }
    for (const IntegInfo& integ : all_integ()) out.push_back({encr.id, encr.key_bits, integ.id});
  }
  return out;
}

struct Packet {
  explicit Packet(const ProtectionSizes& sizes, size_t blocks, uint64_t seed) {
    SeededRandom random(seed);
    const auto drawn = [&](size_t size) {
      Blob b(size);
      random.fill_public(b);
      return b;
    };
    header = drawn(8);
    iv = drawn(sizes.iv);
    plaintext = drawn(blocks * std::max<size_t>(sizes.block, 4));
    text = plaintext;
    suffix = drawn(4);
    icv.resize(sizes.icv);
    key = drawn(sizes.key);
    integ_key = drawn(sizes.integ_key);
  }
  Blob header, iv, plaintext, text, suffix, icv, key, integ_key;
};

class EveryProvider : public ::testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<Provider> provider_ = std::string_view(GetParam()) == "fake"
                                            ? make_fake_provider()
                                            : openssl::make_provider(LegacyCiphers::yes);
};

TEST_P(EveryProvider, OpensWhatItSealedInPlace) {
  for (const Protection& protection : every_protection()) {
    SCOPED_TRACE(std::string(name_of(protection.encr)) + " " +
                 std::to_string(protection.encr_key_bits) + " " +
                 std::string(name_of(protection.integ)));
    ASSERT_TRUE(provider_->supports(protection));
    const auto sizes = *sizes_of(protection);
    Packet p(sizes, 9, 3);
    const auto cipher = provider_->packet_cipher(protection, p.key, p.integ_key);
    ASSERT_TRUE(cipher);
    for (const size_t blocks : {size_t{1}, size_t{3}, size_t{90}}) {
      Packet packet(sizes, blocks, blocks);
      (*cipher)->seal(packet.header, packet.iv, packet.text, packet.suffix, packet.icv);
      const bool encrypts = protection.encr != Encr::null && protection.encr != Encr::null_aes_gmac;
      EXPECT_EQ(packet.text == packet.plaintext, !encrypts);
      ASSERT_TRUE(
          (*cipher)->open(packet.header, packet.iv, packet.text, packet.suffix, packet.icv));
      EXPECT_EQ(packet.text, packet.plaintext);
    }
  }
}

TEST_P(EveryProvider, NoticesEveryChangedOctet) {
  for (const Protection& protection : every_protection()) {
    const auto sizes = *sizes_of(protection);
    const bool aead = protection.integ == Integ::none;
    SCOPED_TRACE(std::string(name_of(protection.encr)) + " " +
                 std::string(name_of(protection.integ)));
    Packet p(sizes, 2, 5);
    const auto cipher = provider_->packet_cipher(protection, p.key, p.integ_key);
    ASSERT_TRUE(cipher);
    (*cipher)->seal(p.header, p.iv, p.text, p.suffix, p.icv);
    const auto opens = [&](const Packet& changed) {
      Blob text = changed.text;
      return (*cipher)->open(changed.header, changed.iv, text, changed.suffix, changed.icv);
    };
    ASSERT_TRUE(opens(p));
    for (Blob Packet::* field :
         {&Packet::header, &Packet::iv, &Packet::text, &Packet::suffix, &Packet::icv}) {
      // AEADs have extended sequence numbers in the header.
      if (aead && field == &Packet::suffix) continue;
      for (size_t i = 0; i < (p.*field).size(); ++i) {
        Packet changed = p;
        (changed.*field)[i] ^= static_cast<uint8_t>(1 << (i % 8));
        ASSERT_FALSE(opens(changed)) << "octet " << i;
      }
    }
    Packet moved = p;
    moved.icv.pop_back();
    EXPECT_FALSE(opens(moved)) << "a cut ICV";
    moved.icv.clear();
    EXPECT_FALSE(opens(moved)) << "no ICV";
    moved = p;
    moved.text.resize(moved.text.size() - sizes.block);
    EXPECT_FALSE(opens(moved)) << "a cut text";
    moved.text.clear();
    EXPECT_FALSE(opens(moved)) << "no text";
    if (sizes.block > 1) {
      moved = p;
      moved.text.pop_back();
      EXPECT_FALSE(opens(moved)) << "part of a block";
    }
    if (sizes.iv > 0) {
      moved = p;
      moved.iv.pop_back();
      EXPECT_FALSE(opens(moved)) << "a cut IV";
    }
  }
}

void expect_once_as_kept(Provider& provider, const Protection& protection, uint64_t seed) {
  Packet p(*sizes_of(protection), 5, seed);
  Packet once = p;
  const auto cipher = provider.packet_cipher(protection, p.key, p.integ_key);
  ASSERT_TRUE(cipher);
  (*cipher)->seal(p.header, p.iv, p.text, {}, p.icv);
  ASSERT_TRUE(provider.seal_once(protection, once.key, once.integ_key, once.header, once.iv,
                                 once.text, once.icv));
  EXPECT_EQ(once.text, p.text);
  EXPECT_EQ(once.icv, p.icv);
  ASSERT_TRUE(provider.open_once(protection, once.key, once.integ_key, once.header, once.iv,
                                 once.text, once.icv));
  EXPECT_EQ(once.text, p.plaintext);
  once.icv[0] ^= 1;
  const auto refused = provider.open_once(protection, once.key, once.integ_key, once.header,
                                          once.iv, once.text, once.icv);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::unauthenticated);
}

// Each comes again when its cipher has been given up for those of others.
TEST_P(EveryProvider, DoesOnceWhatAKeptCipherDoes) {
  const std::vector<Protection> all = every_protection();
  ASSERT_GT(all.size(), 2 * limits::kPacketCiphersCached);
  for (const uint64_t seed : {11, 12, 13}) {
    for (const Protection& protection : all) expect_once_as_kept(*provider_, protection, seed);
  }
}

TEST_P(EveryProvider, RefusesKeysOfTheWrongSizeAndWhatProtectsNothing) {
  const Protection gcm{Encr::aes_gcm_16, 128, Integ::none};
  EXPECT_FALSE(provider_->packet_cipher(gcm, Blob(16), {}));
  EXPECT_FALSE(provider_->packet_cipher(gcm, Blob(20), Blob(16)));
  const Protection cbc{Encr::aes_cbc, 128, Integ::hmac_sha1_96};
  EXPECT_FALSE(provider_->packet_cipher(cbc, Blob(16), Blob(16)));
  EXPECT_FALSE(provider_->supports(Protection{}));
  EXPECT_FALSE(provider_->packet_cipher({Encr::aes_cbc, 128, Integ::none}, Blob(16), {}));
  EXPECT_FALSE(provider_->supports(Protection{Encr::null, 0, Integ::none}));
}

INSTANTIATE_TEST_SUITE_P(PacketCipher, EveryProvider, ::testing::Values("openssl", "fake"),
                         [](const auto& param) { return std::string(param.param); });

TEST(OpensslProvider, HasLegacyCiphersOnlyWhenAskedForThem) {
  const auto modern = openssl::make_provider();
  const auto legacy = openssl::make_provider(LegacyCiphers::yes);
  for (const Encr encr : {Encr::des, Encr::cast, Encr::blowfish}) {
    const Protection protection{encr, 0, Integ::hmac_sha1_96};
    EXPECT_FALSE(modern->supports(protection));
    EXPECT_FALSE(modern->packet_cipher(protection, Blob(sizes_of(protection)->key), Blob(20)));
    EXPECT_TRUE(legacy->supports(protection));
  }
  EXPECT_TRUE(modern->supports(Protection{Encr::des3, 0, Integ::hmac_sha1_96}));
}

}  // namespace
}  // namespace ike::crypto
