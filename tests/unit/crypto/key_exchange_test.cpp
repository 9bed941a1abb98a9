#include "crypto/openssl/key_exchange.h"

#include <openssl/bn.h>

#include <algorithm>
#include <array>

#include "crypto/algorithms.h"
#include "crypto/openssl/openssl_provider.h"
#include "vectors.h"

namespace ike::crypto {
namespace {

using openssl::Number;
using testing::SeededRandom;
using testing::vectors;

std::shared_ptr<const openssl::Group> group_of(KeMethod method) {
  static const auto library = std::make_shared<openssl::Library>(false);
  return openssl::make_group(method, library);
}

std::unique_ptr<KeyExchange> key_pair_of(KeMethod method, Bytes private_value) {
  const auto group = group_of(method);
  if (!group) return nullptr;
  auto pair = group->key_pair(Secret(private_value));
  return pair ? *std::move(pair) : nullptr;
}

// RFC 5114, 5903, 6932, 7748, 8031; MODP by strongSwan.
TEST(KeyExchange, MakesTheSecretsOfTheRfcs) {
  size_t done = 0;
  for (const auto& v : vectors("rfc/key-exchange.json")["vectors"].items) {
    const auto method = static_cast<KeMethod>(v.number("group"));
    if (!info_of(method)) continue;  // groups 22 to 24, which RFC 8247 forbids
    SCOPED_TRACE(v["name"].text);
    const auto ours = key_pair_of(method, v.hex("private_i"));
    const auto theirs = key_pair_of(method, v.hex("private_r"));
    ASSERT_TRUE(ours && theirs);
    EXPECT_EQ(to_hex(ours->public_value()), v["ke_i"].text);
    EXPECT_EQ(to_hex(theirs->public_value()), v["ke_r"].text);
    const auto shared = ours->derive(theirs->public_value());
    const auto again = theirs->derive(ours->public_value());
    ASSERT_TRUE(shared && again);
    EXPECT_EQ(to_hex(shared->view()), v["shared"].text);
    EXPECT_EQ(*shared, *again);
    ++done;
  }
  EXPECT_EQ(done, 20u);
}

class EveryMethod : public ::testing::TestWithParam<KeInfo> {};

TEST_P(EveryMethod, AgreesWithItselfInTheSizesOfTheTable) {
  const auto provider = openssl::make_provider();
  SeededRandom random(7);
  ASSERT_TRUE(provider->supports(GetParam().id));
  const auto ours = provider->generate(GetParam().id, random);
  ASSERT_TRUE(ours);
  EXPECT_EQ((*ours)->method(), GetParam().id);
  EXPECT_EQ((*ours)->public_value().size(), GetParam().public_initiator);
  const auto answer = provider->answer(GetParam().id, (*ours)->public_value(), random);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->public_value.size(), GetParam().public_responder);
  EXPECT_EQ(answer->shared.size(), GetParam().shared_size);
  const auto shared = (*ours)->derive(answer->public_value);
  ASSERT_TRUE(shared);
  EXPECT_EQ(*shared, answer->shared);
}

TEST_P(EveryMethod, RefusesValuesOfAnotherLength) {
  const auto provider = openssl::make_provider();
  SeededRandom random(8);
  const auto ours = provider->generate(GetParam().id, random);
  ASSERT_TRUE(ours);
  const Blob value = to_blob((*ours)->public_value());
  const auto answered = provider->answer(GetParam().id, value, random);
  ASSERT_TRUE(answered);
  const auto with_size = [](Blob of, size_t size) {
    of.resize(size);
    return of;
  };
  for (const size_t size : {size_t{0}, size_t{1}, value.size() - 1, value.size() + 1}) {
    EXPECT_FALSE(provider->answer(GetParam().id, with_size(value, size), random)) << size;
  }
  const Blob& back = answered->public_value;
  for (const size_t size : {size_t{0}, size_t{1}, back.size() - 1, back.size() + 1}) {
    EXPECT_FALSE((*ours)->derive(with_size(back, size))) << size;
  }
}

TEST_P(EveryMethod, KeepsWorkingAfterItsProviderIsGone) {
  auto provider = openssl::make_provider();
  SeededRandom random(9);
  const auto ours = provider->generate(GetParam().id, random);
  ASSERT_TRUE(ours);
  const auto answered = provider->answer(GetParam().id, (*ours)->public_value(), random);
  ASSERT_TRUE(answered);
  provider.reset();
  const auto shared = (*ours)->derive(answered->public_value);
  ASSERT_TRUE(shared);
  EXPECT_EQ(*shared, answered->shared);
}

INSTANTIATE_TEST_SUITE_P(KeyExchange, EveryMethod,
                         ::testing::ValuesIn(all_ke().begin(), all_ke().end()),
                         [](const auto& param) { return std::to_string(raw(param.param.id)); });

//= RFC 6989 section 2.1: 1 < y < p - 1
TEST(KeyExchange, RefusesModpValuesOutsideTheGroup) {
  for (const auto& row : vectors("rfc/modp-groups.json")["groups"].items) {
    const auto method = static_cast<KeMethod>(row.number("group"));
    SCOPED_TRACE(row["group"].text);
    const Blob prime = row.hex("prime");
    const auto ours = key_pair_of(method, Blob{2, 3, 4});
    ASSERT_TRUE(ours);
    const Number p(BN_bin2bn(prime.data(), static_cast<int>(prime.size()), nullptr));
    const auto around = [&](int offset, bool from_prime) {
      Number y(from_prime ? BN_dup(p.get()) : BN_new());
      if (offset < 0) BN_sub_word(y.get(), static_cast<unsigned>(-offset));
      if (offset > 0) BN_add_word(y.get(), static_cast<unsigned>(offset));
      Blob octets(prime.size());
      BN_bn2binpad(y.get(), octets.data(), static_cast<int>(octets.size()));
      return octets;
    };
    EXPECT_FALSE(ours->derive(around(0, false))) << "0";
    EXPECT_FALSE(ours->derive(around(1, false))) << "1";
    EXPECT_TRUE(ours->derive(around(2, false))) << "2";
    EXPECT_TRUE(ours->derive(around(-2, true))) << "p - 2";
    EXPECT_FALSE(ours->derive(around(-1, true))) << "p - 1";
    EXPECT_FALSE(ours->derive(around(0, true))) << "p";
    EXPECT_FALSE(ours->derive(around(1, true))) << "p + 1";
    EXPECT_FALSE(ours->derive(Blob(prime.size(), 0xff)));
  }
}

//= RFC 6989 section 2.3: the point is on the curve
TEST(KeyExchange, RefusesPointsOffTheCurve) {
  for (const KeInfo& info : all_ke()) {
    if (info.public_initiator != 2 * info.shared_size) continue;
    SCOPED_TRACE(raw(info.id));
    const auto ours = key_pair_of(info.id, Blob{5});
    ASSERT_TRUE(ours);
    Blob value = to_blob(ours->public_value());
    EXPECT_TRUE(ours->derive(value));
    EXPECT_FALSE(ours->derive(Blob(value.size(), 0)));
    EXPECT_FALSE(ours->derive(Blob(value.size(), 0xff))) << "coordinates above p";
    value.back() ^= 1;
    EXPECT_FALSE(ours->derive(value));
    value.back() ^= 1;
    value.front() ^= 1;
    EXPECT_FALSE(ours->derive(value));
  }
}

//= RFC 7748 section 7: points of low order give an all-zero secret
TEST(KeyExchange, RefusesMontgomeryPointsOfLowOrder) {
  const std::array<const char*, 5> points{
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
  SeededRandom random;
  const auto provider = openssl::make_provider();
  const auto ours = provider->generate(KeMethod::curve25519, random);
  ASSERT_TRUE(ours);
  for (const char* point : points) EXPECT_FALSE((*ours)->derive(*from_hex(point))) << point;
  const auto goldilocks = provider->generate(KeMethod::curve448, random);
  ASSERT_TRUE(goldilocks);
  Blob zero(56);
  EXPECT_FALSE((*goldilocks)->derive(zero));
  zero[0] = 1;
  EXPECT_FALSE((*goldilocks)->derive(zero));
}

TEST(KeyExchange, NeverTakesAConstantForRandom) {
  class Constant : public Random {
   public:
    explicit Constant(uint8_t octet) : octet_(octet) {}
    void fill_public(MutableBytes out) override { fill_secret(out); }
    void fill_secret(MutableBytes out) override { std::fill(out.begin(), out.end(), octet_); }
    uint8_t octet_;
  };
  Constant zeros(0);
  Constant ones(0xff);
  const auto provider = openssl::make_provider();
  for (const KeMethod curve : {KeMethod::ecp256, KeMethod::brainpool384}) {
    EXPECT_FALSE(provider->generate(curve, zeros)) << "0 is no private value";
    EXPECT_FALSE(provider->generate(curve, ones)) << "nor is one above the order";
  }
  EXPECT_TRUE(provider->generate(KeMethod::modp2048, zeros));
}

TEST(KeyExchange, RefusesWhatIsNotInTheTable) {
  const auto provider = openssl::make_provider();
  SeededRandom random;
  for (const auto method :
       {KeMethod::none, static_cast<KeMethod>(22), static_cast<KeMethod>(65000)}) {
    EXPECT_FALSE(provider->supports(method));
    const auto made = provider->generate(method, random);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::unsupported);
  }
}

TEST(KeyExchange, RefusesPrivateValuesOfAnotherLengthForKeyEncapsulation) {
  for (const auto method : {KeMethod::ml_kem_768, KeMethod::sntrup761x25519}) {
    const auto group = group_of(method);
    ASSERT_TRUE(group);
    for (const size_t size : {0, 40, 63, 65, 1763, 1796}) {
      EXPECT_FALSE(group->key_pair(Secret(size))) << size;
    }
  }
}

//= FIPS 203 section 7.2: a key with numbers that are not below 3329 is refused
TEST(KeyExchange, RefusesEncapsulationKeysOutOfRange) {
  const auto provider = openssl::make_provider();
  SeededRandom random;
  const auto answered = provider->answer(KeMethod::ml_kem_768, Blob(1184, 0xff), random);
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().fault, Fault::malformed);
}

//= FIPS 203 section 6.3: whoever changes a ciphertext learns nothing from what happens
TEST(KeyExchange, TakesChangedCiphertextsForAnotherSecret) {
  const auto provider = openssl::make_provider();
  SeededRandom random(11);
  for (const auto method : {KeMethod::ml_kem_512, KeMethod::sntrup761x25519}) {
    const auto ours = provider->generate(method, random);
    ASSERT_TRUE(ours);
    auto answered = provider->answer(method, (*ours)->public_value(), random);
    ASSERT_TRUE(answered);
    answered->public_value[3] ^= 1;
    const auto shared = (*ours)->derive(answered->public_value);
    ASSERT_TRUE(shared);
    EXPECT_NE(*shared, answered->shared);
  }
}

// A hybrid is as strong as its stronger part only while both parts are in the secret.
TEST(KeyExchange, RefusesTheLowOrderPointInAHybrid) {
  const auto provider = openssl::make_provider();
  SeededRandom random(12);
  const auto ours = provider->generate(KeMethod::sntrup761x25519, random);
  ASSERT_TRUE(ours);
  Blob value = to_blob((*ours)->public_value());
  auto answered = provider->answer(KeMethod::sntrup761x25519, value, random);
  ASSERT_TRUE(answered);
  std::fill(value.end() - 32, value.end(), uint8_t{0});
  EXPECT_FALSE(provider->answer(KeMethod::sntrup761x25519, value, random));
  std::fill(answered->public_value.end() - 32, answered->public_value.end(), uint8_t{0});
  EXPECT_FALSE((*ours)->derive(answered->public_value));
}

struct WycheproofCase {
  const char* file;
  KeMethod method;
};

// Keys as points of X9.62 or in a SubjectPublicKeyInfo that ends in one: IKE has x | y alone.
Blob ke_data_of(const Blob& encoded, size_t size) {
  if (encoded.size() < size + 1 || encoded[encoded.size() - size - 1] != 0x04) return encoded;
  return Blob(encoded.end() - static_cast<ptrdiff_t>(size), encoded.end());
}

class WycheproofEcdh : public ::testing::TestWithParam<WycheproofCase> {};

TEST_P(WycheproofEcdh, MakesTheirSecretsAndRefusesTheirInvalidPoints) {
  const auto group = group_of(GetParam().method);
  ASSERT_TRUE(group);
  size_t done = 0;
  for (const auto& test_group :
       vectors(std::string("wycheproof/") + GetParam().file)["testGroups"].items) {
    const bool asn = test_group["encoding"].text == "asn";
    for (const auto& test : test_group["tests"].items) {
      SCOPED_TRACE(test["tcId"].text + " " + test["comment"].text);
      const bool valid = test["result"].text == "valid";
      // What is odd about the structure around a key, or names the twisted curve for a point that
      // is on ours too, is not about the point that IKE sends.
      const std::string& comment = test["comment"].text;
      const bool of_point =
          comment.find("point") != std::string::npos && comment.find("t1") == std::string::npos;
      if (asn && !valid && !of_point) continue;
      if (test["result"].text == "acceptable") continue;
      const auto ours = group->key_pair(Secret(test.hex("private")));
      if (!ours) {
        EXPECT_FALSE(valid);
        continue;
      }
      const auto shared =
          (*ours)->derive(ke_data_of(test.hex("public"), group->info().public_initiator));
      ASSERT_EQ(shared.has_value(), valid);
      if (valid) {
        EXPECT_EQ(to_hex(shared->view()), test["shared"].text);
      }
      ++done;
    }
  }
  EXPECT_GT(done, 200u);
}

INSTANTIATE_TEST_SUITE_P(
    KeyExchange, WycheproofEcdh,
    ::testing::Values(WycheproofCase{"ecdh_secp256r1_ecpoint_test.json", KeMethod::ecp256},
                      WycheproofCase{"ecdh_secp384r1_ecpoint_test.json", KeMethod::ecp384},
                      WycheproofCase{"ecdh_secp521r1_ecpoint_test.json", KeMethod::ecp521},
                      WycheproofCase{"ecdh_brainpoolP256r1_test.json", KeMethod::brainpool256},
                      WycheproofCase{"ecdh_brainpoolP384r1_test.json", KeMethod::brainpool384},
                      WycheproofCase{"ecdh_brainpoolP512r1_test.json", KeMethod::brainpool512}),
    [](const auto& param) { return "group" + std::to_string(raw(param.param.method)); });

class WycheproofXdh : public ::testing::TestWithParam<WycheproofCase> {};

// "Acceptable" there are values that RFC 7748 takes, except where the secret is all zero.
TEST_P(WycheproofXdh, MakesTheirSecretsAndRefusesZeroOnes) {
  const auto group = group_of(GetParam().method);
  size_t refused = 0;
  size_t done = 0;
  for (const auto& test_group :
       vectors(std::string("wycheproof/") + GetParam().file)["testGroups"].items) {
    for (const auto& test : test_group["tests"].items) {
      SCOPED_TRACE(test["tcId"].text + " " + test["comment"].text);
      const Blob expected = test.hex("shared");
      const bool zero = std::ranges::all_of(expected, [](uint8_t o) { return o == 0; });
      const bool taken = test["result"].text != "invalid" && !zero;
      const auto ours = group->key_pair(Secret(test.hex("private")));
      ASSERT_TRUE(ours);
      const auto shared = (*ours)->derive(test.hex("public"));
      ASSERT_EQ(shared.has_value(), taken);
      if (taken) {
        EXPECT_EQ(to_hex(shared->view()), to_hex(expected));
      }
      refused += taken ? 0 : 1;
      ++done;
    }
  }
  EXPECT_GT(done, 300u);
  EXPECT_GT(refused, 5u);
}

INSTANTIATE_TEST_SUITE_P(KeyExchange, WycheproofXdh,
                         ::testing::Values(WycheproofCase{"x25519_test.json", KeMethod::curve25519},
                                           WycheproofCase{"x448_test.json", KeMethod::curve448}),
                         [](const auto& param) {
                           return "group" + std::to_string(raw(param.param.method));
                         });

}  // namespace
}  // namespace ike::crypto
