#include "tools/ike-load/initiator.h"

#include <array>

#include "base/limits.h"
#include "crypto/algorithms.h"
#include "ike/authenticator.h"
#include "ike/nat.h"
#include "wire/v2/notify_data.h"

namespace ike::load {

namespace {

using wire::v2::Message;
using wire::v2::PayloadWriter;
using wire::v2::Proposal;
using wire::v2::Sa;
using wire::v2::Transform;

wire::Header header_of(IkeSpi spi_i, IkeSpi spi_r, ExchangeType exchange, uint32_t id) {
  wire::Header header;
  header.spi_i = spi_i;
  header.spi_r = spi_r;
  header.exchange = exchange;
  header.flags = wire::kFlagInitiator;
  header.message_id = MessageId{id};
  return header;
}

Sa ike_offer(const model::Suite& suite) {
  Proposal p;
  p.number = 1;
  p.protocol = ProtocolId::ike;
  p.transforms = {Transform{TransformType::encr, raw(suite.encr), suite.encr_key_bits, false, {}},
                  Transform{TransformType::prf, raw(suite.prf), 0, false, {}},
                  Transform{TransformType::ke, raw(suite.ke), 0, false, {}}};
  Sa sa;
  sa.proposals.push_back(std::move(p));
  return sa;
}

Sa esp_offer(const model::Suite& suite, Bytes spi) {
  Proposal p;
  p.number = 1;
  p.protocol = ProtocolId::esp;
  p.spi = spi;
  p.transforms = {Transform{TransformType::encr, raw(suite.encr), suite.encr_key_bits, false, {}},
                  Transform{TransformType::esn, raw(Esn::yes), 0, false, {}},
                  Transform{TransformType::esn, raw(Esn::no), 0, false, {}}};
  Sa sa;
  sa.proposals.push_back(std::move(p));
  return sa;
}

// The `number`-th address of a range, starting over at its end.
Address nth(const AddressRange& range, uint64_t number) {
  Blob octets = to_blob(range.first.octets());
  for (size_t i = octets.size(); i-- > 0 && number > 0;) {
    number += octets[i];
    octets[i] = static_cast<uint8_t>(number & 0xff);
    number >>= 8;
  }
  const auto address = Address::from_octets(octets);
  return address && range.contains(*address) ? *address : range.first;
}

// The fault of an error notify, by its name where it has one.
std::unexpected<Error> refused(const wire::v2::Notify& notify) {
  const std::string_view name = name_of(notify.type);
  return fail(Fault::refused, name.empty() ? "an error notify without a name" : name);
}

}  // namespace

Result<Blob> Initiator::begin(crypto::Provider& provider, Random& random) {
  IKE_TRY(key_pair_, provider.generate(plan_.suite.ke, random));
  spi_i_ = IkeSpi{random.u64() | 1};
  nonce_i_.resize(limits::kNonceSize);
  random.fill_public(nonce_i_);
  request_ = init_request(provider, {});
  return request_;
}

Blob Initiator::init_request(crypto::Provider& provider, Bytes cookie) {
  Blob out;
  wire::Writer w(out);
  header_of(spi_i_, IkeSpi{}, ExchangeType::ike_sa_init, 0).write(w);
  PayloadWriter payloads(out);
  //= RFC 7296 section 2.6: the cookie goes first, the rest stays as it was
  if (!cookie.empty()) payloads.notify(wire::v2::Cookie{cookie});
  payloads.add(ike_offer(plan_.suite));
  payloads.add(wire::v2::Ke{plan_.suite.ke, key_pair_->public_value()});
  payloads.add(wire::v2::Nonce{nonce_i_});
  const auto nat =
      proto::nat_hashes(provider, {spi_i_, IkeSpi{}}, endpoints_.local, endpoints_.remote);
  payloads.notify(NotifyType::nat_detection_source_ip, wire::v2::NatDetection{nat.source});
  payloads.notify(NotifyType::nat_detection_destination_ip,
                  wire::v2::NatDetection{nat.destination});
  wire::v2::SignatureHashes hashes;
  for (const SignatureHash hash : proto::kSignatureHashes) {
    static_cast<void>(hashes.hashes.push_back(hash));  // there is room for all we know
  }
  payloads.notify(hashes);
  wire::patch_next_payload(out, payloads.first());
  wire::patch_length(out);
  return out;
}

Result<std::optional<Blob>> Initiator::receive(crypto::Provider& provider, Random& random,
                                               Bytes datagram) {
  const auto header = wire::Header::parse(datagram);
  if (!header || header->spi_i != spi_i_ || !header->is_response()) return std::nullopt;
  const bool of_init = header->exchange == ExchangeType::ike_sa_init;
  if (of_init != (stage_ == Stage::await_init) || stage_ == Stage::established) {
    return std::nullopt;
  }
  IKE_TRY(const Message outer, wire::v2::parse_message(*header, datagram));
  if (of_init) {
    spi_r_ = header->spi_r;
    return on_init(provider, random, outer, datagram);
  }
  if (!outer.sk) return std::nullopt;
  const v2::EnvelopeKeys with{plan_.suite, keys_, true};
  IKE_TRY(const auto opened, v2::Envelope::open(provider, with, *header, *outer.sk, datagram));
  if (opened->is_fragment) return fail(Fault::unsupported, "fragmented though not announced");
  IKE_TRY(const Message inner, wire::v2::parse_payloads(opened->first, opened->chain, opened->at));
  IKE_CHECK(on_auth(provider, inner));
  return std::nullopt;
}

Result<std::optional<Blob>> Initiator::on_init(crypto::Provider& provider, Random& random,
                                               const Message& message, Bytes datagram) {
  if (const auto* cookie = message.notify(NotifyType::cookie); cookie && !message.sa) {
    if (++cookie_rounds_ > limits::kSaInitRestartsMax) return fail(Fault::refused, "cookies only");
    request_ = init_request(provider, cookie->data);
    return request_;
  }
  if (const auto* error = message.first_error()) return refused(*error);
  if (!message.sa || !message.ke || !message.nonce) {
    return fail(Fault::malformed, "IKE_SA_INIT response incomplete");
  }
  if (message.ke->method != plan_.suite.ke || message.sa->proposals.size() != 1 ||
      message.sa->proposals.front().transforms.size() != 3) {
    return fail(Fault::refused, "IKE_SA_INIT response chose what was not offered");
  }
  response_ = to_blob(datagram);
  nonce_r_ = to_blob(message.nonce->data);
  IKE_TRY(const Secret shared, key_pair_->derive(message.ke->data));
  key_pair_.reset();
  IKE_TRY(keys_, v2::derive_keys(provider, plan_.suite,
                                 {shared.view(), nonce_i_, nonce_r_, spi_i_, spi_r_}));
  IKE_TRY(Blob request, auth_request(provider, random, message));
  stage_ = Stage::await_auth;
  return request;
}

Result<Blob> Initiator::auth_request(crypto::Provider& provider, Random& random,
                                     const Message& init) {
  const std::string name =
      "i" + (plan_.same_id ? std::string() : std::to_string(number_)) + "." + plan_.id_domain;
  wire::v2::Id id;
  id.type = IdType::fqdn;
  id.data = as_bytes(name);
  Blob id_body;
  wire::Writer id_writer(id_body);
  id.write(id_writer);

  Blob chain;
  PayloadWriter payloads(chain);
  payloads.add(PayloadType::id_i, id);
  IKE_CHECK(add_proof(provider, payloads, id_body, init));
  Blob spi;
  wire::Writer(spi).u32(random.u32() | 0x100);
  payloads.add(esp_offer(plan_.suite, spi));
  wire::v2::Ts ts_i, ts_r;
  const Address ours = nth(plan_.local_ts, number_);
  ts_i.selectors = {wire::v2::TrafficSelector::of({ours, ours})};
  ts_r.selectors = {wire::v2::TrafficSelector::of(plan_.remote_ts)};
  payloads.add(PayloadType::ts_i, ts_i);
  payloads.add(PayloadType::ts_r, ts_r);

  v2::Sealing sealing;
  sealing.header = header_of(spi_i_, spi_r_, ExchangeType::ike_auth, 1);
  sealing.first = payloads.first();
  sealing.chain = chain;
  const v2::EnvelopeKeys with{plan_.suite, keys_, true};
  IKE_TRY(auto datagrams, v2::Envelope::seal(provider, random, with, sealing));
  return std::move(datagrams.front());
}

Result<void> Initiator::add_proof(crypto::Provider& provider, PayloadWriter& out, Bytes id_body,
                                  const Message& init) const {
  const Blob octets =
      proto::signed_octets(provider, {request_, nonce_r_, plan_.suite.prf, keys_.pi(), id_body});
  if (!plan_.key) {
    const Blob mac = psk_mac(provider, octets);
    out.add(wire::v2::Auth{AuthMethod::psk, mac});
    return {};
  }
  std::vector<SignatureHash> peer_hashes;
  if (const auto* notify = init.notify(NotifyType::signature_hash_algorithms)) {
    IKE_TRY(const auto data, wire::v2::parse_data<wire::v2::SignatureHashes>(*notify));
    peer_hashes.assign(data.hashes.begin(), data.hashes.end());
  }
  IKE_TRY(const auto scheme, crypto::openssl::choose_scheme(plan_.key->kind(), peer_hashes));
  IKE_TRY(const Blob signature, plan_.key->sign(scheme, octets));
  out.add(wire::v2::Auth{scheme.method, signature});
  return {};
}

Result<void> Initiator::on_auth(crypto::Provider& provider, const Message& message) {
  if (const auto* error = message.first_error()) return refused(*error);
  IKE_CHECK(check_proof(provider, message));
  if (!message.sa || !message.ts_i || !message.ts_r) {
    return fail(Fault::refused, "IKE_AUTH response without a Child SA");
  }
  stage_ = Stage::established;
  keys_ = {};
  request_ = response_ = {};
  return {};
}

Result<void> Initiator::check_proof(crypto::Provider& provider, const Message& message) const {
  if (!message.id_r || !message.auth) {
    return fail(Fault::unauthenticated, "IKE_AUTH response without a proof");
  }
  const Blob octets = proto::signed_octets(
      provider, {response_, nonce_i_, plan_.suite.prf, keys_.pr(), message.id_r->body});
  if (message.auth->method == AuthMethod::psk && !plan_.key) {
    if (equal_constant_time(psk_mac(provider, octets), message.auth->data)) return {};
    return fail(Fault::unauthenticated, "the responder's proof is wrong");
  }
  if (!plan_.key) return fail(Fault::unauthenticated, "the responder's proof is of another kind");
  if (plan_.peer_key.empty()) return {};
  return provider.verify(plan_.peer_key, message.auth->method, octets, message.auth->data);
}

//= RFC 7296 section 2.15: AUTH = prf(prf(shared secret, "Key Pad for IKEv2"), octets)
Blob Initiator::psk_mac(crypto::Provider& provider, Bytes octets) const {
  const size_t size = crypto::info_of(plan_.suite.prf)->size;
  Secret padded(size);
  const std::array<Bytes, 1> pad{as_bytes("Key Pad for IKEv2")};
  provider.prf(plan_.suite.prf, plan_.psk.view(), pad, padded.writable());
  Blob mac(size);
  const std::array<Bytes, 1> data{octets};
  provider.prf(plan_.suite.prf, padded.view(), data, mac);
  return mac;
}

}  // namespace ike::load
