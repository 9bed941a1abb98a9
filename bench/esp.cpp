// The userspace ESP pipeline in memory, on one core: packets a second with everything a packet
// needs (policy, SA, number, encryption; window, decryption, selectors), over what the bare cipher
// reaches on the same octets in the same run.
#include <openssl/evp.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "crypto/openssl/openssl_provider.h"
#include "esp/pipeline.h"

namespace {

using namespace ike;

constexpr size_t kPacket = 1400;
constexpr size_t kBatch = 64;
constexpr int kRounds = 9;
constexpr double kGoal = 0.6;

class Counting final : public Random {
 public:
  void fill_public(MutableBytes out) override {
    for (uint8_t& octet : out) octet = next_++;
  }
  void fill_secret(MutableBytes out) override { fill_public(out); }

 private:
  uint8_t next_ = 0;
};

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// Nanoseconds a packet of work() on kBatch packets, over about 50 ms.
template <typename Work>
double cost(Work work) {
  const double start = cpu_seconds();
  size_t batches = 0;
  double now = start;
  while (now - start < 0.05) {
    for (int i = 0; i < 16; ++i, ++batches) work();
    now = cpu_seconds();
  }
  return (now - start) * 1e9 / static_cast<double>(batches * kBatch);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// libcrypto's AES-256-GCM as ESP needs it: 8 octets of associated data, a new nonce, a tag.
class BareCipher {
 public:
  BareCipher() : context_(EVP_CIPHER_CTX_new()), text_(kBatch * kPacket) {
    const std::vector<uint8_t> key(32, 7);
    EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    EVP_EncryptInit_ex2(context_, cipher, key.data(), nonce_, nullptr);
    EVP_CIPHER_free(cipher);
  }
  ~BareCipher() { EVP_CIPHER_CTX_free(context_); }
  BareCipher(const BareCipher&) = delete;
  BareCipher& operator=(const BareCipher&) = delete;

  void seal_batch() {
    for (size_t i = 0; i < kBatch; ++i) {
      ++nonce_[11];
      int size = 0;
      uint8_t* const text = text_.data() + i * kPacket;
      EVP_EncryptInit_ex2(context_, nullptr, nullptr, nonce_, nullptr);
      EVP_EncryptUpdate(context_, nullptr, &size, nonce_, 8);
      EVP_EncryptUpdate(context_, text, &size, text, kPacket);
      EVP_EncryptFinal_ex(context_, text, &size);
      EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, 16, tag_);
    }
  }

 private:
  EVP_CIPHER_CTX* context_;
  uint8_t nonce_[12] = {};
  uint8_t tag_[16] = {};
  std::vector<uint8_t> text_;
};

model::InstallSas request(model::Direction direction) {
  const bool out = direction == model::Direction::outbound;
  const auto here = model::TrafficSelector::of({Address::v4(10, 1, 0, 0), 16});
  const auto there = model::TrafficSelector::of({Address::v4(10, 2, 0, 0), 16});
  model::InstallSas install;
  model::SaSpec sa;
  sa.id = {Address::v4(192, 0, 2, 2), EspSpi(0x1000), ProtocolId::esp};
  sa.source = Address::v4(192, 0, 2, 1);
  sa.direction = direction;
  sa.reqid = ReqId(1);
  sa.algorithms = {Encr::aes_gcm_16, 256, Integ::none, Esn::no};
  sa.encryption_key = Secret(Blob(36, 7));
  sa.selectors = {out ? model::SelectorPair{here, there} : model::SelectorPair{there, here}};
  install.sas.push_back(std::move(sa));
  // The rule has company, as on a gateway with many peers.
  for (uint32_t i = 0; i < 1000; ++i) {
    model::FlowSpec flow;
    flow.reqid = ReqId(i + 1);
    flow.selectors = {here, there};
    if (i > 0) {
      flow.selectors.remote = model::TrafficSelector::of({Address::v4(0x0b000000u + i * 256), 24});
    }
    flow.priority = 100;
    install.flows.push_back(flow);
  }
  return install;
}

Blob packet() {
  Blob octets(kPacket);
  esp::write_header(MutableBytes(octets).first(20),
                    {Address::v4(10, 1, 0, 1), Address::v4(10, 2, 0, 1), 17, 0, 64}, kPacket - 20);
  return octets;
}

struct Pipelines {
  Counting random;
  std::unique_ptr<crypto::Provider> provider = crypto::openssl::make_provider();
  esp::Pipeline sender{*provider, random};
  esp::Pipeline receiver{*provider, random};
  esp::Batch batch, inner;
  Blob plain = packet();
  Instant now{};
  double opened = 0;  // seconds spent on the inbound side
  size_t packets = 0;

  bool install() {
    return sender.install(now, request(model::Direction::outbound), batch).has_value() &&
           receiver.install(now, request(model::Direction::inbound), inner).has_value();
  }
  void seal_batch() {
    batch.clear();
    for (size_t i = 0; i < kBatch; ++i) sender.outbound(now, plain, {}, batch);
  }
  // The inbound side needs fresh numbers, so each batch is sealed first, outside the clock.
  bool open_batch() {
    seal_batch();
    const double start = cpu_seconds();
    for (const esp::Run& run : batch.runs) {
      const Bytes data = batch.data(run);
      const MutableBytes writable(const_cast<uint8_t*>(data.data()), data.size());
      for (size_t at = 0; at < data.size(); at += run.segment_size) {
        const auto got = receiver.inbound(now,
                                          {writable.subspan(at, run.segment_size),
                                           {Address::v4(192, 0, 2, 1), 0},
                                           Address::v4(192, 0, 2, 2),
                                           0},
                                          inner);
        if (got.packet.size() != kPacket) return false;
      }
    }
    opened += cpu_seconds() - start;
    packets += kBatch;
    return true;
  }
};

}  // namespace

int main() {
  Pipelines pipelines;
  if (!pipelines.install() || !pipelines.open_batch()) {
    std::fprintf(stderr, "the pipeline does not carry packets\n");
    return 1;
  }
  BareCipher bare;
  std::vector<double> bare_ns, seal_ns, open_ns;
  for (int round = 0; round < kRounds; ++round) {
    bare_ns.push_back(cost([&] { bare.seal_batch(); }));
    seal_ns.push_back(cost([&] { pipelines.seal_batch(); }));
    pipelines.opened = 0;
    pipelines.packets = 0;
    for (int i = 0; i < 500; ++i) pipelines.open_batch();
    open_ns.push_back(pipelines.opened * 1e9 / static_cast<double>(pipelines.packets));
  }
  const double floor = median(bare_ns);
  std::printf("AES-256-GCM, %zu-octet packets, one core, medians of %d rounds\n", kPacket, kRounds);
  std::printf("%-22s %8s %12s %9s %9s\n", "", "ns", "packets/s", "Gbit/s", "of bare");
  const auto row = [&](const char* name, double ns) {
    std::printf("%-22s %8.0f %12.0f %9.2f %9.2f\n", name, ns, 1e9 / ns, kPacket * 8 / ns,
                floor / ns);
  };
  row("bare cipher", floor);
  row("pipeline, outbound", median(seal_ns));
  row("pipeline, inbound", median(open_ns));
  const double worst = floor / std::max(median(seal_ns), median(open_ns));
  std::printf("ratio %.2f, to reach %.1f: %s\n", worst, kGoal, worst >= kGoal ? "yes" : "NO");
  return worst >= kGoal ? 0 : 1;
}
