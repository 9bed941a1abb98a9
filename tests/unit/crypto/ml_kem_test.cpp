#include "crypto/ml_kem/ml_kem.h"

#include <gtest/gtest.h>

#include "crypto/ml_kem/encoding.h"
#include "crypto/ml_kem/sampling.h"
#include "crypto/openssl/keccak.h"
#include "vectors.h"

namespace ike::crypto::ml_kem {
namespace {

using testing::Json;
using testing::SeededRandom;
using testing::vectors;

Keccak& keccak() {
  static const openssl::Library library(false);
  static const openssl::KeccakDigests digests(library);
  static openssl::OpensslKeccak keccak(digests);
  return keccak;
}

struct Set {
  const char* name;
  const char* file;  // in the names of Wycheproof's files
  Parameters parameters;
};
constexpr Set kSets[] = {{"ML-KEM-512", "512", kMlKem512},
                         {"ML-KEM-768", "768", kMlKem768},
                         {"ML-KEM-1024", "1024", kMlKem1024}};

class MlKem : public ::testing::TestWithParam<Set> {
 protected:
  const Parameters& parameters() const { return GetParam().parameters; }

  // Every test of NIST's file for this parameter set and function.
  template <typename Check>
  size_t each_acvp(const char* file, std::string_view function, Check check) {
    size_t done = 0;
    for (const Json& group : vectors(file)["testGroups"].items) {
      if (group["parameterSet"].text != GetParam().name) continue;
      if (group.has("function") && group["function"].text != function) continue;
      for (const Json& test : group["tests"].items) {
        SCOPED_TRACE(test["tcId"].text);
        check(test);
        ++done;
      }
    }
    return done;
  }
  template <typename Check>
  size_t each_wycheproof(const char* kind, Check check) {
    size_t done = 0;
    const std::string file = std::string("wycheproof/mlkem_") + GetParam().file + kind;
    for (const Json& group : vectors(file)["testGroups"].items) {
      for (const Json& test : group["tests"].items) {
        SCOPED_TRACE(test["tcId"].text);
        check(test, test["result"].text == "valid");
        ++done;
      }
    }
    return done;
  }

  KeyPair key_pair(uint64_t seed) const {
    SeededRandom random(seed);
    Blob octets(kSeedSize);
    random.fill_secret(octets);
    return generate(parameters(), keccak(), octets);
  }
};

INSTANTIATE_TEST_SUITE_P(, MlKem, ::testing::ValuesIn(kSets),
                         [](const auto& param) { return std::string(param.param.file); });

//= FIPS 203 section 6.1: algorithm 16
TEST_P(MlKem, MakesTheKeyPairsOfNist) {
  EXPECT_EQ(each_acvp("ml-kem/acvp-mlkem-keygen.json", "",
                      [&](const Json& test) {
                        Blob seed = test.hex("d");
                        append(seed, test.hex("z"));
                        const KeyPair pair = generate(parameters(), keccak(), seed);
                        EXPECT_EQ(pair.encapsulation_key, test.hex("ek"));
                        EXPECT_EQ(to_hex(pair.decapsulation_key.view()), to_hex(test.hex("dk")));
                      }),
            5u);
}

//= FIPS 203 section 6.2: algorithm 17
TEST_P(MlKem, EncapsulatesAsNist) {
  EXPECT_EQ(each_acvp("ml-kem/acvp-mlkem-encapdecap.json", "encapsulation",
                      [&](const Json& test) {
                        const auto made =
                            encapsulate(parameters(), keccak(), test.hex("ek"), test.hex("m"));
                        ASSERT_TRUE(made);
                        EXPECT_EQ(made->ciphertext, test.hex("c"));
                        EXPECT_EQ(to_hex(made->shared.view()), to_hex(test.hex("k")));
                      }),
            5u);
}

//= FIPS 203 section 6.3: algorithm 18, with ciphertexts that were changed on the way
TEST_P(MlKem, DecapsulatesAndRejectsAsNist) {
  EXPECT_EQ(each_acvp("ml-kem/acvp-mlkem-encapdecap.json", "decapsulation",
                      [&](const Json& test) {
                        const auto shared =
                            decapsulate(parameters(), keccak(), test.hex("dk"), test.hex("c"));
                        ASSERT_TRUE(shared);
                        EXPECT_EQ(to_hex(shared->view()), to_hex(test.hex("k")));
                      }),
            5u);
}

//= FIPS 203 section 7.2: the modulus check
TEST_P(MlKem, ChecksEncapsulationKeysAsNist) {
  EXPECT_EQ(each_acvp("ml-kem/acvp-mlkem-encapdecap.json", "encapsulationKeyCheck",
                      [&](const Json& test) {
                        const auto made =
                            encapsulate(parameters(), keccak(), test.hex("ek"), Blob(kMessageSize));
                        EXPECT_EQ(made.has_value(), test["testPassed"].text == "true");
                      }),
            5u);
}

//= FIPS 203 section 7.3: the hash check
TEST_P(MlKem, ChecksDecapsulationKeysAsNist) {
  EXPECT_EQ(each_acvp("ml-kem/acvp-mlkem-encapdecap.json", "decapsulationKeyCheck",
                      [&](const Json& test) {
                        const auto shared = decapsulate(parameters(), keccak(), test.hex("dk"),
                                                        Blob(parameters().ciphertext_size()));
                        EXPECT_EQ(shared.has_value(), test["testPassed"].text == "true");
                      }),
            5u);
}

TEST_P(MlKem, MakesTheKeyPairsOfWycheproof) {
  EXPECT_EQ(
      each_wycheproof("_keygen_seed_test.json",
                      [&](const Json& test, bool) {
                        const KeyPair pair = generate(parameters(), keccak(), test.hex("seed"));
                        EXPECT_EQ(pair.encapsulation_key, test.hex("ek"));
                        EXPECT_EQ(to_hex(pair.decapsulation_key.view()), to_hex(test.hex("dk")));
                      }),
      25u);
}

TEST_P(MlKem, EncapsulatesAsWycheproofAndRefusesItsInvalidKeys) {
  EXPECT_GE(each_wycheproof("_encaps_test.json",
                            [&](const Json& test, bool valid) {
                              const auto made = encapsulate(parameters(), keccak(), test.hex("ek"),
                                                            test.hex("m"));
                              ASSERT_EQ(made.has_value(), valid);
                              if (!valid) {
                                EXPECT_EQ(made.error().fault, Fault::malformed);
                                return;
                              }
                              EXPECT_EQ(made->ciphertext, test.hex("c"));
                              EXPECT_EQ(to_hex(made->shared.view()), to_hex(test.hex("K")));
                            }),
            27u);
}

TEST_P(MlKem, DecapsulatesAsWycheproof) {
  EXPECT_EQ(
      each_wycheproof("_test.json",
                      [&](const Json& test, bool valid) {
                        const Blob seed = test.hex("seed");
                        if (seed.size() != kSeedSize) {
                          EXPECT_FALSE(valid);  // KeyExchange.RefusesPrivateValuesOfAnotherLength…
                          return;
                        }
                        const KeyPair pair = generate(parameters(), keccak(), seed);
                        const auto shared = decapsulate(
                            parameters(), keccak(), pair.decapsulation_key.view(), test.hex("c"));
                        ASSERT_EQ(shared.has_value(), valid);
                        if (!valid) return;
                        EXPECT_EQ(pair.encapsulation_key, test.hex("ek"));
                        EXPECT_EQ(to_hex(shared->view()), to_hex(test.hex("K")));
                      }),
      25u);
}

// Among them ciphertexts that a comparison of a part only would take.
TEST_P(MlKem, DecapsulatesAsWycheproofWithExpandedKeys) {
  EXPECT_GE(each_wycheproof("_semi_expanded_decaps_test.json",
                            [&](const Json& test, bool valid) {
                              const auto shared = decapsulate(parameters(), keccak(),
                                                              test.hex("dk"), test.hex("c"));
                              ASSERT_EQ(shared.has_value(), valid);
                              if (!valid) {
                                EXPECT_EQ(shared.error().fault, Fault::malformed);
                                return;
                              }
                              EXPECT_EQ(to_hex(shared->view()), to_hex(test.hex("K")));
                            }),
            5u);
}

// Each single octet of a ciphertext counts.
TEST_P(MlKem, GivesAnotherSecretForEveryChangeOfACiphertext) {
  const KeyPair pair = key_pair(1);
  const auto made =
      encapsulate(parameters(), keccak(), pair.encapsulation_key, Blob(kMessageSize, 7));
  ASSERT_TRUE(made);
  const auto with = [&](const Blob& ciphertext) {
    return *decapsulate(parameters(), keccak(), pair.decapsulation_key.view(), ciphertext);
  };
  EXPECT_EQ(with(made->ciphertext), made->shared);
  for (size_t at = 0; at < made->ciphertext.size(); at += 61) {
    Blob changed = made->ciphertext;
    changed[at] ^= 0x10;
    const Secret rejected = with(changed);
    EXPECT_NE(rejected, made->shared) << at;
    EXPECT_EQ(rejected, with(changed)) << "the same each time";
  }
}

TEST_P(MlKem, TakesNumbersUpTo3328InAnEncapsulationKey) {
  KeyPair pair = key_pair(2);
  Blob key = pair.encapsulation_key;
  const auto put_first = [&](unsigned number) {
    key[0] = static_cast<uint8_t>(number);
    key[1] = static_cast<uint8_t>((key[1] & 0xf0) | number >> 8);
  };
  put_first(3328);
  EXPECT_TRUE(encapsulate(parameters(), keccak(), key, Blob(kMessageSize)));
  put_first(3329);
  EXPECT_FALSE(encapsulate(parameters(), keccak(), key, Blob(kMessageSize)));
}

//= FIPS 203 section 4.3: the product
// The transform against the definition of the product, with the largest numbers there can be.
TEST(MlKemRing, MultipliesModuloXTo256PlusOne) {
  SeededRandom random(3);
  for (int round = 0; round < 8; ++round) {
    Polynomial a;
    Polynomial b;
    for (int16_t& c : a) c = static_cast<int16_t>(round == 0 ? kQ - 1 : random.below(kQ));
    for (int16_t& c : b) c = static_cast<int16_t>(round == 0 ? 1 - kQ : random.below(kQ));
    std::array<int64_t, kN> expected{};
    for (size_t i = 0; i < kN; ++i) {
      for (size_t j = 0; j < kN; ++j) {
        const int64_t product = int64_t{a[i]} * b[j];
        expected[(i + j) % kN] += i + j < kN ? product : -product;
      }
    }
    to_ntt(a);
    to_ntt(b);
    Factor factor;
    prepare(factor, b);
    Sum sum{};
    add_product(sum, a, factor);
    finish(a, sum);
    from_ntt(a);
    canonicalise(a);
    for (size_t i = 0; i < kN; ++i) {
      EXPECT_EQ(a[i], ((expected[i] % kQ) + kQ) % kQ) << round << " " << i;
    }
  }
}

TEST(MlKemRing, BringsEvery16BitNumberIntoRange) {
  for (int32_t from = -32768; from < 32768; from += 256) {
    Polynomial p;
    for (int i = 0; i < 256; ++i) p[static_cast<size_t>(i)] = static_cast<int16_t>(from + i);
    canonicalise(p);
    for (int i = 0; i < 256; ++i) {
      ASSERT_EQ(p[static_cast<size_t>(i)], (((from + i) % kQ) + kQ) % kQ) << from + i;
    }
  }
}

//= FIPS 203 section 4.2.1: rounding as it is defined, for every number there is
TEST(MlKemEncoding, CompressesEveryNumberToTheNearest) {
  for (const unsigned bits : {1u, 4u, 5u, 10u, 11u}) {
    for (int first = 0; first < kQ; first += 256) {
      Polynomial p;
      for (int i = 0; i < 256; ++i)
        p[static_cast<size_t>(i)] = static_cast<int16_t>((first + i) % kQ);
      Polynomial back = p;
      const Polynomial original = p;
      compress(p, bits);
      back = p;
      decompress(back, bits);
      for (size_t i = 0; i < kN; ++i) {
        // round(2^d x / q) = floor((2 * 2^d x + q) / 2 q)
        const int expected = ((2 * original[i] << bits) + kQ) / (2 * kQ) % (1 << bits);
        ASSERT_EQ(p[i], expected) << bits << " " << original[i];
        ASSERT_EQ(back[i], (2 * kQ * p[i] + (1 << bits)) >> (bits + 1)) << bits << " " << p[i];
      }
    }
  }
}

//= FIPS 203 section 4.2.2: algorithm 7
TEST(MlKemSampling, GoesOnWhereThreeBlocksAreNotEnough) {
  // One of some hundred seeds; the number of calls tells that one was found.
  class Counting final : public Keccak {
   public:
    void sha3_256(Parts data, MutableBytes out) override { keccak().sha3_256(data, out); }
    void sha3_512(Parts data, MutableBytes out) override { keccak().sha3_512(data, out); }
    void shake256(Parts data, MutableBytes out) override { keccak().shake256(data, out); }
    void shake128(Parts data, MutableBytes out) override {
      ++calls;
      keccak().shake128(data, out);
    }
    size_t calls = 0;
  };
  size_t again = 0;
  for (uint16_t seed = 0; seed < 1000; ++seed) {
    Counting counting;
    Polynomial p;
    p.fill(-1);
    Blob octets(32);
    octets[0] = static_cast<uint8_t>(seed);
    octets[1] = static_cast<uint8_t>(seed >> 8);
    sample_uniform(p, counting, octets, 0, 0);
    again += counting.calls > 1 ? 1 : 0;
    for (const int16_t c : p) ASSERT_TRUE(c >= 0 && c < kQ);
  }
  EXPECT_GT(again, 0u);
  EXPECT_LT(again, 50u);
}

}  // namespace
}  // namespace ike::crypto::ml_kem
