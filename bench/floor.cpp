// Prints the floor of every kind of handshake; with -v what single operations cost, bare and
// through our Provider.
#include "floor.h"

#include <openssl/pem.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "crypto/algorithms.h"
#include "crypto/openssl/openssl_provider.h"
#include "crypto/openssl/signing_key.h"

namespace {

using namespace ike;

class SystemRandom : public Random {
 public:
  void fill_public(MutableBytes out) override { fill_secret(out); }
  void fill_secret(MutableBytes out) override {
    // More than 256 octets may come in pieces.
    for (; !out.empty(); out = out.subspan(std::min<size_t>(out.size(), 256))) {
      const size_t size = std::min<size_t>(out.size(), 256);
      bench::must(getrandom(out.data(), size, 0) == static_cast<ssize_t>(size), "getrandom");
    }
  }
};

std::string pem_of(EVP_PKEY* key) {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(out);
  return pem;
}

void row(const char* name, double bare, double ours) {
  std::printf("%-34s %9.2f %9.2f %8.2f\n", name, bare, ours, ours / bare);
}

class Comparison {
 public:
  void run() {
    std::printf("\n%-34s %9s %9s %8s\n", "operation, CPU us", "bare", "ours", "ratio");
    key_exchange("X25519 both halves", "X25519", nullptr, KeMethod::curve25519);
    key_exchange("P-256 both halves", "EC", "P-256", KeMethod::ecp256);
    key_exchange("P-384 both halves", "EC", "P-384", KeMethod::ecp384);
    key_exchange("MODP2048 both halves", "DH", "modp_2048", KeMethod::modp2048);
    key_exchange("MODP4096 both halves", "DH", "modp_4096", KeMethod::modp4096);
    key_exchange_steps();
    prf();
    for (const size_t size : {size_t{300}, size_t{1400}}) gcm(size);
    protections();
    signature("RSA-2048", EVP_RSA_gen(2048), "SHA256", SignatureHash::sha2_256);
    signature("ECDSA P-256", EVP_EC_gen("P-256"), "SHA256", SignatureHash::sha2_256);
    signature("Ed25519", EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), nullptr,
              SignatureHash::identity);
  }

 private:
  void key_exchange(const char* name, const char* kind, const char* group, KeMethod method) {
    const bench::KeyExchange bare(kind, group);
    const auto peer = *provider_->generate(method, random_);
    row(name, bench::cost_us([&] { bare.both(); }), bench::cost_us([&] {
          bench::must(provider_->answer(method, peer->public_value(), random_).has_value(),
                      "answer");
        }));
  }

  // What has no bare counterpart, key encapsulation, beside what has: step by step.
  void key_exchange_steps() {
    std::printf("\n%-34s %9s %9s %8s\n", "key exchange, CPU us", "generate", "answer", "derive");
    for (const KeMethod method :
         {KeMethod::curve25519, KeMethod::ecp256, KeMethod::ml_kem_512, KeMethod::ml_kem_768,
          KeMethod::ml_kem_1024, KeMethod::sntrup761x25519}) {
      const auto ours = *provider_->generate(method, random_);
      const auto answered = *provider_->answer(method, ours->public_value(), random_);
      const auto generate = [&] {
        bench::must(provider_->generate(method, random_).has_value(), "generate");
      };
      const auto answer = [&] {
        bench::must(provider_->answer(method, ours->public_value(), random_).has_value(), "answer");
      };
      const auto derive = [&] {
        bench::must(ours->derive(answered.public_value).has_value(), "derive");
      };
      std::printf("%-34s %9.2f %9.2f %8.2f\n", std::string(to_text(method)).c_str(),
                  bench::cost_us(generate), bench::cost_us(answer), bench::cost_us(derive));
    }
    std::printf("\n%-34s %9s %9s %8s\n", "operation, CPU us", "bare", "ours", "ratio");
  }

  void prf() {
    bench::Hmac bare;
    const Blob key(32, 1);
    const Blob data(113, 2);
    const Bytes part = data;
    Blob out(32);
    const double one = bench::cost_us([&] { bare.run(); });
    row("HMAC-SHA256 of 113 octets, new key", one, bench::cost_us([&] {
          provider_->prf(PrfId::hmac_sha2_256, key, crypto::Parts(&part, 1), out);
        }));
    const Blob seed(80, 2);
    const Bytes seed_part = seed;
    Blob keys(32 * 9);
    row("prf+ of 9 blocks", 9 * one, bench::cost_us([&] {
          provider_->prf_plus(PrfId::hmac_sha2_256, key, crypto::Parts(&seed_part, 1), keys);
        }));
  }

  void gcm(size_t size) {
    bench::Gcm bare(size);
    const crypto::Protection protection{Encr::aes_gcm_16, 256, Integ::none};
    const Blob key(36, 3);
    const Blob header(8);
    const Blob iv(8, 4);
    Blob text(size);
    Blob icv(16);
    const auto cipher = *provider_->packet_cipher(protection, key, {});
    const std::string name = "AES-256-GCM, " + std::to_string(size);
    row((name + " octets, new key").c_str(), bench::cost_us([&] { bare.seal(true); }),
        bench::cost_us([&] {
          bench::must(provider_->seal_once(protection, key, {}, header, iv, text, icv).has_value(),
                      "seal");
        }));
    row((name + " octets").c_str(), bench::cost_us([&] { bare.seal(false); }),
        bench::cost_us([&] { cipher->seal(header, iv, text, {}, icv); }));
  }

  // What has no bare counterpart above, sealed and opened: 1400 octets as in ESP.
  void protections() {
    const struct {
      const char* name;
      crypto::Protection protection;
    } rows[] = {
        {"AES-128-CBC, HMAC-SHA256", {Encr::aes_cbc, 128, Integ::hmac_sha2_256_128}},
        {"AES-256-CBC, HMAC-SHA1", {Encr::aes_cbc, 256, Integ::hmac_sha1_96}},
        {"AES-128-CTR, AES-XCBC", {Encr::aes_ctr, 128, Integ::aes_xcbc_96}},
        {"AES-128-CCM-16", {Encr::aes_ccm_16, 128, Integ::none}},
        {"ChaCha20-Poly1305", {Encr::chacha20_poly1305, 0, Integ::none}},
    };
    std::printf("\n%-34s %9s %9s\n", "1392 octets, CPU us", "seal", "open");
    for (const auto& r : rows) {
      const auto sizes = *crypto::sizes_of(r.protection);
      const auto cipher =
          *provider_->packet_cipher(r.protection, Blob(sizes.key, 1), Blob(sizes.integ_key, 2));
      const Blob header(8);
      const Blob iv(sizes.iv, 3);
      Blob text(1392);
      Blob icv(sizes.icv);
      const double seal = bench::cost_us([&] { cipher->seal(header, iv, text, {}, icv); });
      // The last ICV fits the text as it is after the first opening only; so copy it each time.
      const Blob sealed = text;
      const double open = bench::cost_us([&] {
        std::memcpy(text.data(), sealed.data(), sealed.size());
        bench::must(cipher->open(header, iv, text, {}, icv), "open");
      });
      std::printf("%-34s %9.2f %9.2f\n", r.name, seal, open);
    }
    std::printf("\n%-34s %9s %9s %8s\n", "operation, CPU us", "bare", "ours", "ratio");
  }

  void signature(const std::string& name, EVP_PKEY* key, const char* hash, SignatureHash ours) {
    EVP_PKEY_up_ref(key);
    bench::Signatures bare(key, hash);
    const auto signing = *crypto::openssl::SigningKey::from_pem(pem_of(key));
    EVP_PKEY_free(key);
    const Blob octets(500, 0x5a);
    const crypto::openssl::SignatureScheme scheme{AuthMethod::signature, ours};
    const Blob auth_data = *signing.sign(scheme, octets);
    row((name + " sign").c_str(), bench::cost_us([&] { bare.sign(); }),
        bench::cost_us([&] { bench::must(signing.sign(scheme, octets).has_value(), "sign"); }));
    const Blob spki = to_blob(signing.spki());
    row((name + " verify").c_str(), bench::cost_us([&] { bare.verify(); }), bench::cost_us([&] {
          bench::must(provider_->verify(spki, AuthMethod::signature, octets, auth_data).has_value(),
                      "verify");
        }));
  }

  SystemRandom random_;
  std::unique_ptr<crypto::Provider> provider_ = crypto::openssl::make_provider();
};

}  // namespace

int main(int argc, char** argv) {
  std::printf("%-34s %9s\n", "one side of a handshake", "CPU us");
  for (const bench::Scenario scenario : bench::kScenarios) {
    std::printf("%-34s %9.1f\n", bench::name_of(scenario), bench::floor_us({scenario}));
  }
  if (argc > 1 && std::strcmp(argv[1], "-v") == 0) Comparison().run();
  return 0;
}
