#include "ikev2/context.h"

#include <algorithm>

#include "ikev2/outbox.h"
#include "ikev2/upkeep.h"

namespace ike::v2 {
namespace {

// So long a failed SA can repeat the answer that told the peer: two retransmissions of its request.
constexpr Duration kLinger = seconds(10);

// What an IKE SA that is closing may still want to say.
bool ends_ike_sa(const Wish& wish) {
  return std::holds_alternative<DeleteIke>(wish) || std::holds_alternative<ReportAuthFailure>(wish);
}

}  // namespace

// slot 24 | generation 16 | lane 2 | sequence 22
Ticket make_ticket(IkeSa& sa, Lane lane) {
  const uint32_t sequence = sa.ticket_sequence;
  sa.ticket_sequence = (sequence + 1) & kTicketSequenceMask;
  return Ticket(uint64_t{sa.slot} << 40 | uint64_t{sa.generation} << 24 |
                static_cast<uint64_t>(lane) << 22 | sequence);
}

TicketParts parts_of(Ticket ticket) {
  const uint64_t t = ticket.raw();
  return {static_cast<uint32_t>(t >> 40), static_cast<uint16_t>(t >> 24),
          static_cast<Lane>(t >> 22 & 3), static_cast<uint32_t>(t) & kTicketSequenceMask};
}

void set_timer(IkeSa& sa, Host& host, Timer timer, Instant at) {
  sa.timers[static_cast<size_t>(timer)] = at;
  host.rearm(sa);
}

Ticket Context::ticket() {
  sa.asked_ports = host.now();
  if (sa.timers[static_cast<size_t>(Timer::ports)] == kNever) {
    arm(Timer::ports, limits::kPortsAnswerWithin);
  }
  return make_ticket(sa, lane);
}

void Context::run(crypto::Job job) { host.submit(ticket(), std::move(job)); }

void Context::ask(model::KeysRequest request) {
  std::visit([this](auto& r) { r.ticket = ticket(); }, request);
  host.submit(std::move(request));
}

void Context::ask(model::KernelRequest request) {
  std::visit([this](auto& r) { r.ticket = ticket(); }, request);
  host.submit(std::move(request));
}

void Context::tell(model::KernelRequest request) {
  std::visit([this](auto& r) { r.ticket = host.unattended(); }, request);
  host.submit(std::move(request));
}

void Context::request(ExchangeType exchange, const Payloads& payloads) {
  const Path path{sa.local, sa.remote};
  sa.own.sent = seal_message(sa, host, {exchange, sa.own.next, false, path}, payloads);
  sa.own.retransmission.start(host.now());
  send_first(sa, host, sa.own.sent, {exchange, sa.own.next, false, path});
  set_timer(sa, host, Timer::retransmit, sa.own.retransmission.deadline());
}

void Context::request_answered() {
  sa.own.next = MessageId(sa.own.next.raw() + 1);
  sa.own.sent.packets.clear();
  sa.own.sent.packets.shrink_to_fit();
  disarm(Timer::retransmit);
}

void Context::answer(ExchangeType exchange, const Payloads& payloads) {
  //= RFC 7296 section 2.11: the answer takes the way back of the request, from where that came in
  const Label label{exchange, sa.peers.next, true, sa.peers.path};
  sa.peers.answer = seal_message(sa, host, label, payloads);
  send_first(sa, host, sa.peers.answer, label);
  sa.peers.next = MessageId(sa.peers.next.raw() + 1);
}

void Context::answer_error(ExchangeType exchange, NotifyType type) {
  Payloads p;
  p.writer.notify(type);
  answer(exchange, p);
}

void Context::answer_empty(ExchangeType exchange) { answer(exchange, Payloads()); }

EspSpi Context::reserve_spi() {
  const EspSpi spi = host.draw_esp_spi(sa);
  sa.reserved_spis.push_back(spi);
  return spi;
}

void Context::wish(Wish wish) {
  if (sa.retired) return;
  auto& queue = sa.own.wishes;
  if (std::holds_alternative<DeleteIke>(wish)) {
    // Nothing that was planned matters any more.
    queue.clear();
    sa.own.delayed.clear();
  } else if (std::holds_alternative<RekeyIke>(wish)) {
    // One at a time, and never lost: the IKE SA would outlive its lifetime.
    if (std::ranges::any_of(queue,
                            [](const Wish& w) { return std::holds_alternative<RekeyIke>(w); }))
      return;
  } else if (std::ranges::find(queue, wish) != queue.end()) {
    return;
  } else if (!std::holds_alternative<DeleteChild>(wish) &&  // at most one for each Child SA
             queue.size() >= limits::kQueuedExchangesMax) {
    return;
  }
  if (sa.closing() && !ends_ike_sa(wish)) return;
  queue.push_back(std::move(wish));
}

void Context::wish_later(Wish wish, Duration from_now) {
  if (sa.retired || sa.closing()) return;
  if (sa.own.delayed.size() >= limits::kQueuedExchangesMax &&
      !std::holds_alternative<RekeyIke>(wish)) {
    return;
  }
  const Instant due = host.now() + from_now;
  sa.own.delayed.push_back({due, std::move(wish)});
  Instant& next = sa.timers[static_cast<size_t>(Timer::retry)];
  if (due < next) set_timer(sa, host, Timer::retry, due);
}

void Context::arm(Timer timer, Duration from_now) {
  set_timer(sa, host, timer, host.now() + from_now);
}

void Context::disarm(Timer timer) { set_timer(sa, host, timer, kNever); }

void Context::close(std::string reason) { v2::close(sa, host, reason, kLinger); }

void Context::fail_sa(std::string reason) {
  ++host.counters().ike_sas_failed;
  v2::close(sa, host, reason, kLinger);
}

void Context::fail_and_report(std::string reason) {
  ++host.counters().ike_sas_failed;
  begin_closing(*this, reason);
  wish(ReportAuthFailure{});
}

}  // namespace ike::v2
