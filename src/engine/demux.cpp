// From a datagram to the IKE SA it is for, or to a counted reason why it is dropped.
#include "engine/core.h"
#include "ikev2/dispatch.h"
#include "ikev2/exchanges/exchange.h"
#include "wire/v2/notify_data.h"

namespace ike::engine {

void Core::on(const Datagram& datagram) {
  ++counters_.messages_received;
  Bytes message = datagram.data;
  if (datagram.to.port == global_.natt_port) {
    const wire::NattDatagram natt = wire::classify_natt(datagram.data);
    if (natt.kind != wire::NattKind::ike) return;
    message = natt.content;
  }
  const auto fields = wire::Header::parse_fields(message);
  if (fields && fields->major() > 2) {
    refuse_version(datagram, *fields);
    return;
  }
  const auto header = wire::Header::parse(message);
  if (!header || header->major() != 2 || !header->spi_i) {
    ++counters_.dropped_malformed;
    ++counters_.messages_dropped;
    if (!header) misbehaved(datagram.from, header.error());
    return;
  }
  if (header->exchange == ExchangeType::ike_sa_init && !header->is_response() && !header->spi_r &&
      header->from_initiator()) {
    on_init_request(datagram, message, *header);
    return;
  }
  const IkeSpi ours = header->from_initiator() ? header->spi_r : header->spi_i;
  v2::IkeSa* const sa = sas_.by_spi(ours);
  if (sa == nullptr || sa->retired) {
    ++counters_.dropped_unknown_spi;
    ++counters_.messages_dropped;
    return;
  }
  if (const auto taken = v2::on_message(*sa, *this, {datagram.from, datagram.to, *header, message});
      !taken) {
    ++counters_.messages_dropped;
    misbehaved(datagram.from, taken.error());
  }
}

//= RFC 7296 section 2.5: a higher major version is answered by the highest that we speak
void Core::refuse_version(const Datagram& datagram, const wire::Header& header) {
  ++counters_.messages_dropped;
  if (header.is_response() || !notify_tokens_.take(now_)) return;
  v2::Payloads p;
  p.writer.notify(NotifyType::invalid_major_version);
  answer_stateless(datagram, v2::sa_init_responder::stateless_answer(header, p));
}

void Core::answer_stateless(const Datagram& datagram, Blob message) {
  if (datagram.to.port == global_.natt_port) {
    message.insert(message.begin(), wire::kNonEspMarkerSize, 0);
  }
  send(datagram.to, datagram.from, std::make_shared<const Blob>(std::move(message)));
}

void Core::misbehaved(const Endpoint& peer, const Error& error) {
  if (error.fault == Fault::unauthenticated) ++counters_.dropped_authentication;
  if (!events_.wants(events::PeerMisbehaved::kSeverity) || !log_tokens_.take(now_)) return;
  events_.emit(events::PeerMisbehaved{peer, error.what, error.at, log_tokens_.suppressed()});
}

uint64_t Core::init_digest(const Datagram& datagram, Bytes message) const {
  const uint64_t digest = hash_.of(hash_.of(datagram.from.address), hash_.of(message));
  return digest == 0 ? 1 : digest;
}

void Core::on_init_request(const Datagram& datagram, Bytes message, const wire::Header& header) {
  const auto drop = [&](uint64_t& counter) {
    ++counter;
    ++counters_.messages_dropped;
  };
  if (!policy_.policy() || shutting_down_) return drop(counters_.dropped_no_policy);
  const uint64_t digest = init_digest(datagram, message);
  if (v2::IkeSa* known = sas_.by_init(digest)) {
    //= RFC 7296 section 2.1: the same request gets the same answer
    if (!known->retired && !known->peers.answer.packets.empty()) {
      ++counters_.responses_retransmitted;
      send(datagram.to, datagram.from, known->peers.answer.packets.front());
    } else {
      ++counters_.requests_dropped_busy;
    }
    return;
  }
  if (header.message_id != MessageId(0)) return drop(counters_.dropped_out_of_window);
  const auto parsed = wire::v2::parse_message(header, message);
  if (!parsed || !wire::v2::check_protection(header, *parsed) || !parsed->nonce) {
    if (!parsed) misbehaved(datagram.from, parsed.error());
    return drop(counters_.dropped_malformed);
  }
  if (!admit(datagram, header, *parsed)) return;
  if (parsed->unknown_critical) {
    if (!notify_tokens_.take(now_)) return;
    v2::Payloads p;
    p.writer.notify(wire::v2::UnsupportedCriticalPayload{*parsed->unknown_critical});
    return answer_stateless(datagram, v2::sa_init_responder::stateless_answer(header, p));
  }
  const v2::sa_init_responder::Request request{datagram.from, datagram.to, header, *parsed,
                                               message};
  const auto verdict = v2::sa_init_responder::judge(*this, request);
  if (const auto* refuse = std::get_if<v2::sa_init_responder::Refuse>(&verdict)) {
    if (!notify_tokens_.take(now_)) return drop(counters_.dropped_overload);
    return answer_stateless(datagram, v2::sa_init_responder::refusal(header, *refuse));
  }
  if (const auto* accept = std::get_if<v2::sa_init_responder::Accept>(&verdict)) {
    return begin_responder(request, *accept, digest);
  }
  drop(counters_.dropped_no_policy);
}

// Cookies and limits, before anything is computed for the request.
bool Core::admit(const Datagram& datagram, const wire::Header& header,
                 const wire::v2::Message& request) {
  const proto::CookieInput input{request.nonce->data, header.spi_i, datagram.from.address};
  bool valid = false;
  if (const auto* n = request.notify(NotifyType::cookie)) {
    valid = cookies_.check(input, n->data, now_);
  }
  const auto verdict = admission_.judge(datagram.from.address, valid);
  if (verdict == proto::Admission::accept && jobs_ < limits::kPendingJobsMax &&
      sas_.size() < limits::kIkeSasMax) {
    return true;
  }
  if (verdict == proto::Admission::demand_cookie) {
    ++counters_.cookies_demanded;
    v2::Payloads p;
    const Blob cookie = cookies_.make(input, now_);
    p.writer.notify(wire::v2::Cookie{cookie});
    answer_stateless(datagram, v2::sa_init_responder::stateless_answer(header, p));
    return false;
  }
  ++counters_.dropped_overload;
  ++counters_.messages_dropped;
  return false;
}

void Core::begin_responder(const v2::sa_init_responder::Request& request,
                           const v2::sa_init_responder::Accept& accept, uint64_t digest) {
  v2::IkeSa* const sa = create_sa(false, draw_ike_spi());
  if (sa == nullptr) return;
  sa->spi_i = request.header.spi_i;
  sa->local = request.to;
  sa->remote = request.from;
  sa->peers.path = {request.to, request.from};
  attach(*sa, accept.connection);
  sa->init_digest = digest;
  sas_.remember_init(digest, *sa);
  sa->half_open_counted = true;
  admission_.add(request.from.address);
  sa->half_open_source = request.from.address;
  counters_.half_open_current = admission_.total();
  v2::Context ctx{*sa, *this, v2::Lane::peer};
  auto x = std::make_unique<v2::PeerExchange>();
  x->first_ticket = sa->ticket_sequence;
  x->state = v2::sa_init_responder::begin(ctx, request, accept.choice);
  v2::set_peer_exchange(*sa, std::move(x));
  ctx.arm(v2::Timer::life, limits::kHalfOpenLifetime);
}

}  // namespace ike::engine
