// What keeps an IKE SA going between exchanges, and what ends it.
#pragma once

#include "ikev2/context.h"

namespace ike::v2 {

// Liveness, keepalives and the rekey date of a newly established IKE SA.
void begin_upkeep(IkeSa& sa, Host& host);
// Every timer of the SA that is due.
void on_due_timers(IkeSa& sa, Host& host);
// An authenticated message came.
void heard(IkeSa& sa, Host& host);
void on_liveness_counters(IkeSa& sa, Host& host, const Result<model::KernelAnswer>& answer);
void on_expired(IkeSa& sa, Host& host, const model::Expired& expired);

// The Child SAs leave the kernel; only the DELETE of the IKE SA is still to be answered.
void begin_closing(Context& ctx, const std::string& reason);
// Removes everything of it silently.  `linger`: so long our last answer can still be repeated.
void close(IkeSa& sa, Host& host, const std::string& reason, Duration linger = Duration(0));

// The peer is at another endpoint now: its SAs and flows follow.
void move_peer(IkeSa& sa, Host& host, const Endpoint& remote);
void set_coupled(IkeSa& sa, Host& host, bool coupled);
// A new request shows that the peer has our last answer, and has done what it called for.
void peer_has_moved_on(Context& ctx);

bool being_deleted_by_us(const IkeSa& sa, EspSpi inbound);
// The peer deleted `inbound`: what replaced it may send now.
void install_successor_of(Context& ctx, EspSpi inbound);

}  // namespace ike::v2
