// What a step works with: its IKE SA and the ways out.  A step has no other.
#pragma once

#include <string_view>

#include "ikev2/event.h"
#include "ikev2/host.h"
#include "ikev2/ike_sa.h"
#include "wire/v2/payload_writer.h"

namespace ike::v2 {

// Which of the two exchanges that an IKE SA can have under way a ticket belongs to.
enum class Lane : uint8_t { own, peer, background };

// The payloads of a message that is being built.
struct Payloads {
  Blob octets;
  wire::v2::PayloadWriter writer{octets};

  Payloads() { octets.reserve(512); }
  Payloads(const Payloads&) = delete;
  Payloads& operator=(const Payloads&) = delete;
};

struct Context {
  IkeSa& sa;
  Host& host;
  Lane lane;

  // ---- slow work; the answer comes back to the lane ----
  Ticket ticket();
  void run(crypto::Job job);
  void ask(model::KeysRequest request);
  void ask(model::KernelRequest request);
  // Nobody waits for the answer.
  void tell(model::KernelRequest request);

  // ---- messages ----
  // Our request in its final form; it is repeated until answered.  IKE_SA_INIT goes in the clear.
  void request(ExchangeType exchange, const Payloads& payloads);
  void request_answered();
  // The answer to the request that is being worked on; ends it.
  void answer(ExchangeType exchange, const Payloads& payloads);
  void answer_error(ExchangeType exchange, NotifyType type);
  void answer_empty(ExchangeType exchange);

  // ---- afterwards ----
  EspSpi reserve_spi();  // for a Child SA to be; adopt_child or abandon_child takes it over
  void wish(Wish wish);  // dropped when it is there already, or there are too many
  void wish_later(Wish wish, Duration from_now);
  void arm(Timer timer, Duration from_now);
  void disarm(Timer timer);
  // Removes everything of it at once; only an answer that was given can still be repeated.
  void close(std::string reason);
  void fail_sa(std::string reason);          // the same, before it was established
  void fail_and_report(std::string reason);  // the same, but the peer must be told first
  std::string policy_name() const { return sa.connection ? sa.connection->name : std::string(); }
};

void set_timer(IkeSa& sa, Host& host, Timer timer, Instant at);
inline constexpr Instant kNever = Instant::max();

// The ticket of the next request: slot, generation, lane and a sequence number.
inline constexpr uint32_t kTicketSequenceMask = 0x3fffff;
Ticket make_ticket(IkeSa& sa, Lane lane);
struct TicketParts {
  uint32_t slot;
  uint16_t generation;
  Lane lane;
  uint32_t sequence;
};
inline constexpr uint32_t kNoSlot = 0xffffff;  // requests of the engine itself
TicketParts parts_of(Ticket ticket);

}  // namespace ike::v2
