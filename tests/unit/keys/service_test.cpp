#include "keys/service.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "crypto/openssl/openssl_provider.h"
#include "unit/keys/fixture.h"

namespace ike::keys {
namespace {

using model::AuthSigned;
using model::KeysReply;
using model::PskMacs;
using model::PskMacsMade;
using model::SignAuth;

const ConnectionId kConnection{7};
const Instant kStart{seconds(1000)};

model::Secrets secrets() {
  model::Secrets s;
  s.connections.push_back({kConnection, Secret(as_bytes("correct horse battery staple"))});
  return s;
}

struct Bench {
  explicit Bench(const char* key = "p256.pem")
      : service(Keyring(secrets(), parse_local_key(as_bytes(test_key(key)), "local.key")),
                PeerKeys(etc.open("pubkeys"), ::geteuid()), *provider, audit) {}

  EtcDirectory etc;
  Recorder audit;
  std::unique_ptr<crypto::Provider> provider = crypto::openssl::make_provider();
  Service service;
};

constexpr IkeSpi kTheirs{99};

PskMacs psk_request(uint64_t spi_i) {
  return {Ticket{spi_i},
          kConnection,
          IkeSpi{spi_i},
          kTheirs,
          PrfId::hmac_sha2_256,
          auth_octets(IkeSpi{spi_i}, kTheirs, false),
          auth_octets(IkeSpi{spi_i}, kTheirs, true)};
}
SignAuth sign_request(uint64_t spi_i, std::vector<SignatureHash> hashes) {
  return {Ticket{spi_i}, kConnection,       IkeSpi{spi_i},
          kTheirs,       std::move(hashes), auth_octets(IkeSpi{spi_i}, kTheirs, false)};
}

template <typename T>
const T* answer_in(const KeysReply& reply) {
  return reply.result ? std::get_if<T>(&*reply.result) : nullptr;
}

//= RFC 7296 section 2.15: AUTH = prf(prf(shared secret, "Key Pad for IKEv2"), octets to be signed)
TEST(KeysService, MakesTheMacsOfBothSides) {
  Bench b;
  const KeysReply reply = b.service.handle(kStart, psk_request(1));
  EXPECT_EQ(reply.ticket, Ticket{1});
  const auto* made = answer_in<PskMacsMade>(reply);
  ASSERT_NE(made, nullptr) << reply.detail;
  // Computed with Python's hmac and hashlib.
  EXPECT_EQ(to_hex(made->ours), "f87ff9318234fc382fb528707478aadc83c021f114f910323a94c172d92be4e8");
  EXPECT_EQ(to_hex(made->peers),
            "4bbbad4ac75031f30d9463ea10a06ce516c4fb41023d99f7a245e08f26087603");
}

TEST(KeysService, GivesEachIkeSaOneProofOfAKind) {
  Bench b;
  ASSERT_TRUE(b.service.handle(kStart, psk_request(1)).result);
  const KeysReply again = b.service.handle(kStart, psk_request(1));
  ASSERT_FALSE(again.result);
  EXPECT_EQ(again.result.error().fault, Fault::refused);
  EXPECT_EQ(again.detail, "IKE SA 0x0000000000000001 has had its proof already");
  EXPECT_TRUE(b.service.handle(kStart, sign_request(1, {})).result) << "another purpose";
  EXPECT_FALSE(b.service.handle(kStart, sign_request(1, {})).result);
  EXPECT_TRUE(b.service.handle(kStart, psk_request(2)).result) << "another IKE SA";
}

TEST(KeysService, RemembersUsesAcrossAReload) {
  Bench b;
  ASSERT_TRUE(b.service.handle(kStart, psk_request(1)).result);
  b.service.replace(Keyring(secrets(), {}));
  EXPECT_FALSE(b.service.handle(kStart, psk_request(1)).result);
  EXPECT_TRUE(b.service.handle(kStart, psk_request(2)).result);
}

TEST(KeysService, RefusesConnectionsWithoutASharedKey) {
  Bench b;
  PskMacs request = psk_request(1);
  request.connection = ConnectionId{8};
  const KeysReply reply = b.service.handle(kStart, request);
  ASSERT_FALSE(reply.result);
  EXPECT_EQ(reply.detail, "connection 0x0000000000000008 has no shared key");
  EXPECT_TRUE(b.service.handle(kStart, psk_request(1)).result) << "a refusal uses nothing up";
}

TEST(KeysService, RefusesUnknownPrfsAndOversizedOctets) {
  Bench b;
  PskMacs request = psk_request(1);
  request.prf = PrfId{999};
  EXPECT_EQ(b.service.handle(kStart, request).result.error().fault, Fault::unsupported);
  request = psk_request(1);
  request.peer_octets.resize(limits::kMessageMax + limits::kNonceMax + 65);
  EXPECT_EQ(b.service.handle(kStart, request).result.error().fault, Fault::limit);
  SignAuth sign = sign_request(1, {});
  sign.octets = request.peer_octets;
  EXPECT_EQ(b.service.handle(kStart, sign).result.error().fault, Fault::limit);
}

struct SigningCase {
  const char* key;
  std::vector<SignatureHash> peer_hashes;
  AuthMethod method;
  CertEncoding encoding;
};

//= RFC 7427 section 4: method 14 only towards a peer that named its hashes
//= RFC 8420 section 2: Ed25519 needs the identity hash
TEST(KeysService, SignsByTheKeyAndByWhatThePeerCanVerify) {
  const SigningCase cases[] = {
      {"p256.pem", {}, AuthMethod::ecdsa256, CertEncoding::openiked_ecdsa},
      {"p256.pem", {SignatureHash::sha2_256}, AuthMethod::signature, CertEncoding::openiked_ecdsa},
      {"rsa2048.pem", {}, AuthMethod::rsa, CertEncoding::raw_rsa},
      {"rsa2048.pem", {SignatureHash::sha2_256}, AuthMethod::signature, CertEncoding::raw_rsa},
      {"ed25519.pem",
       {SignatureHash::identity},
       AuthMethod::signature,
       CertEncoding::raw_public_key},
  };
  for (const SigningCase& c : cases) {
    Bench b(c.key);
    const KeysReply reply = b.service.handle(kStart, sign_request(1, c.peer_hashes));
    const auto* made = answer_in<AuthSigned>(reply);
    ASSERT_NE(made, nullptr) << c.key << ": " << reply.detail;
    EXPECT_EQ(made->method, c.method) << c.key;
    EXPECT_EQ(made->cert_encoding, c.encoding) << c.key;
    EXPECT_FALSE(made->certificate.empty()) << c.key;
    const Bytes spki = b.service.keyring().local_key().key->spki();
    EXPECT_TRUE(
        b.provider->verify(spki, made->method, auth_octets(IkeSpi{1}, kTheirs, false), made->data))
        << c.key;
    EXPECT_FALSE(b.provider->verify(spki, made->method, as_bytes("other"), made->data)) << c.key;
  }
}

TEST(KeysService, DoesNotSignWithAKeyThatThePeerCannotVerify) {
  Bench b("ed25519.pem");
  const KeysReply reply = b.service.handle(kStart, sign_request(1, {}));
  ASSERT_FALSE(reply.result);
  EXPECT_EQ(reply.result.error().fault, Fault::unsupported);
}

//= RFC 7296 section 2.15: what is signed begins with the sender's first message
TEST(KeysService, ProvesNothingButFirstMessagesOfTheIkeSa) {
  Bench b;
  const Blob good = auth_octets(IkeSpi{1}, kTheirs, false);
  const auto refused = [&](Blob octets) {
    SignAuth sign = sign_request(1, {});
    sign.octets = octets;
    PskMacs psk = psk_request(1);
    psk.our_octets = std::move(octets);
    const KeysReply signature = b.service.handle(kStart, sign);
    return !signature.result && signature.result.error().fault == Fault::refused &&
           !b.service.handle(kStart, psk).result;
  };
  EXPECT_TRUE(refused(to_blob(as_bytes("a certificate that I would like to have"))));
  SignAuth nothing = sign_request(1, {});
  nothing.octets.clear();
  EXPECT_FALSE(b.service.handle(kStart, nothing).result);
  EXPECT_TRUE(refused(auth_octets(IkeSpi{2}, kTheirs, false))) << "another IKE SA's";
  EXPECT_TRUE(refused(auth_octets(IkeSpi{1}, IkeSpi{98}, true))) << "another responder's";
  for (const size_t cut : {size_t{27}, size_t{28}, good.size() - 64 - 1}) {
    EXPECT_TRUE(refused(Blob(good.begin(), good.begin() + static_cast<ptrdiff_t>(cut)))) << cut;
  }
  Blob longer = good;
  longer.resize(good.size() - 64 + limits::kNonceMax + 64 + 1);
  EXPECT_TRUE(refused(std::move(longer))) << "more than a nonce and a prf output";
  for (const size_t at : {8u, 16u, 17u, 18u, 23u, 28u + 4 + 3, 28u + 40 + 3}) {
    Blob other = good;
    other[at] ^= 0x40;
    EXPECT_TRUE(refused(std::move(other))) << at;
  }
  EXPECT_FALSE(refused(good));
}

TEST(KeysService, MakesMacsOfBothSidesNotOfOneTwice) {
  Bench b;
  PskMacs request = psk_request(1);
  request.our_octets = request.peer_octets;
  EXPECT_FALSE(b.service.handle(kStart, request).result);
  request.our_octets.clear();
  request.peer_octets.clear();
  EXPECT_FALSE(b.service.handle(kStart, request).result) << "of nobody";
}

// An initiator without an identity to expect proves itself before it knows whom it asks.
TEST(KeysService, MakesTheMacOfEitherSideAlone) {
  Bench b;
  PskMacs first = psk_request(1), second = first;
  first.peer_octets.clear();
  second.our_octets.clear();
  const KeysReply both = Bench().service.handle(kStart, psk_request(1));
  const KeysReply ours = b.service.handle(kStart, first);
  const KeysReply peers = b.service.handle(kStart, second);
  ASSERT_TRUE(both.result && ours.result && peers.result);
  EXPECT_EQ(answer_in<PskMacsMade>(ours)->ours, answer_in<PskMacsMade>(both)->ours);
  EXPECT_TRUE(answer_in<PskMacsMade>(ours)->peers.empty());
  EXPECT_EQ(answer_in<PskMacsMade>(peers)->peers, answer_in<PskMacsMade>(both)->peers);
  EXPECT_TRUE(answer_in<PskMacsMade>(peers)->ours.empty());
}

TEST(KeysService, SaysWhyThereIsNoPrivateKey) {
  Bench b("no such file");
  const KeysReply reply = b.service.handle(kStart, sign_request(1, {}));
  ASSERT_FALSE(reply.result);
  EXPECT_TRUE(reply.detail.starts_with("local.key: ")) << reply.detail;
  EXPECT_TRUE(b.service.handle(kStart, psk_request(1)).result) << "shared keys do not need it";
}

TEST(KeysService, LoadsThePrivateKeyFromItsDirectory) {
  EtcDirectory etc;
  etc.write("private/local.key", test_key("p256.pem"), 0600);
  EXPECT_TRUE(load_local_key(etc.open("private"), "local.key", ::geteuid()).key);
  etc.write("private/local.key", test_key("p256.pem"), 0644);
  const LocalKey refused = load_local_key(etc.open("private"), "local.key", ::geteuid());
  EXPECT_FALSE(refused.key);
  EXPECT_TRUE(refused.problem.ends_with("(mode 0644, wanted 0600)")) << refused.problem;
}

TEST(KeysService, FindsThePublicKeyOfAPeer) {
  Bench b;
  b.etc.write("pubkeys/fqdn/peer", test_key("p256.pub"), 0644);
  model::FindPeerKey request{Ticket{3}, kConnection, {IdType::fqdn, to_blob(as_bytes("peer"))}};
  const KeysReply reply = b.service.handle(kStart, request);
  const auto* found = answer_in<model::PeerKeyFound>(reply);
  ASSERT_NE(found, nullptr) << reply.detail;
  EXPECT_TRUE(equal(found->spki, b.service.keyring().local_key().key->spki()));
  request.peer.data = to_blob(as_bytes("../../private/local.key"));
  EXPECT_FALSE(b.service.handle(kStart, request).result);
}

TEST(KeysService, LimitsRequestsPerSecond) {
  Bench b;
  model::FindPeerKey request{Ticket{3}, kConnection, {IdType::key_id, {1}}};
  for (uint32_t i = 0; i < kRequestsPerSecondMax; ++i) {
    ASSERT_NE(b.service.handle(kStart, request).result.error().fault, Fault::limit);
  }
  EXPECT_EQ(b.service.handle(kStart, psk_request(1)).result.error().fault, Fault::limit);
  EXPECT_TRUE(b.service.handle(kStart + milliseconds(1), psk_request(1)).result);
}

TEST(KeysService, AuditsEveryUseAndFewRefusals) {
  Bench b;
  ASSERT_TRUE(b.service.handle(kStart, psk_request(1)).result);
  ASSERT_EQ(b.audit.lines.size(), 1u);
  EXPECT_EQ(b.audit.lines[0], "spi=0x0000000000000001: shared key used");
  for (int i = 0; i < 100; ++i) b.service.handle(kStart, psk_request(1));
  EXPECT_EQ(b.audit.lines.size(), 1u + kAuditLinesPerSecond);
  for (const std::string& line : b.audit.lines) {
    EXPECT_EQ(line.find("battery"), std::string::npos) << "no secret in a log";
  }
}

TEST(UseRegister, KeepsItsBoundAndForgetsTheOldestFirst) {
  UseRegister uses;
  for (uint64_t i = 1; i <= kUsesRememberedMax; ++i) {
    ASSERT_TRUE(uses.take(IkeSpi{i}, IkeSpi{1}, Purpose::psk_macs));
    ASSERT_LE(uses.size(), kUsesRememberedMax);
  }
  EXPECT_FALSE(uses.take(IkeSpi{kUsesRememberedMax}, IkeSpi{1}, Purpose::psk_macs));
  EXPECT_TRUE(uses.take(IkeSpi{1}, IkeSpi{1}, Purpose::psk_macs));
}

TEST(RateLimit, RefillsWithTimeUpToItsSize) {
  RateLimit limit(2);
  EXPECT_TRUE(limit.take(kStart));
  EXPECT_TRUE(limit.take(kStart));
  EXPECT_FALSE(limit.take(kStart));
  EXPECT_FALSE(limit.take(kStart + milliseconds(499)));
  EXPECT_TRUE(limit.take(kStart + milliseconds(500)));
  EXPECT_FALSE(limit.take(kStart + milliseconds(500)));
  EXPECT_TRUE(limit.take(kStart + hours(1)));
  EXPECT_TRUE(limit.take(kStart + hours(1)));
  EXPECT_FALSE(limit.take(kStart + hours(1)));
}

}  // namespace
}  // namespace ike::keys
