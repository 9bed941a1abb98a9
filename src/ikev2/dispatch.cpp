#include "ikev2/dispatch.h"

#include <algorithm>

#include "base/overloaded.h"
#include "ikev2/exchanges/exchange.h"
#include "ikev2/inbox.h"
#include "ikev2/outbox.h"
#include "ikev2/successor.h"
#include "ikev2/upkeep.h"
#include "wire/v2/notify_data.h"

namespace ike::v2 {
namespace {

template <typename State>
bool is_done(const State& state) {
  return std::visit([](const auto& s) { return std::holds_alternative<Done>(s); }, state);
}

bool is_ike_rekey(const wire::v2::Message& m) {
  return m.sa && m.sa->proposals.front().protocol == ProtocolId::ike;
}

bool deletes_ike_sa(const wire::v2::Message& m) {
  return std::ranges::any_of(
      m.deletes, [](const wire::v2::Delete& d) { return d.protocol == ProtocolId::ike; });
}

uint32_t ticket_age(uint32_t now, uint32_t then) { return (now - then) & kTicketSequenceMask; }

// Whether the ticket was issued since the exchange began.
bool current(const IkeSa& sa, uint32_t first, uint32_t sequence) {
  return ticket_age(sa.ticket_sequence, sequence) <= ticket_age(sa.ticket_sequence, first);
}

// What was begun before the IKE SA was closed has no object any more; only its DELETE goes on.
bool orphaned(const IkeSa& sa) {
  return sa.retired || (sa.closing() && !std::holds_alternative<informational_initiator::State>(
                                            sa.own.exchange->state));
}

void drive_own(IkeSa& sa, Host& host, const Event& event) {
  if (!sa.own.exchange) return;
  if (orphaned(sa)) {
    sa.own.exchange.reset();
    return;
  }
  Context ctx{sa, host, Lane::own};
  OwnExchange& x = *sa.own.exchange;
  std::visit([&](auto& s) { s = step(std::move(s), event, ctx); }, x.state);
  if (auto* init = std::get_if<sa_init_initiator::State>(&x.state);
      init != nullptr && std::holds_alternative<sa_init_initiator::Keyed>(*init)) {
    x.first_ticket = sa.ticket_sequence;
    x.state = auth_initiator::begin(ctx);
  }
  if (!is_done(x.state)) return;
  sa.own.exchange.reset();
  for (const EspSpi spi : std::exchange(sa.own.doomed, {})) {
    const ChildSa* const child = sa.child_by_outbound(spi);
    if (child != nullptr) remove_child(ctx, child->inbound, "deleted by the peer");
  }
}

void drive_peer(IkeSa& sa, Host& host, const Event& event) {
  if (!sa.peers.exchange) return;
  if (sa.retired || sa.closing()) {
    sa.peers.exchange.reset();
    return;
  }
  Context ctx{sa, host, Lane::peer};
  PeerExchange& x = *sa.peers.exchange;
  std::visit([&](auto& s) { s = step(std::move(s), event, ctx); }, x.state);
  if (is_done(x.state)) sa.peers.exchange.reset();
}

template <typename State>
void begin_peer(IkeSa& sa, uint32_t first_ticket, State&& state) {
  auto x = std::make_unique<PeerExchange>(PeerExchange{std::forward<State>(state), first_ticket});
  if (!is_done(x->state)) sa.peers.exchange = std::move(x);
}

// A new request of the peer, protected and within the window.
void on_request(IkeSa& sa, Host& host, const MessageIn& m) {
  Context ctx{sa, host, Lane::peer};
  const uint32_t first = sa.ticket_sequence;
  if (m.message.unknown_critical) {
    //= RFC 7296 section 2.5: the request is refused as a whole, by the number of the payload
    Payloads p;
    p.writer.notify(wire::v2::UnsupportedCriticalPayload{*m.message.unknown_critical});
    ctx.answer(m.header.exchange, p);
    return;
  }
  if (sa.heir_of && !deletes_ike_sa(m.message)) inherit_now(sa, host);
  switch (m.header.exchange) {
    case ExchangeType::ike_auth:
      if (sa.initiator || !std::holds_alternative<Authenticating>(sa.life)) return;
      begin_peer(sa, first, auth_responder::begin(ctx, m.message));
      return;
    case ExchangeType::create_child_sa:
      if (sa.established() == nullptr) {
        if (sa.closing()) ctx.answer_error(m.header.exchange, NotifyType::temporary_failure);
        return;
      }
      peer_has_moved_on(ctx);
      if (is_ike_rekey(m.message)) {
        begin_peer(sa, first, rekey_ike_responder::begin(ctx, m.message));
      } else {
        begin_peer(sa, first, child_responder::begin(ctx, m.message));
      }
      return;
    case ExchangeType::informational:
      informational_responder::handle(ctx, m.message);
      peer_has_moved_on(ctx);
      return;
    default: return;
  }
}

void tell_received(const IkeSa& sa, Host& host, const Incoming& in) {
  if (!host.events().wants(events::MessageReceived::kSeverity)) return;
  host.events().emit(events::MessageReceived{
      in.header.spi_i, in.header.exchange, in.header.is_response(), in.header.message_id, in.from,
      in.to, in.octets.size(), sa.connection ? sa.connection->name : std::string()});
}

Result<void> on_clear(IkeSa& sa, Host& host, const Incoming& in) {
  //= RFC 7296 section 2.2: IKE_SA_INIT has message ID 0, and nothing else goes unprotected
  if (!in.header.is_response() || in.header.message_id != MessageId(0) || !sa.own.exchange ||
      !std::holds_alternative<sa_init_initiator::State>(sa.own.exchange->state)) {
    return fail(Fault::refused, "IKE_SA_INIT out of place");
  }
  IKE_TRY(const wire::v2::Message message, wire::v2::parse_message(in.header, in.octets));
  IKE_CHECK(wire::v2::check_protection(in.header, message));
  //= RFC 7296 section 2.5: what we can't understand is no answer; the true one may still come
  if (message.unknown_critical)
    return fail(Fault::refused, "unknown critical payload in an answer");
  if (host.may_tell_unproven()) tell_received(sa, host, in);
  drive_own(sa, host, MessageIn{in.header, message, in.octets});
  return {};
}

// The message is what it claims to be; what is in it may still be nonsense.
Result<void> on_opened(IkeSa& sa, Host& host, const Incoming& in, const Opened& opened) {
  heard(sa, host);
  follow_peer(sa, host, in);
  if (!in.header.is_response()) sa.peers.path = {in.to, in.from};
  if (sa.established() != nullptr || host.may_tell_unproven()) tell_received(sa, host, in);
  const auto message = wire::v2::parse_payloads(opened.first, opened.chain);
  Context ctx{sa, host, in.header.is_response() ? Lane::own : Lane::peer};
  if (!message) {
    //= RFC 7296 section 2.21.3: nonsense that is proven to be the peer's ends the IKE SA
    if (!in.header.is_response()) {
      ctx.answer_error(in.header.exchange, NotifyType::invalid_syntax);
      ctx.fail_sa("the peer's message is malformed");
    } else {
      ctx.request_answered();
      ctx.fail_sa("the peer's answer is malformed");
    }
    return std::unexpected(message.error());
  }
  const MessageIn event{in.header, *message, in.octets};
  if (in.header.is_response()) {
    //= RFC 7296 section 2.5: there is no answer to an answer, so it is as if it had not come
    if (message->unknown_critical) {
      return fail(Fault::refused, "unknown critical payload in an answer");
    }
    drive_own(sa, host, event);
  } else {
    on_request(sa, host, event);
  }
  return {};
}

Result<void> on_protected(IkeSa& sa, Host& host, const Incoming& in) {
  const MessageId id = in.header.message_id;
  if (in.header.is_response()) {
    if (!sa.own.exchange || sa.own.sent.packets.empty() || id != sa.own.next ||
        in.header.exchange != sa.own.sent.exchange) {
      return fail(Fault::refused, "response to nothing");
    }
  } else if (id != sa.peers.next) {
    if (MessageId(id.raw() + 1) == sa.peers.next && !sa.peers.answer.packets.empty()) {
      return repeat_answer(sa, host, in);
    }
    ++host.counters().dropped_out_of_window;
    return fail(Fault::refused, "message ID out of the window");
  } else if (sa.peers.exchange) {
    ++host.counters().requests_dropped_busy;
    return {};
  }
  IKE_TRY(const std::optional<Opened> opened, open_message(sa, host, in));
  if (!opened) return {};  // a fragment, and more to come
  return on_opened(sa, host, in, *opened);
}

void begin_wish(IkeSa& sa, Host& host, Wish wish) {
  Context ctx{sa, host, Lane::own};
  if (sa.closing() && !std::holds_alternative<DeleteIke>(wish) &&
      !std::holds_alternative<ReportAuthFailure>(wish)) {
    return;
  }
  auto x = std::make_unique<OwnExchange>();
  x->first_ticket = sa.ticket_sequence;
  std::visit(overloaded{
                 [&](NewChild& w) { x->state = child_initiator::begin(ctx, std::move(w)); },
                 [&](RekeyChild& w) { x->state = child_initiator::begin(ctx, std::move(w)); },
                 [&](RekeyIke& w) { x->state = rekey_ike_initiator::begin(ctx, w); },
                 [&](auto& w) { x->state = informational_initiator::begin(ctx, w); },
             },
             wish);
  if (!is_done(x->state)) sa.own.exchange = std::move(x);
}

}  // namespace

Result<void> on_message(IkeSa& sa, Host& host, const Incoming& in) {
  //= RFC 7296 section 2.2: the initiator flag tells which of the two counters an ID belongs to
  if (in.header.from_initiator() == sa.initiator) {
    return fail(Fault::refused, "initiator flag does not fit");
  }
  const IkeSpi theirs = sa.initiator ? in.header.spi_r : in.header.spi_i;
  if (in.header.exchange == ExchangeType::ike_sa_init) {
    auto result = on_clear(sa, host, in);
    pump(sa, host);
    return result;
  }
  if (!sa.has_keys() || theirs != sa.peer_spi()) {
    return fail(Fault::refused, "no keys for this message yet");
  }
  auto result = on_protected(sa, host, in);
  pump(sa, host);
  return result;
}

void on_completion(IkeSa& sa, Host& host, const Event& event) {
  const Ticket ticket = std::visit(overloaded{[](const CryptoDone& e) { return e.ticket; },
                                              [](const KeysDone& e) { return e.ticket; },
                                              [](const KernelDone& e) { return e.ticket; },
                                              [](const auto&) { return Ticket(); }},
                                   event);
  const TicketParts parts = parts_of(ticket);
  if (parts.lane == Lane::own) {
    if (sa.own.exchange && current(sa, sa.own.exchange->first_ticket, parts.sequence)) {
      drive_own(sa, host, event);
    }
  } else if (parts.lane == Lane::peer) {
    if (sa.peers.exchange && current(sa, sa.peers.exchange->first_ticket, parts.sequence)) {
      drive_peer(sa, host, event);
    }
  } else if (const auto* done = std::get_if<KernelDone>(&event)) {
    on_liveness_counters(sa, host, done->result);
  }
  pump(sa, host);
}

void on_timers(IkeSa& sa, Host& host) {
  on_due_timers(sa, host);
  pump(sa, host);
}

void retransmit(IkeSa& sa, Host& host) {
  if (!sa.own.exchange || sa.own.sent.packets.empty()) return;
  if (sa.own.retransmission.step() == proto::Retransmission::Due::resend) {
    ++host.counters().requests_retransmitted;
    send_again(host, sa.own.sent, {sa.local, sa.remote});
    set_timer(sa, host, Timer::retransmit, sa.own.retransmission.deadline());
    return;
  }
  ++host.counters().requests_timed_out;
  sa.own.sent.packets.clear();
  drive_own(sa, host, TimedOut{});
}

void on_ports_late(IkeSa& sa, Host& host) {
  const bool own = sa.own.exchange && sa.own.sent.packets.empty();
  if (sa.closing() || (!own && !sa.peers.exchange)) return;
  const Instant due = sa.asked_ports + limits::kPortsAnswerWithin;
  if (due > host.now()) return set_timer(sa, host, Timer::ports, due);
  constexpr std::string_view kWhy = "kernel, keys or crypto do not answer";
  Context ctx{sa, host, Lane::own};
  if (sa.established() == nullptr) return ctx.fail_sa(std::string(kWhy));
  if (own) sa.own.exchange.reset();
  sa.peers.exchange.reset();
  ctx.wish(DeleteIke{std::string(kWhy)});
}

void on_life_over(IkeSa& sa, Host& host) {
  if (sa.closing()) {
    host.retire(sa);
    return;
  }
  if (sa.established() != nullptr) {
    if (sa.replaced) wish(sa, host, DeleteIke{"rekeyed"});
    return;
  }
  if (sa.initiator && sa.own.exchange) {
    drive_own(sa, host, TimedOut{});
  } else {
    Context{sa, host, Lane::peer}.fail_sa("IKE_AUTH did not come in time");
  }
}

void retry_delayed(IkeSa& sa, Host& host) {
  Context ctx{sa, host, Lane::own};
  for (Delayed& d : std::exchange(sa.own.delayed, {})) {
    const auto* deletion = std::get_if<DeleteChild>(&d.wish);
    if (deletion != nullptr && sa.child_by_inbound(deletion->inbound) == nullptr) continue;
    if (d.due > host.now()) {
      ctx.wish_later(std::move(d.wish), d.due - host.now());
    } else {
      ctx.wish(std::move(d.wish));
    }
  }
}

void initiate(IkeSa& sa, Host& host, std::unique_ptr<Handshake> handshake) {
  sa.life = HalfOpen{std::move(handshake)};
  sa.own.exchange = std::make_unique<OwnExchange>();
  sa.own.exchange->first_ticket = sa.ticket_sequence;
  Context ctx{sa, host, Lane::own};
  sa.own.exchange->state = sa_init_initiator::begin(ctx);
}

void set_peer_exchange(IkeSa& sa, std::unique_ptr<PeerExchange> exchange) {
  sa.peers.exchange = std::move(exchange);
}

void wish(IkeSa& sa, Host& host, Wish wish) {
  Context{sa, host, Lane::own}.wish(std::move(wish));
  pump(sa, host);
}

void pump(IkeSa& sa, Host& host) {
  while (!sa.own.exchange && !sa.own.wishes.empty() && !sa.retired &&
         (sa.established() != nullptr || sa.closing())) {
    Wish next = std::move(sa.own.wishes.front());
    sa.own.wishes.erase(sa.own.wishes.begin());
    begin_wish(sa, host, std::move(next));
  }
}

}  // namespace ike::v2
