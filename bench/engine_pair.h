// Two engines in one process: what one sends the other gets at once, keys and kernel answer at
// once, crypto jobs run at once.  Each side's CPU is counted apart.
#pragma once

#include <openssl/pem.h>

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/overloaded.h"
#include "crypto/algorithms.h"
#include "crypto/openssl/openssl_provider.h"
#include "crypto/openssl/signing_key.h"
#include "engine/engine.h"
#include "floor.h"
#include "runtime/os_random.h"

namespace bench {

using namespace ike;

// A daemon's usual log: nothing of what goes well.
class WarningsOnly final : public events::Sink {
 public:
  bool wants(events::Severity severity) const override {
    return severity >= events::Severity::warning;
  }
  void emit(const events::Event& event) override {
    if (wants(events::severity_of(event))) std::puts(events::to_text(event).c_str());
  }
};

inline crypto::openssl::SigningKey signing_key(EVP_PKEY* key) {
  BIO* out = BIO_new(BIO_s_mem());
  must(PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  auto made = crypto::openssl::SigningKey::from_pem({text, static_cast<size_t>(size)});
  BIO_free(out);
  EVP_PKEY_free(key);
  must(made.has_value(), "signing key");
  return *std::move(made);
}

inline double thread_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

struct Letter {
  Endpoint from, to;
  engine::Packet data;
};

// One engine with what surrounds it.
class Side {
 public:
  Side(uint8_t shard, const Address& address)
      : address_(address), engine_(*provider_, random_, sink_, {shard, 1}) {}

  void use_key(const crypto::openssl::SigningKey* ours, Blob peers) {
    key_ = ours;
    peer_spki_ = std::move(peers);
  }
  // All that follows from one input, up to the letters that go out.
  void run(Instant now, engine::Input&& input, std::deque<Letter>& out) {
    const double start = thread_us();
    engine_.handle(now, std::move(input), actions_);
    for (size_t i = 0; i < actions_.size(); ++i) {
      engine::Action action = std::move(actions_[i]);
      std::visit([&](auto& a) { act(now, a, out); }, action);
    }
    actions_.clear();
    cpu_us_ += thread_us() - start;
  }
  double take_cpu_us() { return std::exchange(cpu_us_, 0); }
  size_t ike_sas() const { return engine_.ike_sas(); }

 private:
  void act(Instant, engine::Send& s, std::deque<Letter>& out) {
    out.push_back({s.from, s.to, std::move(s.data)});
  }
  void act(Instant now, engine::RunCrypto& r, std::deque<Letter>&) {
    answer(now, engine::CryptoDone{r.ticket, crypto::run(*provider_, random_, r.job)});
  }
  void act(Instant now, model::KernelRequest& r, std::deque<Letter>&) {
    model::KernelAnswer done;
    done.source = address_;
    const Ticket ticket = std::visit([](const auto& q) { return q.ticket; }, r);
    answer(now, model::KernelEvent(model::KernelReply{ticket, std::move(done)}));
  }
  void act(Instant now, model::KeysRequest& r, std::deque<Letter>&) {
    const Ticket ticket = std::visit([](const auto& q) { return q.ticket; }, r);
    auto made = std::visit([this](const auto& q) { return prove(q); }, r);
    answer(now, model::KeysReply{ticket, std::move(made), {}});
  }
  void act(Instant, model::ControlReply&, std::deque<Letter>&) {}
  void act(Instant, engine::Finished&, std::deque<Letter>&) {}
  void answer(Instant now, engine::Input&& input) {
    engine_.handle(now, std::move(input), actions_);
  }

  Result<model::KeysAnswer> prove(const model::PskMacs& q) {
    const size_t size = crypto::info_of(q.prf)->size;
    Secret padded(size);
    Blob ours(size);
    Blob theirs(size);
    const Bytes pad = as_bytes("Key Pad for IKEv2");
    provider_->prf(q.prf, as_bytes("a shared key of some length"), crypto::Parts(&pad, 1),
                   padded.writable());
    for (const auto& [octets, mac] : {std::pair(&q.our_octets, &ours), {&q.peer_octets, &theirs}}) {
      const Bytes part = *octets;
      provider_->prf(q.prf, padded.view(), crypto::Parts(&part, 1), *mac);
    }
    return model::PskMacsMade{std::move(ours), std::move(theirs)};
  }
  Result<model::KeysAnswer> prove(const model::SignAuth& q) {
    IKE_TRY(const auto scheme, crypto::openssl::choose_scheme(key_->kind(), q.peer_hashes));
    IKE_TRY(Blob data, key_->sign(scheme, q.octets));
    return model::AuthSigned{scheme.method, std::move(data), CertEncoding::raw_public_key,
                             to_blob(key_->spki())};
  }
  Result<model::KeysAnswer> prove(const model::FindPeerKey&) {
    return model::PeerKeyFound{peer_spki_};
  }

  Address address_;
  WarningsOnly sink_;
  runtime::OsRandom random_;
  std::unique_ptr<crypto::Provider> provider_ = crypto::openssl::make_provider();
  engine::Engine engine_;
  const crypto::openssl::SigningKey* key_ = nullptr;
  Blob peer_spki_;
  std::vector<engine::Action> actions_;
  double cpu_us_ = 0;
};

// An initiator with `peers` connections, each with an identity and networks of its own, and one
// responder whose only connection takes them all.
class EnginePair {
 public:
  EnginePair(Scenario scenario, uint32_t peers) {
    for (int side = 0; side < 2 && !uses_psk(scenario); ++side) {
      keys_.push_back(signing_key(signature_key(scenario)));
    }
    if (!keys_.empty()) {
      initiator_.use_key(&keys_[0], to_blob(keys_[1].spki()));
      responder_.use_key(&keys_[1], to_blob(keys_[0].spki()));
    }
    load(initiator_, initiator_policy(scenario, peers));
    load(responder_, responder_policy(scenario));
  }

  // Both sides of IKE_SA_INIT and IKE_AUTH with the first Child SA, for the next connection.
  void handshake() {
    now_ += milliseconds(1);
    model::Acquire acquire;
    acquire.reqid = ReqId(++begun_);
    acquire.packet = packet(begun_ - 1);
    initiator_.run(now_, model::KernelEvent(acquire), wire_);
    while (!wire_.empty()) {
      const Letter letter = std::move(wire_.front());
      wire_.pop_front();
      Side& to = letter.to.address == kInitiator ? initiator_ : responder_;
      to.run(now_, engine::Datagram{letter.from, letter.to, *letter.data}, wire_);
    }
  }
  Side& initiator() { return initiator_; }
  Side& responder() { return responder_; }
  uint32_t begun() const { return begun_; }

 private:
  static inline const Address kInitiator = Address::v4(192, 0, 2, 1);
  static inline const Address kResponder = Address::v4(192, 0, 2, 2);

  static Address inner(uint32_t n) {
    return Address::v4(10, static_cast<uint8_t>(n >> 16), static_cast<uint8_t>(n >> 8),
                       static_cast<uint8_t>(n));
  }
  static model::SelectorPair packet(uint32_t n) {
    return {model::TrafficSelector::of(Prefix::host(inner(n)), 17),
            model::TrafficSelector::of(Prefix::host(Address::v4(172, 16, 0, 1)), 17)};
  }
  static model::Connection common(Scenario scenario) {
    using model::Transform;
    const bool psk = uses_psk(scenario);
    model::Connection c;
    c.auth.kind = psk ? model::AuthKind::psk : model::AuthKind::signature;
    c.auth.accepted = {psk ? AuthMethod::psk : AuthMethod::signature};
    c.ike_proposals = {
        {1,
         ProtocolId::ike,
         {Transform::encr(Encr::aes_gcm_16, 256), Transform::prf(PrfId::hmac_sha2_256),
          Transform::ke(uses_modp2048(scenario) ? KeMethod::modp2048 : KeMethod::curve25519)}}};
    model::ChildTemplate t;
    t.proposals = {
        {1, ProtocolId::esp, {Transform::encr(Encr::aes_gcm_16, 256), Transform::esn(Esn::no)}}};
    c.children = {t};
    return c;
  }
  static model::Policy initiator_policy(Scenario scenario, uint32_t peers) {
    model::Policy policy;
    const auto net = model::TrafficSelector::of(Prefix{Address::v4(172, 16, 0, 0), 12});
    for (uint32_t i = 0; i < peers; ++i) {
      model::Connection c = common(scenario);
      c.name = "c" + std::to_string(i);
      c.local = Prefix::host(kInitiator);
      c.remote = Prefix::host(kResponder);
      c.local_id = model::Identity::from_name(c.name + ".example");
      c.remote_id = model::Identity::from_name("gateway.example");
      c.children[0].selectors = {{model::TrafficSelector::of(Prefix::host(inner(i))), net}};
      c.id = model::digest_of(c, i);
      policy.connections.push_back(std::make_shared<const model::Connection>(std::move(c)));
    }
    return policy;
  }
  static model::Policy responder_policy(Scenario scenario) {
    model::Connection c = common(scenario);
    c.name = "all";
    c.local_id = model::Identity::from_name("gateway.example");
    c.children[0].selectors = {{model::TrafficSelector::of(Prefix{Address::v4(172, 16, 0, 0), 12}),
                                model::TrafficSelector::of(Prefix{Address::v4(10, 0, 0, 0), 8})}};
    c.id = model::digest_of(c, 0);
    model::Policy policy;
    policy.connections.push_back(std::make_shared<const model::Connection>(std::move(c)));
    return policy;
  }
  void load(Side& side, model::Policy policy) {
    engine::PolicyUpdate update;
    update.policy = std::make_shared<const model::Policy>(std::move(policy));
    side.run(now_, std::move(update), wire_);
    side.take_cpu_us();
  }

  std::vector<crypto::openssl::SigningKey> keys_;
  Side initiator_{1, kInitiator};
  Side responder_{2, kResponder};
  std::deque<Letter> wire_;
  Instant now_{hours(1)};
  uint32_t begun_ = 0;
};

}  // namespace bench
