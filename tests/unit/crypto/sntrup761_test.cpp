#include "crypto/sntrup761/sntrup761.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/openssl/prf.h"
#include "crypto/sntrup761/encoding.h"
#include "crypto/sntrup761/numbers.h"
#include "crypto/sntrup761/sampling.h"
#include "vectors.h"

namespace ike::crypto::sntrup761 {
namespace {

using testing::SeededRandom;

void sha512(Parts data, MutableBytes out) { openssl::hash(crypto::Hash::sha2_512, data, out); }

// The definition: multiply, then X^761 = X + 1 from the top.
std::vector<int64_t> product_of(const auto& a, const auto& b) {
  std::vector<int64_t> product(2 * kP - 1);
  for (size_t i = 0; i < kP; ++i) {
    for (size_t j = 0; j < kP; ++j) product[i + j] += int64_t{a[i]} * b[j];
  }
  for (size_t i = product.size() - 1; i >= kP; --i) {
    product[i - kP] += product[i];
    product[i - kP + 1] += product[i];
  }
  product.resize(kP);
  return product;
}

int64_t centred(int64_t a, int64_t modulus) {
  const int64_t positive = ((a % modulus) + modulus) % modulus;
  return positive > modulus / 2 ? positive - modulus : positive;
}

void fill(Polynomial& p, SeededRandom& random) {
  p.fill(0);
  for (size_t i = 0; i < kP; ++i) p[i] = static_cast<int16_t>(random.below(kQ)) - kHalf;
}

TEST(Sntrup761Ring, FreezesEvery16BitNumber) {
  for (int32_t a = -32768; a < 32768; ++a) {
    const auto number = static_cast<int16_t>(a);
    ASSERT_EQ(freeze(number), centred(a, kQ)) << a;
    ASSERT_EQ(centred(nearly_freeze(number), kQ), centred(a, kQ)) << a;
    ASSERT_LE(std::abs(nearly_freeze(number)), 2300) << a;
    if (std::abs(a) <= 8000) {
      ASSERT_EQ(freeze_3(number), centred(a, 3)) << a;
    }
  }
}

TEST(Sntrup761Ring, MultipliesAsDefined) {
  SeededRandom random(1);
  for (int round = 0; round < 4; ++round) {
    Polynomial a;
    Small b;
    fill(a, random);
    sample_small(b, random);
    if (round == 0) {  // the largest sums
      std::fill_n(a.begin(), kP, kHalf);
      std::fill_n(b.begin(), kP, int8_t{1});
    }
    Polynomial product;
    multiply(product, a, b);
    const auto expected = product_of(a, b);
    for (size_t i = 0; i < kP; ++i) ASSERT_EQ(product[i], centred(expected[i], kQ)) << i;
    Small c;
    sample_small(c, random);
    Small small;
    multiply(small, b, c);
    const auto expected_3 = product_of(b, c);
    for (size_t i = 0; i < kP; ++i) ASSERT_EQ(small[i], centred(expected_3[i], 3)) << i;
  }
}

TEST(Sntrup761Ring, InvertsSoThatTheProductIsOne) {
  SeededRandom random(2);
  for (int round = 0; round < 3; ++round) {
    Small f;
    sample_short(f, random);
    Polynomial inverse;
    invert_three_times(inverse, f);
    Polynomial product;
    multiply(product, inverse, f);
    triple(product);
    Polynomial one{};
    one[0] = 1;
    EXPECT_EQ(product, one);

    Small g;
    Small inverse_g;
    sample_small(g, random);
    ASSERT_TRUE(invert(inverse_g, g));
    Small product_g;
    multiply(product_g, inverse_g, g);
    Small one_g{};
    one_g[0] = 1;
    EXPECT_EQ(product_g, one_g);
  }
}

TEST(Sntrup761Ring, TellsWhatHasNoInverseModulo3) {
  Small inverse;
  Small zero{};
  EXPECT_FALSE(invert(inverse, zero));
  Small constant{};
  constant[0] = -1;
  ASSERT_TRUE(invert(inverse, constant));
  EXPECT_EQ(inverse, constant);
}

TEST(Sntrup761Sampling, MakesShortPolynomialsOfTheirWeight) {
  SeededRandom random(3);
  Small sum{};
  for (int round = 0; round < 20; ++round) {
    Small p;
    sample_short(p, random);
    EXPECT_EQ(std::ranges::count_if(p, [](int8_t c) { return c == 1 || c == -1; }), 286);
    EXPECT_EQ(std::ranges::count(p, 0), static_cast<ptrdiff_t>(kPadded - 286));
    for (size_t i = 0; i < kP; ++i) sum[i] = static_cast<int8_t>(sum[i] | (p[i] & 1));
  }
  // Every place has its turn: (1 - 286/761)^20 of them are expected to stay empty.
  EXPECT_GT(std::ranges::count(sum, 1), 755);
}

TEST(Sntrup761Sampling, SortsLikeTheLibrary) {
  SeededRandom random(4);
  for (const uint64_t bound : {uint64_t{2}, uint64_t{50}, uint64_t{1} << 32}) {
    std::array<uint32_t, kP> values;
    for (uint32_t& v : values) v = static_cast<uint32_t>(random.below(bound));
    auto expected = values;
    std::ranges::sort(expected);
    sort(values);
    EXPECT_EQ(values, expected);
  }
}

TEST(Sntrup761Encoding, ComesBack) {
  SeededRandom random(5);
  for (int round = 0; round < 4; ++round) {
    Polynomial p;
    fill(p, random);
    if (round == 0) std::fill_n(p.begin(), kP, kHalf);
    if (round == 1) std::fill_n(p.begin(), kP, static_cast<int16_t>(-kHalf));
    Blob octets(kPolynomialSize);
    encode(octets, p);
    Polynomial back;
    decode(back, octets);
    EXPECT_EQ(back, p);

    sntrup761::round(p);
    Blob rounded(kRoundedSize);
    encode_rounded(rounded, p);
    decode_rounded(back, rounded);
    EXPECT_EQ(back, p);

    Small s;
    sample_small(s, random);
    Blob small(kSmallSize);
    encode(small, s);
    Small small_back;
    decode(small_back, small);
    EXPECT_EQ(small_back, s);
  }
}

TEST(Sntrup761Encoding, MakesAPolynomialOfAnyOctets) {
  Polynomial p;
  const auto in_range = [](int16_t c) { return -kHalf <= c && c <= kHalf; };
  decode(p, Blob(kPolynomialSize, 0xff));
  EXPECT_TRUE(std::ranges::all_of(p, in_range));
  decode_rounded(p, Blob(kRoundedSize, 0xff));
  EXPECT_TRUE(std::ranges::all_of(p, in_range));
}

// Octets given beforehand.
class Given : public Random {
 public:
  explicit Given(Blob octets) : octets_(std::move(octets)) {}
  void fill_public(MutableBytes out) override { fill_secret(out); }
  void fill_secret(MutableBytes out) override {
    ASSERT_LE(out.size(), octets_.size() - at_);
    std::copy_n(octets_.begin() + static_cast<ptrdiff_t>(at_), out.size(), out.begin());
    at_ += out.size();
  }

 private:
  Blob octets_;
  size_t at_ = 0;
};

TEST(Sntrup761, EncapsulatesWhatOpensshUnderstood) {
  const auto& all = testing::vectors("sntrup761/openssh.json")["encapsulation"].items;
  ASSERT_EQ(all.size(), 3u);
  for (const auto& v : all) {
    Given random(v.hex("random"));
    const auto made = encapsulate(sha512, v.hex("public_key"), random);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->ciphertext, v.hex("ciphertext"));
    EXPECT_EQ(to_hex(made->shared.view()), to_hex(v.hex("shared")));
  }
}

TEST(Sntrup761, DecapsulatesWhatOpensshMade) {
  const auto& all = testing::vectors("sntrup761/openssh.json")["decapsulation"].items;
  ASSERT_EQ(all.size(), 3u);
  for (const auto& v : all) {
    const auto shared = decapsulate(sha512, v.hex("private_key"), v.hex("ciphertext"));
    ASSERT_TRUE(shared);
    EXPECT_EQ(to_hex(shared->view()), to_hex(v.hex("shared")));
  }
}

TEST(Sntrup761, AgreesWithItself) {
  SeededRandom random(6);
  for (int round = 0; round < 5; ++round) {
    const Secret key = *generate(sha512, random);
    const auto made = encapsulate(sha512, public_key_of(key.view()), random);
    ASSERT_TRUE(made);
    const auto shared = decapsulate(sha512, key.view(), made->ciphertext);
    ASSERT_TRUE(shared);
    EXPECT_EQ(*shared, made->shared);
  }
}

TEST(Sntrup761, GivesAnotherSecretForEveryChangeOfACiphertext) {
  SeededRandom random(7);
  const Secret key = *generate(sha512, random);
  const auto made = encapsulate(sha512, public_key_of(key.view()), random);
  ASSERT_TRUE(made);
  for (const size_t at :
       {size_t{0}, size_t{500}, kRoundedSize - 1, kRoundedSize, kCiphertextSize - 1}) {
    Blob changed = made->ciphertext;
    changed[at] ^= 1;
    const auto rejected = decapsulate(sha512, key.view(), changed);
    ASSERT_TRUE(rejected);
    EXPECT_NE(*rejected, made->shared) << at;
    EXPECT_EQ(*rejected, *decapsulate(sha512, key.view(), changed)) << "the same each time";
  }
}

TEST(Sntrup761, RefusesOtherLengths) {
  SeededRandom random(8);
  EXPECT_FALSE(encapsulate(sha512, Blob(kPublicKeySize - 1), random));
  EXPECT_FALSE(encapsulate(sha512, Blob(kPublicKeySize + 1), random));
  const Secret key = *generate(sha512, random);
  EXPECT_FALSE(decapsulate(sha512, key.view(), Blob(kCiphertextSize - 1)));
  EXPECT_FALSE(decapsulate(sha512, key.view(), Blob(kCiphertextSize + 1)));
  EXPECT_FALSE(decapsulate(sha512, key.view().first(kPrivateKeySize - 1), Blob(kCiphertextSize)));
}

}  // namespace
}  // namespace ike::crypto::sntrup761
