// Brings what happens to the exchange it belongs to: windows, tickets, retransmission.
#pragma once

#include "ikev2/context.h"

namespace ike::v2 {

struct Incoming {
  Endpoint from;
  Endpoint to;
  const wire::Header& header;
  Bytes octets;  // without a non-ESP marker
};

// A message for this IKE SA.  The error is why it was dropped.
Result<void> on_message(IkeSa& sa, Host& host, const Incoming& in);
// The answer to a ticket of this IKE SA.
void on_completion(IkeSa& sa, Host& host, const Event& event);
void on_timers(IkeSa& sa, Host& host);

// Begins IKE_SA_INIT; endpoints, SPI and connection are set.
void initiate(IkeSa& sa, Host& host, std::unique_ptr<Handshake> handshake);
// Takes over an exchange of the peer that was begun elsewhere (IKE_SA_INIT).
void set_peer_exchange(IkeSa& sa, std::unique_ptr<PeerExchange> exchange);
// Queues what is to be done and begins it when the window is free.
void wish(IkeSa& sa, Host& host, Wish wish);
// Begins what waits for the window.
void pump(IkeSa& sa, Host& host);

// Parts of on_timers.
void retransmit(IkeSa& sa, Host& host);
void on_ports_late(IkeSa& sa, Host& host);
void on_life_over(IkeSa& sa, Host& host);
void retry_delayed(IkeSa& sa, Host& host);

}  // namespace ike::v2
