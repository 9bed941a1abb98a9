#include "keys/service.h"

#include <array>
#include <optional>

#include "base/limits.h"
#include "crypto/algorithms.h"
#include "keys/auth_octets.h"

namespace ike::keys {

namespace {

using crypto::openssl::KeyKind;
using crypto::openssl::SigningKey;

constexpr std::string_view kPad = "Key Pad for IKEv2";

// What is proven: a first message, a nonce and a prf output.
constexpr size_t kAuthOctetsMax = limits::kMessageMax + limits::kNonceMax + 64;

std::string hex(uint64_t value) {
  Blob octets;
  for (int shift = 56; shift >= 0; shift -= 8)
    octets.push_back(static_cast<uint8_t>(value >> shift));
  return "0x" + to_hex(octets);
}

// Either side's octets may be missing: an initiator that was told no identity of its peer asks for
// its own proof first.
Result<void> check_octets(const model::PskMacs& request) {
  std::optional<Sender> peer;
  if (!request.peer_octets.empty()) {
    IKE_TRY(peer, sender_of(request.peer_octets, request.spi_i, request.spi_r));
  }
  if (!request.our_octets.empty()) {
    IKE_TRY(const Sender us, sender_of(request.our_octets, request.spi_i, request.spi_r));
    if (us == peer) return fail(Fault::refused, "both proofs are about one side's message");
  } else if (!peer) {
    return fail(Fault::refused, "nothing to prove");
  }
  return {};
}

struct RawKey {
  CertEncoding encoding{};
  Blob body;
};

// Peers that know no raw keys ignore the encodings they do not know.
RawKey raw_key_of(const SigningKey& key) {
  switch (key.kind()) {
    case KeyKind::rsa: return {CertEncoding::raw_rsa, to_blob(key.raw_rsa_der())};
    case KeyKind::ecdsa256:
    case KeyKind::ecdsa384:
    case KeyKind::ecdsa521: return {CertEncoding::openiked_ecdsa, to_blob(key.spki())};
    //= RFC 7670 section 3: encoding 15 has the SubjectPublicKeyInfo of any kind of key
    case KeyKind::ed25519:
    case KeyKind::ed448: return {CertEncoding::raw_public_key, to_blob(key.spki())};
  }
  return {};
}

}  // namespace

Service::Service(Keyring keyring, PeerKeys peer_keys, crypto::Provider& provider,
                 events::Sink& audit)
    : keyring_(std::move(keyring)),
      peer_keys_(std::move(peer_keys)),
      provider_(provider),
      audit_(audit) {}

model::KeysReply Service::handle(Instant now, const model::KeysRequest& request) {
  model::KeysReply reply;
  reply.ticket = std::visit([](const auto& r) { return r.ticket; }, request);
  if (requests_.take(now)) {
    reply.result = std::visit([&](const auto& r) { return answer(r, reply.detail); }, request);
  } else {
    reply.detail = "more than " + std::to_string(kRequestsPerSecondMax) + " key requests a second";
    reply.result = fail(Fault::limit, "too many key requests");
  }
  if (!reply.result) report_refusal(now, reply.result.error(), reply.detail);
  return reply;
}

Result<void> Service::permit(IkeSpi spi_i, IkeSpi spi_r, Purpose purpose, std::string& detail) {
  if (!uses_.take(spi_i, spi_r, purpose)) {
    detail = "IKE SA " + hex(spi_i.raw()) + " has had its proof already";
    return fail(Fault::refused, "one proof per IKE SA");
  }
  if (audit_.wants(events::Severity::debug)) {
    const char* what = purpose == Purpose::signature ? "private key" : "shared key";
    audit_.emit(
        events::Notice{events::Severity::debug, "spi=" + hex(spi_i.raw()) + ": " + what + " used"});
  }
  return {};
}

//= RFC 7296 section 2.15: AUTH = prf(prf(shared secret, "Key Pad for IKEv2"), octets to be signed)
Result<model::KeysAnswer> Service::answer(const model::PskMacs& request, std::string& detail) {
  const auto prf = crypto::info_of(request.prf);
  if (!prf || !provider_.supports(request.prf)) return fail(Fault::unsupported, "unknown PRF");
  if (request.our_octets.size() > kAuthOctetsMax || request.peer_octets.size() > kAuthOctetsMax) {
    return fail(Fault::limit, "too much to authenticate");
  }
  const Secret* psk = keyring_.psk(request.connection);
  if (psk == nullptr) {
    detail = "connection " + hex(request.connection.raw()) + " has no shared key";
    return fail(Fault::refused, "no shared key");
  }
  IKE_CHECK(check_octets(request));
  const Purpose purpose = request.our_octets.empty() ? Purpose::psk_peer_mac : Purpose::psk_macs;
  IKE_CHECK(permit(request.spi_i, request.spi_r, purpose, detail));
  Secret padded(prf->size);
  const std::array<Bytes, 1> pad{as_bytes(kPad)};
  provider_.prf(request.prf, psk->view(), pad, padded.writable());
  const auto mac = [&](Bytes octets) {
    if (octets.empty()) return Blob();
    Blob out(prf->size);
    const std::array<Bytes, 1> parts{octets};
    provider_.prf(request.prf, padded.view(), parts, out);
    return out;
  };
  return model::PskMacsMade{mac(request.our_octets), mac(request.peer_octets)};
}

Result<model::KeysAnswer> Service::answer(const model::SignAuth& request, std::string& detail) {
  const LocalKey& local = keyring_.local_key();
  if (!local.key) {
    detail = local.problem;
    return fail(Fault::refused, "no private key");
  }
  if (request.octets.size() > kAuthOctetsMax) return fail(Fault::limit, "too much to sign");
  IKE_CHECK(sender_of(request.octets, request.spi_i, request.spi_r));
  IKE_TRY(const auto scheme,
          crypto::openssl::choose_scheme(local.key->kind(), request.peer_hashes));
  IKE_CHECK(permit(request.spi_i, request.spi_r, Purpose::signature, detail));
  IKE_TRY(Blob signature, local.key->sign(scheme, request.octets));
  RawKey raw_key = raw_key_of(*local.key);
  return model::AuthSigned{scheme.method, std::move(signature), raw_key.encoding,
                           std::move(raw_key.body)};
}

Result<model::KeysAnswer> Service::answer(const model::FindPeerKey& request, std::string& detail) {
  IKE_TRY(Blob spki, peer_keys_.find(request.peer, detail));
  return model::PeerKeyFound{std::move(spki)};
}

// The engine logs what its SAs fail of; this line is for an engine that keeps silent.
void Service::report_refusal(Instant now, const Error& error, const std::string& detail) {
  if (!audit_.wants(events::Severity::notice) || !refusals_.take(now)) return;
  audit_.emit(events::Notice{
      events::Severity::notice,
      "key request refused: " + std::string(error.what) + (detail.empty() ? "" : ": " + detail)});
}

}  // namespace ike::keys
