// A peer that has proven who it is and then says anything.  Three engines: "liar" and "honest" each
// have a tunnel to "gate"; what the liar seals is changed as the input says.  Whatever it says
// costs only the liar, stays within the bounds, and leaves nothing in the kernel after the end.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <source_location>

#include "../unit/engine/world.h"
#include "base/limits.h"
#include "fuzz_input.h"

namespace {

using namespace ike;
using namespace ike::engine::test;

void require(bool condition, std::source_location where = std::source_location::current()) {
  if (condition) return;
  std::cerr << "not so: line " << where.line() << '\n';
  std::abort();
}

// Four octets each: the number of a message (from the first sealed one), where in its plaintext
// (2 octets), and what that octet is changed by.
struct Script {
  Bytes lies;
  unsigned sealed = 0;

  void change(MutableBytes text) {
    for (size_t i = 0; i + 4 <= lies.size(); i += 4) {
      const size_t at = static_cast<size_t>(lies[i + 1]) << 8 | lies[i + 2];
      if (lies[i] == sealed && at < text.size()) text[at] ^= lies[i + 3];
    }
    ++sealed;
  }
};

class LyingProvider final : public crypto::Provider {
 public:
  explicit LyingProvider(Script& script) : script_(script) {}

  Result<void> seal_once(const crypto::Protection& protection, Bytes key, Bytes integ_key,
                         Bytes header, Bytes iv, MutableBytes text, MutableBytes icv) override {
    script_.change(text);
    return inner_->seal_once(protection, key, integ_key, header, iv, text, icv);
  }

  bool supports(const crypto::Protection& p) const override { return inner_->supports(p); }
  bool supports(PrfId prf) const override { return inner_->supports(prf); }
  bool supports(KeMethod method) const override { return inner_->supports(method); }
  void hash(crypto::Hash hash, crypto::Parts data, MutableBytes out) override {
    inner_->hash(hash, data, out);
  }
  void prf(PrfId prf, Bytes key, crypto::Parts data, MutableBytes out) override {
    inner_->prf(prf, key, data, out);
  }
  void prf_plus(PrfId prf, Bytes key, crypto::Parts seed, MutableBytes out) override {
    inner_->prf_plus(prf, key, seed, out);
  }
  Result<std::unique_ptr<crypto::PacketCipher>> packet_cipher(const crypto::Protection& p,
                                                              Bytes key, Bytes integ_key) override {
    return inner_->packet_cipher(p, key, integ_key);
  }
  Result<void> open_once(const crypto::Protection& p, Bytes key, Bytes integ_key, Bytes header,
                         Bytes iv, MutableBytes text, Bytes icv) override {
    return inner_->open_once(p, key, integ_key, header, iv, text, icv);
  }
  Result<std::unique_ptr<crypto::KeyExchange>> generate(KeMethod method, Random& random) override {
    return inner_->generate(method, random);
  }
  Result<crypto::AnsweredKeyExchange> answer(KeMethod method, Bytes peer_public,
                                             Random& random) override {
    return inner_->answer(method, peer_public, random);
  }
  Result<void> verify(Bytes spki, AuthMethod method, Bytes octets, Bytes data) override {
    return inner_->verify(spki, method, octets, data);
  }

 private:
  Script& script_;
  std::unique_ptr<crypto::Provider> inner_ = crypto::make_fake_provider();
};

void expire(World& world, Node& node, bool hard) {
  if (node.kernel_sas.empty()) return;
  const model::SaId id = node.kernel_sas.begin()->second.id;
  world.put(node, model::KernelEvent(model::Expired{id, hard}));
}

// One step of the common life of liar and gate.
void live(World& world, Node& liar, Node& gate, uint8_t what) {
  switch (what % 7) {
    case 0: expire(world, liar, false); break;
    case 1: expire(world, gate, false); break;
    case 2: expire(world, liar, true); break;
    case 3: world.advance(seconds(what)); break;
    case 4: world.advance(hours(1)); break;  // both ends rekey the IKE SA about then
    case 5: world.load(liar, {}); break;
    default: world.load(liar, policy_of({left()}));
  }
  world.settle();
}

model::Connection to_honest() {
  return connection("to-h", {Address::v4(192, 0, 2, 2), Address::v4(192, 0, 2, 3), "gw-b.example",
                             "gw-h.example", "10.2.0.0/16", "10.3.0.0/16"});
}
model::Connection from_honest() {
  model::Connection c =
      connection("to-b", {Address::v4(192, 0, 2, 3), Address::v4(192, 0, 2, 2), "gw-h.example",
                          "gw-b.example", "10.3.0.0/16", "10.2.0.0/16"});
  c.active = true;
  return c;
}
model::Connection rekeyed(model::Connection c) {
  c.ike_lifetime = seconds(3600);
  return c;
}

}  // namespace

// Input: how many steps (1 octet), the steps, then the lies.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes input = test::fuzz_input(data, size);
  if (input.empty() || input.size() > 2048) return 0;
  const size_t count = std::min<size_t>(input[0] % 16, input.size() - 1);
  const Bytes steps = input.subspan(1, count);
  Script script{input.subspan(1 + count)};
  bool is_liar = true;  // the first that is made
  World world([&]() -> std::unique_ptr<crypto::Provider> {
    if (!std::exchange(is_liar, false)) return crypto::make_fake_provider();
    return std::make_unique<LyingProvider>(script);
  });
  Node& liar = world.add("liar", Address::v4(192, 0, 2, 1));
  Node& gate = world.add("gate", Address::v4(192, 0, 2, 2));
  Node& honest = world.add("honest", Address::v4(192, 0, 2, 3));
  world.load(gate, policy_of({rekeyed(right()), to_honest()}));
  world.load(honest, policy_of({from_honest()}));
  world.settle();
  require(honest.kernel_sas.size() == 2);
  world.load(liar, policy_of({rekeyed(left())}));
  world.settle();
  for (const uint8_t step : steps) live(world, liar, gate, step);

  require(gate.engine.ike_sas() <= 8);
  require(gate.kernel_sas.size() <= 2 * (limits::kChildrenPerIkeSaMax + 1));
  for (const auto& [id, sa] : honest.kernel_sas) require(gate.kernel_sas.contains(id));
  require(honest.kernel_sas.size() == 2 && honest.recorder.count<events::IkeSaGone>() == 0);
  world.put(gate, engine::Shutdown{});
  world.advance(seconds(5));
  require(gate.finished && gate.kernel_sas.empty());
  world.advance(seconds(10));  // an answer may have to be repeated that long
  require(gate.engine.ike_sas() == 0);
  return 0;
}
