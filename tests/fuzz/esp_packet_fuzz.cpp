// What stands inside ESP when the sender has the keys: any plaintext, any next header, sealed by a
// real sender and opened by the pipeline; and any octets as an ESP packet.
#include <algorithm>
#include <cstdlib>

#include "crypto/algorithms.h"
#include "crypto/fake/fake_provider.h"
#include "esp/pipeline.h"

namespace {

using namespace ike;

class Counting final : public Random {
 public:
  void fill_public(MutableBytes out) override {
    for (uint8_t& octet : out) octet = next_++;
  }
  void fill_secret(MutableBytes out) override { fill_public(out); }

 private:
  uint8_t next_ = 0;
};

void require(bool condition) {
  if (!condition) std::abort();
}

model::SaSpec spec(model::Mode mode) {
  model::SaSpec sa;
  sa.id = {Address::v4(192, 0, 2, 2), EspSpi(mode == model::Mode::tunnel ? 0x1000 : 0x2000),
           ProtocolId::esp};
  sa.source = Address::v4(192, 0, 2, 1);
  sa.mode = mode;
  sa.algorithms = {Encr::aes_gcm_16, 128, Integ::none, Esn::no};
  sa.encryption_key = Secret(size_t{20});
  sa.replay_window = 0;
  return sa;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto provider = crypto::make_fake_provider();
  static Counting random;
  if (size < 4) return 0;
  const model::Mode mode = (data[0] & 1) != 0 ? model::Mode::transport : model::Mode::tunnel;
  esp::Pipeline pipeline(*provider, random);
  esp::Batch batch;
  model::InstallSas install;
  install.sas.push_back(spec(mode));
  require(pipeline.install(Instant{}, install, batch).has_value());
  const Bytes text(data + 4, size - 4);
  auto codec = esp::PacketCodec::make(*provider, spec(mode));
  require(codec.has_value());
  Blob sealed(codec->sealed_size(text.size()));
  std::copy(text.begin(), text.end(), sealed.begin() + static_cast<std::ptrdiff_t>(codec->front()));
  esp::IvPool ivs(random);
  codec->seal(spec(mode).id.spi, 1, ivs, sealed, text.size(), data[1]);
  const uint16_t port = (data[0] & 2) != 0 ? 4500 : 0;
  const auto inner = pipeline.inbound(
      Instant{}, {sealed, {Address::v4(192, 0, 2, 1), port}, Address::v4(192, 0, 2, 2), data[2]},
      batch);
  require(pipeline.stats().failed == 0);
  if (!inner.packet.empty()) {
    const auto again = esp::parse_ip(inner.packet);
    require(again && again->size == inner.packet.size() && again->flow == inner.ip.flow);
    esp::Coalescer coalescer;
    coalescer.add(inner.packet, inner.ip, true);
    require(coalescer.finish().size() == 1);
  }
  Blob raw(data + 4, data + size);
  require(
      pipeline.inbound(Instant{}, {raw, {}, Address::v4(192, 0, 2, 2), 0}, batch).packet.empty() ||
      raw.size() > 24);
  return 0;
}
