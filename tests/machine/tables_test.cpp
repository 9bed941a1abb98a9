// Every state of every exchange meets everything that can happen; the outcome is kept as text in
// golden/.  IKE_UPDATE_GOLDEN=1 in the environment writes the files anew.
#include <cxxabi.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "ike/authenticator.h"
#include "ikev2/exchanges/exchange.h"
#include "machine/table_host.h"
#include "wire/v2/notify_data.h"

namespace ike::v2::test {
namespace {

std::string plain_name(const std::type_info& type) {
  int status = 0;
  char* const text = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string name = text;
  std::free(text);
  return name.substr(name.rfind(':') + 1);
}

template <typename State>
std::string name_of_state(const State& state) {
  return std::visit([](const auto& s) { return plain_name(typeid(s)); }, state);
}

model::ConnectionPtr make_connection(bool psk) {
  using model::Transform;
  auto c = std::make_shared<model::Connection>();
  c->id = ConnectionId(5);
  c->name = "table";
  c->local_id = model::Identity::from_name("us.example");
  c->remote_id = model::Identity::from_name("peer.example");
  c->auth.kind = psk ? model::AuthKind::psk : model::AuthKind::signature;
  model::Proposal ike;
  ike.protocol = ProtocolId::ike;
  ike.number = 1;
  ike.transforms = {Transform::encr(Encr::aes_gcm_16, 256), Transform::prf(PrfId::hmac_sha2_256),
                    Transform::ke(KeMethod::curve25519), Transform::ke(KeMethod::ecp256)};
  c->ike_proposals = {ike};
  model::Proposal esp = ike;
  esp.protocol = ProtocolId::esp;
  esp.transforms = {Transform::encr(Encr::aes_gcm_16, 256), Transform::ke(KeMethod::curve25519),
                    Transform::ke(KeMethod::ecp256), Transform::esn(Esn::no)};
  model::ChildTemplate t;
  t.proposals = {esp};
  t.selectors = {{model::TrafficSelector::of(Prefix{Address::v4(10, 1, 0, 0), 16}),
                  model::TrafficSelector::of(Prefix{Address::v4(10, 2, 0, 0), 16})}};
  c->children = {t};
  return c;
}

// An IKE SA as far as an exchange needs it.
struct Bench {
  explicit Bench(bool psk = true) {
    host.connection = make_connection(psk);
    sa.connection = host.connection;
    sa.local = {Address::v4(192, 0, 2, 1), 500};
    sa.remote = {Address::v4(192, 0, 2, 2), 500};
    sa.spi_i = IkeSpi(0x0100000000000001);
    sa.spi_r = IkeSpi(0x0200000000000002);
    sa.initiator = true;
    sa.suite.encr = Encr::aes_gcm_16;
    sa.suite.encr_key_bits = 256;
    sa.suite.prf = PrfId::hmac_sha2_256;
    sa.suite.ke = KeMethod::curve25519;
    const Blob nonce(32, 7);
    const Blob shared(32, 9);
    sa.keys = *derive_keys(host.provider(), sa.suite, {shared, nonce, nonce, sa.spi_i, sa.spi_r});
    key_pair = std::shared_ptr<const crypto::KeyExchange>(
        *host.provider().generate(KeMethod::curve25519, host.random()));
    const auto packet = std::make_shared<const Blob>(Blob(100, 1));
    sa.own.sent.packets = {packet};
  }
  std::unique_ptr<Handshake> handshake() {
    auto h = std::make_unique<Handshake>();
    h->ni = h->nr = Blob(32, 7);
    h->first_ours = sa.own.sent.packets.front();
    h->first_peers = Blob(100, 2);
    h->choice.suite = sa.suite;
    h->choice.answer = host.connection->ike_proposals[0];
    return h;
  }
  Bench& half_open() {
    sa.life = HalfOpen{handshake()};
    return *this;
  }
  Bench& authenticating() {
    sa.life = Authenticating{handshake()};
    return *this;
  }
  Bench& established() {
    const Blob mac(32, 3);
    auto peer = proto::Authenticator::check_mac(*sa.connection->remote_id, mac, mac);
    sa.life = Established{*peer, {}};
    sa.established()->children.push_back(child(0x2000));
    return *this;
  }
  std::unique_ptr<ChildSa> child(uint32_t spi) {
    auto c = std::make_unique<ChildSa>();
    c->state = ChildSa::State::installed;
    c->loaded = true;
    c->inbound = EspSpi(spi);
    c->outbound = EspSpi(spi + 1);
    c->reqid = ReqId(7);
    c->algorithms = {Encr::aes_gcm_16, 256, Integ::none, Esn::no};
    c->selectors = sa.connection->children[0].selectors;
    return c;
  }
  ChildAgreement agreement() {
    ChildAgreement a;
    a.choice.peer_spi = 0x3001;
    a.choice.suite.encr = Encr::aes_gcm_16;
    a.choice.suite.encr_key_bits = 256;
    a.choice.suite.ke = KeMethod::curve25519;
    a.choice.answer = sa.connection->children[0].proposals[0];
    a.narrowed.pairs = sa.connection->children[0].selectors;
    a.narrowed.sets = {{a.narrowed.pairs[0].local}, {a.narrowed.pairs[0].remote}};
    return a;
  }
  PeerProof proof() {
    PeerProof p;
    p.id = *sa.connection->remote_id;
    p.id_body = id_body(p.id);
    p.method =
        sa.connection->auth.kind == model::AuthKind::psk ? AuthMethod::psk : AuthMethod::signature;
    p.data = Blob(32, 3);
    ChildAgreement a = agreement();
    a.choice.suite.ke = KeMethod::none;
    p.child = std::move(a);
    return p;
  }
  ChildOffer child_offer() {
    ChildOffer o;
    o.inbound = EspSpi(0x3000);
    o.ke = KeMethod::curve25519;
    return o;
  }

  TableHost host;
  IkeSa sa;
  std::shared_ptr<const crypto::KeyExchange> key_pair;
};

// A message of the peer, built as the exchange wants it.
using Build = std::function<void(Bench&, Payloads&)>;

struct Happening {
  std::string name;
  std::function<void(Bench&, const std::function<void(const Event&)>&)> happen;
};

Happening message(std::string name, Build build) {
  return {std::move(name), [build = std::move(build)](Bench& b, const auto& deliver) {
            Payloads p;
            build(b, p);
            const auto parsed = wire::v2::parse_payloads(p.writer.first(), p.octets);
            ASSERT_TRUE(parsed.has_value()) << parsed.error().what;
            wire::Header header;
            header.spi_i = b.sa.spi_i;
            header.spi_r = b.sa.spi_r;
            header.flags = wire::kFlagResponse;
            deliver(MessageIn{header, *parsed, p.octets});
          }};
}

Happening notify(NotifyType type) {
  return message("N(" + to_text(type) + ")",
                 [type](Bench&, Payloads& p) { p.writer.notify(type); });
}

template <typename T>
Happening crypto_done(std::string name, std::function<T(Bench&)> make) {
  return {std::move(name), [make = std::move(make)](Bench& b, const auto& deliver) {
            const Result<crypto::JobResult> result(make(b));
            deliver(CryptoDone{Ticket(1), result});
          }};
}

template <typename T>
Happening keys_done(std::string name, T answer) {
  return {std::move(name), [answer](Bench&, const auto& deliver) {
            const Result<model::KeysAnswer> result(answer);
            const std::string detail;
            deliver(KeysDone{Ticket(1), result, detail});
          }};
}

std::vector<Happening> completions() {
  std::vector<Happening> all;
  all.push_back(crypto_done<crypto::KeyPairReady>(
      "key pair", [](Bench& b) { return crypto::KeyPairReady{b.key_pair}; }));
  all.push_back(crypto_done<crypto::SharedReady>(
      "shared secret", [](Bench&) { return crypto::SharedReady{Secret(Blob(32, 5))}; }));
  all.push_back(crypto_done<crypto::AnsweredKeyExchange>("KE answered", [](Bench&) {
    return crypto::AnsweredKeyExchange{Blob(32, 4), Secret(Blob(32, 5))};
  }));
  all.push_back(crypto_done<crypto::SignatureVerified>(
      "signature verified", [](Bench&) { return crypto::SignatureVerified{}; }));
  all.push_back({"crypto failed", [](Bench&, const auto& deliver) {
                   const Result<crypto::JobResult> r = fail(Fault::unauthenticated, "wrong");
                   deliver(CryptoDone{Ticket(1), r});
                 }});
  all.push_back(keys_done("right MACs", model::PskMacsMade{Blob(32, 1), Blob(32, 3)}));
  all.push_back(keys_done("other MACs", model::PskMacsMade{Blob(32, 1), Blob(32, 4)}));
  all.push_back(keys_done("signed", model::AuthSigned{AuthMethod::signature, Blob(64, 1), {}, {}}));
  all.push_back(keys_done("peer key", model::PeerKeyFound{Blob(40, 1)}));
  all.push_back({"keys refused", [](Bench&, const auto& deliver) {
                   const Result<model::KeysAnswer> r = fail(Fault::refused, "none");
                   deliver(KeysDone{Ticket(1), r, "no such file"});
                 }});
  all.push_back({"kernel done", [](Bench&, const auto& deliver) {
                   Result<model::KernelAnswer> r = model::KernelAnswer{};
                   r->source = Address::v4(192, 0, 2, 1);
                   deliver(KernelDone{Ticket(1), r});
                 }});
  all.push_back({"kernel refused", [](Bench&, const auto& deliver) {
                   const Result<model::KernelAnswer> r = fail(Fault::internal, "no memory");
                   deliver(KernelDone{Ticket(1), r});
                 }});
  all.push_back({"timed out", [](Bench&, const auto& deliver) { deliver(TimedOut{}); }});
  return all;
}

template <typename State>
struct Row {
  std::function<State(Bench&)> make;
};

template <typename State>
std::string table(const std::function<std::unique_ptr<Bench>()>& bench,
                  const std::vector<std::function<State(Bench&)>>& states,
                  std::vector<Happening> happenings, Lane lane) {
  for (Happening& h : completions()) happenings.push_back(std::move(h));
  std::ostringstream out;
  for (const auto& make : states) {
    for (const Happening& h : happenings) {
      const auto b = bench();
      State state = make(*b);
      const std::string before = name_of_state(state);
      b->host.take();
      Context ctx{b->sa, b->host, lane};
      const size_t wishes = b->sa.own.wishes.size() + b->sa.own.delayed.size();
      h.happen(*b, [&](const Event& e) { state = step(std::move(state), e, ctx); });
      const std::string after = name_of_state(state);
      const auto done = b->host.take();
      out << before << " | " << h.name << " | ";
      const bool planned = b->sa.own.wishes.size() + b->sa.own.delayed.size() != wishes;
      if (before == after && done.empty() && !planned) {
        out << "ignored\n";
        continue;
      }
      out << after;
      for (const std::string& d : done) out << "; " << d;
      if (planned) out << "; plans more";
      out << "\n";
    }
  }
  return out.str();
}

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(IKE_TEST_DATA) + "/machine/golden/" + name + ".txt";
  if (std::getenv("IKE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << text;
    return;
  }
  std::ifstream in(path);
  std::stringstream kept;
  kept << in.rdbuf();
  EXPECT_EQ(kept.str(), text) << "if this is right, run with IKE_UPDATE_GOLDEN=1";
}

template <typename State>
using States = std::vector<std::function<State(Bench&)>>;

Build ike_answer(KeMethod method) {
  return [method](Bench& b, Payloads& p) {
    model::Proposal one = b.sa.connection->ike_proposals[0];
    std::erase_if(one.transforms, [&](const model::Transform& t) {
      return t.type == TransformType::ke && t.id != raw(method);
    });
    p.writer.add(proto::offer_payload({one}, {}, {}));
    const Blob value(method == KeMethod::ecp256 ? 64 : 32, 4);
    p.writer.add(wire::v2::Ke{method, value});
    const Blob nonce(32, 8);
    p.writer.add(wire::v2::Nonce{nonce});
  };
}

void add_child_answer(Bench& b, Payloads& p, bool with_ke, bool in_auth) {
  model::Proposal one = b.sa.connection->children[0].proposals[0];
  std::erase_if(one.transforms, [&](const model::Transform& t) {
    return t.type == TransformType::ke && t.id != raw(KeMethod::curve25519);
  });
  const Blob spi = {0, 0, 0x30, 1};
  p.writer.add(proto::offer_payload({one}, spi, {KeMethod::none, in_auth}));
  const Blob nonce(32, 8), value(32, 4);
  if (!in_auth) p.writer.add(wire::v2::Nonce{nonce});
  if (with_ke) p.writer.add(wire::v2::Ke{KeMethod::curve25519, value});
  const auto& pair = b.sa.connection->children[0].selectors[0];
  p.writer.add(PayloadType::ts_i, proto::to_wire({pair.local}));
  p.writer.add(PayloadType::ts_r, proto::to_wire({pair.remote}));
}

TEST(StateTable, SaInitInitiator) {
  using namespace sa_init_initiator;
  const auto response = [](Bench& b) { return AwaitResponse{{}, b.key_pair, 0}; };
  const States<State> states = {
      [](Bench&) { return State(AwaitSource{}); },
      [](Bench&) { return State(AwaitKeyPair{{}, KeMethod::curve25519, 0}); },
      [&](Bench& b) { return State(response(b)); },
      [&](Bench& b) { return State(AwaitShared{response(b)}); },
      [](Bench&) { return State(Keyed{}); },
      [](Bench&) { return State(Done{}); },
  };
  std::vector<Happening> happenings = {
      message("SA KE Nr", ike_answer(KeMethod::curve25519)),
      message("SA KE Nr of another group", ike_answer(KeMethod::ecp256)),
      message("N(COOKIE)",
              [](Bench&, Payloads& p) {
                const Blob cookie(16, 6);
                p.writer.notify(wire::v2::Cookie{cookie});
              }),
      message("N(INVALID_KE_PAYLOAD) of an offered group",
              [](Bench&, Payloads& p) {
                p.writer.notify(wire::v2::InvalidKePayload{KeMethod::ecp256});
              }),
      message("N(INVALID_KE_PAYLOAD) of another group",
              [](Bench&, Payloads& p) {
                p.writer.notify(wire::v2::InvalidKePayload{KeMethod::modp768});
              }),
      notify(NotifyType::no_proposal_chosen),
  };
  expect_golden("sa_init_initiator", table<State>(
                                         [] {
                                           auto b = std::make_unique<Bench>();
                                           b->half_open();
                                           return b;
                                         },
                                         states, happenings, Lane::own));
}

TEST(StateTable, SaInitResponder) {
  using namespace sa_init_responder;
  expect_golden(
      "sa_init_responder",
      table<State>(
          [] {
            auto b = std::make_unique<Bench>();
            b->sa.initiator = false;
            b->half_open();
            return b;
          },
          {[](Bench&) { return State(AwaitAnswer{}); }, [](Bench&) { return State(Done{}); }},
          {message("another request", ike_answer(KeMethod::curve25519))}, Lane::peer));
}

Build auth_answer(bool psk, uint8_t octet, bool child) {
  return [=](Bench& b, Payloads& p) {
    const auto& id = *b.sa.connection->remote_id;
    p.writer.add(PayloadType::id_r, wire::v2::Id{id.type, id.data, {}});
    const Blob data(32, octet);
    p.writer.add(wire::v2::Auth{psk ? AuthMethod::psk : AuthMethod::signature, data});
    if (child) {
      add_child_answer(b, p, false, true);
    } else {
      p.writer.notify(NotifyType::ts_unacceptable);
    }
  };
}

States<auth_initiator::State> auth_initiator_states() {
  using namespace auth_initiator;
  const auto offer = [](Bench& b) {
    ChildOffer o = b.child_offer();
    o.in_auth = true;
    return o;
  };
  return {
      [](Bench&) { return State(AwaitOurProof{}); },
      [=](Bench& b) { return State(AwaitResponse{offer(b), Blob(32, 3)}); },
      [](Bench& b) { return State(AwaitPeerMac{b.proof(), EspSpi(0x3000)}); },
      [](Bench& b) { return State(AwaitPeerKey{b.proof(), EspSpi(0x3000)}); },
      [](Bench& b) { return State(AwaitVerified{b.proof(), EspSpi(0x3000)}); },
      [](Bench& b) {
        b.established();
        return State(AwaitInstall{b.child(0x3000)});
      },
      [](Bench&) { return State(Done{}); },
  };
}

TEST(StateTable, AuthInitiator) {
  for (const bool psk : {true, false}) {
    const std::vector<Happening> happenings = {
        message("IDr AUTH SA TSi TSr", auth_answer(psk, 3, true)),
        message("IDr AUTH N(TS_UNACCEPTABLE)", auth_answer(psk, 3, false)),
        message("IDr AUTH SA TSi TSr beyond the offer",
                [psk](Bench& b, Payloads& p) {
                  auto wide = std::make_shared<model::Connection>(*b.sa.connection);
                  wide->children[0].selectors[0].remote =
                      model::TrafficSelector::of(Prefix{Address::v4(10, 0, 0, 0), 8});
                  const model::ConnectionPtr ours = std::exchange(b.sa.connection, wide);
                  auth_answer(psk, 3, true)(b, p);
                  b.sa.connection = ours;
                }),
        message("wrong AUTH", auth_answer(psk, 4, true)),
        message("another method", auth_answer(!psk, 3, true)),
        notify(NotifyType::authentication_failed),
        message("nothing", [](Bench&, Payloads&) {}),
    };
    expect_golden(psk ? "auth_initiator_psk" : "auth_initiator_signature",
                  table<auth_initiator::State>(
                      [psk] {
                        auto b = std::make_unique<Bench>(psk);
                        b->authenticating();
                        return b;
                      },
                      auth_initiator_states(), happenings, Lane::own));
  }
}

TEST(StateTable, AuthResponder) {
  using namespace auth_responder;
  const States<State> states = {
      [](Bench& b) { return State(AwaitMacs{b.proof()}); },
      [](Bench& b) { return State(AwaitKeys{b.proof(), {}}); },
      [](Bench& b) { return State(AwaitVerified{b.proof(), {}, {}}); },
      [](Bench& b) {
        return State(AwaitVerified{
            b.proof(), model::AuthSigned{AuthMethod::signature, Blob(64, 1), {}, {}}, {}});
      },
      [](Bench& b) {
        b.established();
        return State(
            AwaitInstall{b.agreement(), b.child(0x3000), {AuthMethod::psk, Blob(32, 1), {}, {}}});
      },
      [](Bench&) { return State(Done{}); },
  };
  expect_golden("auth_responder",
                table<State>(
                    [] {
                      auto b = std::make_unique<Bench>();
                      b->sa.initiator = false;
                      b->authenticating();
                      return b;
                    },
                    states, {message("another request", [](Bench&, Payloads&) {})}, Lane::peer));
}

std::unique_ptr<Bench> established_bench(bool initiator) {
  auto b = std::make_unique<Bench>();
  b->sa.initiator = initiator;
  b->established();
  return b;
}

std::vector<Happening> create_child_answers() {
  return {
      message("SA Nr KE TSi TSr",
              [](Bench& b, Payloads& p) { add_child_answer(b, p, true, false); }),
      message("SA Nr TSi TSr", [](Bench& b, Payloads& p) { add_child_answer(b, p, false, false); }),
      message("SA(IKE) KE Nr",
              [](Bench& b, Payloads& p) {
                model::Proposal one = b.sa.connection->ike_proposals[0];
                one.transforms.pop_back();
                const Blob spi(8, 5), nonce(32, 8), value(32, 4);
                p.writer.add(proto::offer_payload({one}, spi, {}));
                p.writer.add(wire::v2::Nonce{nonce});
                p.writer.add(wire::v2::Ke{KeMethod::curve25519, value});
              }),
      message("N(INVALID_KE_PAYLOAD) of an offered group",
              [](Bench&, Payloads& p) {
                p.writer.notify(wire::v2::InvalidKePayload{KeMethod::ecp256});
              }),
      message("N(INVALID_KE_PAYLOAD) of another group",
              [](Bench&, Payloads& p) {
                p.writer.notify(wire::v2::InvalidKePayload{KeMethod::modp768});
              }),
      notify(NotifyType::temporary_failure),
      notify(NotifyType::no_additional_sas),
      notify(NotifyType::child_sa_not_found),
      notify(NotifyType::no_proposal_chosen),
      notify(NotifyType::ts_unacceptable),
      notify(NotifyType::invalid_syntax),
      message("nothing", [](Bench&, Payloads&) {}),
  };
}

TEST(StateTable, ChildInitiator) {
  using namespace child_initiator;
  for (const bool rekey : {false, true}) {
    const auto plan = [rekey](Bench& b) {
      Plan p;
      p.offer = b.child_offer();
      p.ni = Blob(32, 7);
      if (rekey) {
        p.replaces = EspSpi(0x2000);
        p.reqid = ReqId(7);
      }
      return p;
    };
    const States<State> states = {
        [=](Bench& b) { return State(AwaitKeyPair{plan(b)}); },
        [=](Bench& b) { return State(AwaitResponse{plan(b), b.key_pair}); },
        [=](Bench& b) { return State(AwaitShared{plan(b), b.agreement(), Blob(32, 8)}); },
        [=](Bench& b) {
          auto made = b.child(0x3000);
          made->replaces = plan(b).replaces;
          made->made_by_us = true;
          return State(AwaitInstall{plan(b), std::move(made)});
        },
        [](Bench&) { return State(Done{}); },
    };
    expect_golden(rekey ? "rekey_child_initiator" : "create_child_initiator",
                  table<State>([] { return established_bench(true); }, states,
                               create_child_answers(), Lane::own));
  }
}

TEST(StateTable, ChildResponder) {
  using namespace child_responder;
  for (const bool rekey : {false, true}) {
    const auto plan = [rekey](Bench& b) {
      return Plan{
          b.agreement(), rekey ? EspSpi(0x2000) : EspSpi(), {}, Blob(32, 7), Blob(32, 8), {}};
    };
    const States<State> states = {
        [=](Bench& b) { return State(AwaitAnswer{plan(b)}); },
        [=](Bench& b) { return State(AwaitInstall{plan(b), b.child(0x3000)}); },
        [](Bench&) { return State(Done{}); },
    };
    expect_golden(rekey ? "rekey_child_responder" : "create_child_responder",
                  table<State>([] { return established_bench(false); }, states,
                               create_child_answers(), Lane::peer));
  }
}

TEST(StateTable, RekeyIkeInitiator) {
  using namespace rekey_ike_initiator;
  const States<State> states = {
      [](Bench&) { return State(AwaitKeyPair{0}); },
      [](Bench& b) { return State(AwaitResponse{b.key_pair, IkeSpi(9), Blob(32, 7), 0}); },
      [](Bench& b) {
        proto::Choice c;
        c.suite = b.sa.suite;
        c.peer_spi = 10;
        return State(AwaitShared{c, IkeSpi(9), Blob(32, 7), Blob(32, 8)});
      },
      [](Bench&) { return State(Done{}); },
  };
  expect_golden("rekey_ike_initiator", table<State>([] { return established_bench(true); }, states,
                                                    create_child_answers(), Lane::own));
}

TEST(StateTable, RekeyIkeResponder) {
  using namespace rekey_ike_responder;
  const States<State> states = {
      [](Bench& b) {
        proto::Choice c;
        c.suite = b.sa.suite;
        c.peer_spi = 10;
        c.answer = b.sa.connection->ike_proposals[0];
        return State(AwaitAnswer{c, Blob(32, 7)});
      },
      [](Bench&) { return State(Done{}); },
  };
  expect_golden("rekey_ike_responder", table<State>([] { return established_bench(false); }, states,
                                                    create_child_answers(), Lane::peer));
}

TEST(StateTable, InformationalInitiator) {
  using namespace informational_initiator;
  const States<State> states = {
      [](Bench&) { return State(AwaitLiveness{}); },
      [](Bench&) { return State(AwaitChildDeleted{EspSpi(0x2000)}); },
      [](Bench&) { return State(AwaitIkeDeleted{}); },
      [](Bench&) { return State(AwaitReported{}); },
      [](Bench&) { return State(Done{}); },
  };
  expect_golden("informational_initiator",
                table<State>([] { return established_bench(true); }, states,
                             {message("nothing", [](Bench&, Payloads&) {}),
                              message("D(ESP)",
                                      [](Bench&, Payloads& p) {
                                        const Blob spi = {0, 0, 0x20, 1};
                                        p.writer.add(wire::v2::Delete{ProtocolId::esp, spi});
                                      })},
                             Lane::own));
}

}  // namespace
}  // namespace ike::v2::test
