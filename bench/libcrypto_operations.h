// Single operations of bare libcrypto, as a program would call them that does nothing else: the
// algorithms fetched beforehand, contexts used again, every key parsed once.
#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace bench {

inline void must(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "bench: %s failed\n", what);
  std::exit(1);
}

inline double cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// CPU microseconds of one call: the best of several rounds, since noise only ever adds.
inline double cost_us(const std::function<void()>& operation, double round_us = 40'000) {
  double best = 1e12;
  for (int round = 0; round < 5; ++round) {
    const double start = cpu_us();
    double spent = 0;
    long calls = 0;
    while (spent < round_us) {
      for (int i = 0; i < 8; ++i) operation();
      calls += 8;
      spent = cpu_us() - start;
    }
    best = std::min(best, spent / static_cast<double>(calls));
  }
  return best;
}

class KeyExchange {
 public:
  // `kind` X25519, EC or DH; `group` its group where it has one.
  KeyExchange(const char* kind, const char* group) : kind_(kind), group_(group) {
    peer_ = generate();
  }
  ~KeyExchange() { EVP_PKEY_free(peer_); }
  KeyExchange(const KeyExchange&) = delete;
  KeyExchange& operator=(const KeyExchange&) = delete;

  void generate_and_free() const { EVP_PKEY_free(generate()); }
  void derive() const { derive(peer_); }
  // One side of an exchange.
  void both() const {
    EVP_PKEY* ours = generate();
    derive(ours);
    EVP_PKEY_free(ours);
  }

 private:
  EVP_PKEY* generate() const {
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, kind_, nullptr);
    must(EVP_PKEY_keygen_init(context) == 1, "keygen");
    if (group_ != nullptr) {
      OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                                  const_cast<char*>(group_), 0),
                                 OSSL_PARAM_construct_end()};
      must(EVP_PKEY_CTX_set_params(context, parameters) == 1, "group");
    }
    EVP_PKEY* key = nullptr;
    must(EVP_PKEY_generate(context, &key) == 1, "generate");
    EVP_PKEY_CTX_free(context);
    return key;
  }
  void derive(EVP_PKEY* ours) const {
    std::array<unsigned char, 1024> secret;
    size_t size = secret.size();
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(nullptr, ours, nullptr);
    must(EVP_PKEY_derive_init(context) == 1 &&
             EVP_PKEY_derive_set_peer_ex(context, peer_, 0) == 1 &&
             EVP_PKEY_derive(context, secret.data(), &size) == 1,
         "derive");
    EVP_PKEY_CTX_free(context);
  }

  const char* kind_;
  const char* group_;
  EVP_PKEY* peer_ = nullptr;
};

class Signatures {
 public:
  Signatures(EVP_PKEY* key, const char* hash) : key_(key), hash_(hash) {
    must(key_ != nullptr, "key");
    context_ = EVP_MD_CTX_new();
    sign();
  }
  ~Signatures() {
    EVP_MD_CTX_free(context_);
    EVP_PKEY_free(key_);
  }
  Signatures(const Signatures&) = delete;
  Signatures& operator=(const Signatures&) = delete;

  void sign() {
    size_ = signature_.size();
    must(EVP_DigestSignInit_ex(context_, nullptr, hash_, nullptr, nullptr, key_, nullptr) == 1 &&
             EVP_DigestSign(context_, signature_.data(), &size_, data_.data(), data_.size()) == 1,
         "sign");
  }
  void verify() {
    must(EVP_DigestVerifyInit_ex(context_, nullptr, hash_, nullptr, nullptr, key_, nullptr) == 1 &&
             EVP_DigestVerify(context_, signature_.data(), size_, data_.data(), data_.size()) == 1,
         "verify");
  }

 private:
  EVP_PKEY* key_;
  const char* hash_;  // nullptr for EdDSA
  EVP_MD_CTX* context_ = nullptr;
  std::array<unsigned char, 512> signature_{};
  size_t size_ = 0;
  std::vector<unsigned char> data_ = std::vector<unsigned char>(500, 0x5a);
};

class Hmac {
 public:
  Hmac() {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    context_ = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>("SHA256"), 0),
        OSSL_PARAM_construct_end()};
    must(EVP_MAC_CTX_set_params(context_, parameters) == 1, "HMAC");
  }
  ~Hmac() { EVP_MAC_CTX_free(context_); }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  // With a new key, over as many octets as prf+ takes.
  void run() {
    size_t size = 0;
    must(EVP_MAC_init(context_, key_.data(), key_.size(), nullptr) == 1 &&
             EVP_MAC_update(context_, data_.data(), data_.size()) == 1 &&
             EVP_MAC_final(context_, out_.data(), &size, out_.size()) == 1,
         "HMAC");
  }

 private:
  EVP_MAC_CTX* context_ = nullptr;
  std::array<unsigned char, 32> key_{1};
  std::array<unsigned char, 113> data_{2};  // T | Ni | Nr | SPIi | SPIr | counter
  std::array<unsigned char, 32> out_{};
};

// AES-256-GCM in place.
class Gcm {
 public:
  explicit Gcm(size_t size) : text_(size) {
    cipher_ = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    context_ = EVP_CIPHER_CTX_new();
    must(EVP_EncryptInit_ex2(context_, cipher_, key_.data(), nonce_.data(), nullptr) == 1, "GCM");
  }
  ~Gcm() {
    EVP_CIPHER_CTX_free(context_);
    EVP_CIPHER_free(cipher_);
  }
  Gcm(const Gcm&) = delete;
  Gcm& operator=(const Gcm&) = delete;

  // With a new key, as for an IKE message, or the last one, as for an ESP packet.
  void seal(bool new_key) {
    int size = 0;
    must(EVP_EncryptInit_ex2(context_, nullptr, new_key ? key_.data() : nullptr, nonce_.data(),
                             nullptr) == 1 &&
             EVP_EncryptUpdate(context_, nullptr, &size, nonce_.data(), 8) == 1 &&
             EVP_EncryptUpdate(context_, text_.data(), &size, text_.data(),
                               static_cast<int>(text_.size())) == 1 &&
             EVP_EncryptFinal_ex(context_, text_.data(), &size) == 1 &&
             EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, 16, tag_.data()) == 1,
         "GCM");
  }

 private:
  EVP_CIPHER* cipher_ = nullptr;
  EVP_CIPHER_CTX* context_ = nullptr;
  std::vector<unsigned char> text_;
  std::array<unsigned char, 32> key_{3};
  std::array<unsigned char, 12> nonce_{4};
  std::array<unsigned char, 16> tag_{};
};

}  // namespace bench
