// Both sides of a full IKE_SA_INIT + IKE_AUTH + Child SA in one process with real crypto: CPU time
// per handshake and side, over the bare libcrypto work of one side.
#include <sys/random.h>

#include <cstring>
#include <deque>
#include <memory>

#include "base/overloaded.h"
#include "crypto/algorithms.h"
#include "crypto/openssl/openssl_provider.h"
#include "crypto/openssl/signing_key.h"
#include "engine/engine.h"
#include "floor.h"
#include "openssl/pem.h"

namespace {

using namespace ike;
using crypto::openssl::SigningKey;

class SystemRandom final : public Random {
 public:
  void fill_public(MutableBytes out) override { fill_secret(out); }
  // In blocks, as a daemon would.
  void fill_secret(MutableBytes out) override {
    while (!out.empty()) {
      if (used_ == block_.size()) {
        bench::must(
            getrandom(block_.data(), block_.size(), 0) == static_cast<ssize_t>(block_.size()),
            "getrandom");
        used_ = 0;
      }
      const size_t n = std::min(out.size(), block_.size() - used_);
      std::memcpy(out.data(), block_.data() + used_, n);
      used_ += n;
      out = out.subspan(n);
    }
  }

 private:
  std::array<uint8_t, 256> block_{};
  size_t used_ = 256;
};

class Silent final : public events::Sink {
 public:
  bool wants(events::Severity s) const override { return s >= events::Severity::warning; }
  void emit(const events::Event& e) override {
    std::fprintf(stderr, "bench: %s\n", events::to_text(e).c_str());
  }
};

struct Side {
  Address address;
  std::unique_ptr<crypto::Provider> provider = crypto::openssl::make_provider();
  SystemRandom random;
  Silent events;
  engine::Engine engine{*provider, random, events, {}};
  const SigningKey* ours = nullptr;
  const SigningKey* theirs = nullptr;
  double cpu = 0;
  size_t installed = 0;
};

struct Wire {
  Endpoint from, to;
  engine::Packet data;
};

model::KeysReply answer(Side& side, const model::KeysRequest& request) {
  model::KeysReply reply;
  reply.ticket = std::visit([](const auto& r) { return r.ticket; }, request);
  reply.result = std::visit(
      overloaded{
          [&](const model::PskMacs& r) -> Result<model::KeysAnswer> {
            const size_t size = crypto::info_of(r.prf)->size;
            Blob padded(size), ours(size), peers(size);
            const std::array<Bytes, 1> pad{as_bytes("Key Pad for IKEv2")};
            side.provider->prf(r.prf, as_bytes("a shared secret"), pad, padded);
            side.provider->prf(r.prf, padded, std::array<Bytes, 1>{r.our_octets}, ours);
            side.provider->prf(r.prf, padded, std::array<Bytes, 1>{r.peer_octets}, peers);
            return model::PskMacsMade{std::move(ours), std::move(peers)};
          },
          [&](const model::SignAuth& r) -> Result<model::KeysAnswer> {
            IKE_TRY(const auto scheme,
                    crypto::openssl::choose_scheme(side.ours->kind(), r.peer_hashes));
            IKE_TRY(Blob data, side.ours->sign(scheme, r.octets));
            return model::AuthSigned{scheme.method, std::move(data), {}, {}};
          },
          [&](const model::FindPeerKey&) -> Result<model::KeysAnswer> {
            return model::PeerKeyFound{to_blob(side.theirs->spki())};
          },
      },
      request);
  return reply;
}

class Bench {
 public:
  Bench(bool signatures, KeMethod method, const SigningKey* a, const SigningKey* b) {
    sides_[0].address = Address::v4(192, 0, 2, 1);
    sides_[1].address = Address::v4(192, 0, 2, 2);
    sides_[0].ours = sides_[1].theirs = a;
    sides_[1].ours = sides_[0].theirs = b;
    for (int i : {1, 0}) {
      engine::PolicyUpdate update;
      update.policy = policy(i, signatures, method);
      put(sides_[i], std::move(update));
    }
  }

  // A handshake each time: the initiator forgets the one before, the responder keeps all.
  void run(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      const size_t before = sides_[1].installed;
      put(sides_[0], model::KernelEvent(acquire_));
      deliver();
      bench::must(sides_[1].installed == before + 2, "handshake");
      put(sides_[0], model::ControlRequest{Ticket(1), model::ResetSas{false, {}}});
      now_ += milliseconds(1);
    }
  }
  double cpu(int side) const { return sides_[side].cpu; }
  void clear() { sides_[0].cpu = sides_[1].cpu = 0; }

 private:
  static model::PolicyPtr policy(int side, bool signatures, KeMethod method) {
    using model::Transform;
    model::Connection c;
    const std::array<Address, 2> address{Address::v4(192, 0, 2, 1), Address::v4(192, 0, 2, 2)};
    const std::array<const char*, 2> id{"a.example", "b.example"};
    const std::array<Prefix, 2> net{Prefix{Address::v4(10, 1, 0, 0), 16},
                                    Prefix{Address::v4(10, 2, 0, 0), 16}};
    c.name = "bench";
    c.local = Prefix::host(address[static_cast<size_t>(side)]);
    c.remote = Prefix::host(address[static_cast<size_t>(1 - side)]);
    c.local_id = model::Identity::from_name(id[static_cast<size_t>(side)]);
    c.remote_id = model::Identity::from_name(id[static_cast<size_t>(1 - side)]);
    c.auth.kind = signatures ? model::AuthKind::signature : model::AuthKind::psk;
    model::Proposal p;
    p.protocol = ProtocolId::ike;
    p.transforms = {Transform::encr(Encr::aes_gcm_16, 256), Transform::prf(PrfId::hmac_sha2_256),
                    Transform::ke(method)};
    c.ike_proposals = {p};
    p.protocol = ProtocolId::esp;
    p.transforms = {Transform::encr(Encr::aes_gcm_16, 256), Transform::esn(Esn::no)};
    model::ChildTemplate t;
    t.proposals = {p};
    t.selectors = {{model::TrafficSelector::of(net[static_cast<size_t>(side)]),
                    model::TrafficSelector::of(net[static_cast<size_t>(1 - side)])}};
    c.children = {t};
    c.id = model::digest_of(c, 0);
    auto policy = std::make_shared<model::Policy>();
    policy->connections.push_back(std::make_shared<const model::Connection>(std::move(c)));
    return policy;
  }

  void put(Side& side, engine::Input&& input) {
    const double start = bench::cpu_us();
    step(side, std::move(input));
    side.cpu += bench::cpu_us() - start;
  }

  void step(Side& side, engine::Input&& input) {
    std::vector<engine::Action> actions;
    side.engine.handle(now_, std::move(input), actions);
    for (engine::Action& action : actions) {
      std::visit(overloaded{
                     [&](engine::Send& s) { wire_.push_back({s.from, s.to, std::move(s.data)}); },
                     [&](model::KernelRequest& r) { kernel(side, r); },
                     [&](model::KeysRequest& r) { step(side, answer(side, r)); },
                     [&](engine::RunCrypto& r) {
                       step(side, engine::CryptoDone{
                                      r.ticket, crypto::run(*side.provider, side.random, r.job)});
                     },
                     [](auto&) {},
                 },
                 action);
    }
  }

  void kernel(Side& side, const model::KernelRequest& request) {
    model::KernelReply reply;
    reply.ticket = std::visit([](const auto& r) { return r.ticket; }, request);
    reply.result = model::KernelAnswer{};
    if (const auto* install = std::get_if<model::InstallSas>(&request)) {
      side.installed += install->sas.size();
      if (install->sas.empty() && &side == &sides_[0]) {
        acquire_ = {install->flows[0].reqid, install->flows[0].selectors};
      }
    }
    step(side, model::KernelEvent(std::move(reply)));
  }

  void deliver() {
    while (!wire_.empty()) {
      const Wire w = std::move(wire_.front());
      wire_.pop_front();
      put(sides_[w.to.address == sides_[0].address ? 0 : 1],
          engine::Datagram{w.from, w.to, *w.data});
    }
  }

  std::array<Side, 2> sides_;
  std::deque<Wire> wire_;
  model::Acquire acquire_;
  Instant now_{hours(1)};
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

// Raw public keys: one signature made, one verified, no certificate.
double floor_with(const char* hash, EVP_PKEY* key, KeMethod method) {
  const auto scenario =
      method == KeMethod::modp2048 ? bench::Scenario::psk_modp2048 : bench::Scenario::psk_x25519;
  double us = bench::floor_us(scenario);
  if (key != nullptr) {
    EVP_PKEY_up_ref(key);
    bench::Signatures signatures(key, hash);
    us += bench::cost_us([&] { signatures.sign(); });
    us += bench::cost_us([&] { signatures.verify(); });
  }
  return us;
}

void measure(const char* name, const char* hash, EVP_PKEY* key, KeMethod method) {
  std::optional<SigningKey> signing;
  if (key != nullptr) signing.emplace(*SigningKey::from_pem(pem_of(key)));
  const SigningKey* k = signing ? &*signing : nullptr;
  const size_t count = method == KeMethod::modp2048 ? 500 : 2000;
  Bench b(key != nullptr, method, k, k);
  b.run(count / 10);
  // The floor before and after: the machine is not always equally fast.
  double floor = floor_with(hash, key, method) / 2;
  b.clear();
  b.run(count);
  floor += floor_with(hash, key, method) / 2;
  const double initiator = b.cpu(0) / static_cast<double>(count);
  const double responder = b.cpu(1) / static_cast<double>(count);
  std::printf(
      "%-24s floor %7.1f us  initiator %7.1f us %5.2f  responder %7.1f us %5.2f  x_floor %5.2f\n",
      name, floor, initiator, initiator / floor, responder, responder / floor,
      (initiator + responder) / 2 / floor);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const bool only_psk = argc > 1 && std::strcmp(argv[1], "psk") == 0;
  measure("PSK, X25519", nullptr, nullptr, KeMethod::curve25519);
  if (only_psk) return 0;
  measure("PSK, MODP2048", nullptr, nullptr, KeMethod::modp2048);
  EVP_PKEY* const p256 = EVP_EC_gen("P-256");
  measure("ECDSA P-256, X25519", "SHA256", p256, KeMethod::curve25519);
  measure("ECDSA P-256, MODP2048", "SHA256", p256, KeMethod::modp2048);
  EVP_PKEY* const ed25519 = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  measure("Ed25519, X25519", nullptr, ed25519, KeMethod::curve25519);
  measure("Ed25519, MODP2048", nullptr, ed25519, KeMethod::modp2048);
  return 0;
}
