#include "ikev2/upkeep.h"

#include <algorithm>

#include "ikev2/child_setup.h"
#include "ikev2/dispatch.h"
#include "ikev2/exchanges/exchange.h"
#include "ikev2/successor.h"

namespace ike::v2 {
namespace {

constexpr Duration kIdleProbe = seconds(300);  // without an IKE message even a quiet peer is asked
constexpr Duration kKeepalive = seconds(20);

void arm_liveness(IkeSa& sa, Host& host) {
  const seconds interval = host.global().dpd_interval;
  set_timer(sa, host, Timer::liveness, interval.count() > 0 ? host.now() + interval : kNever);
}

// Jitter keeps IKE SAs of one age, and the two ends of one, apart.
Duration soft_of(Random& random, seconds hard) {
  return Duration(hard) / 1000 * static_cast<int64_t>(850 + random.below(101));
}

void send_keepalive(IkeSa& sa, Host& host) {
  static const auto packet = std::make_shared<const Blob>(Blob{0xff});
  //= RFC 3948 section 2.3: one octet 0xFF, from the socket of the NAT-T port
  host.send(sa.local, sa.remote, packet);
  ++host.counters().keepalives_sent;
  set_timer(sa, host, Timer::keepalive, host.now() + kKeepalive);
}

void look_for_life(IkeSa& sa, Host& host) {
  arm_liveness(sa, host);
  const Established* e = sa.established();
  if (e == nullptr || sa.replaced) return;
  if (host.now() - sa.last_heard >= kIdleProbe || e->children.empty()) {
    if (host.now() - sa.last_heard >= host.global().dpd_interval) wish(sa, host, Liveness{});
    return;
  }
  model::QuerySas query;
  for (const auto& c : e->children) {
    if (!c->loaded) continue;
    query.sas.push_back({sa.local.address, c->inbound, c->protocol});
    query.sas.push_back({sa.remote.address, c->outbound, c->protocol});
  }
  if (query.sas.empty()) return;
  query.ticket = make_ticket(sa, Lane::background);
  host.submit(std::move(query));
}

}  // namespace

void begin_upkeep(IkeSa& sa, Host& host) {
  sa.last_heard = host.now();
  arm_liveness(sa, host);
  if (sa.nat_here && sa.on_natt_port(host.global().natt_port)) {
    set_timer(sa, host, Timer::keepalive, host.now() + kKeepalive);
  }
  const seconds lifetime = sa.connection->ike_lifetime;
  if (lifetime.count() > 0) {
    set_timer(sa, host, Timer::rekey, host.now() + soft_of(host.random(), lifetime));
  }
}

void heard(IkeSa& sa, Host& host) { sa.last_heard = host.now(); }

void on_liveness_counters(IkeSa& sa, Host& host, const Result<model::KernelAnswer>& answer) {
  Established* const e = sa.established();
  if (!answer || e == nullptr) return;
  bool suspicious = false;
  for (const auto& c : e->children) {
    uint64_t in = c->packets_in, out = c->packets_out;
    for (const model::SaCounters& k : answer->counters) {
      if (k.id.spi == c->inbound && k.id.destination == sa.local.address) in = k.packets;
      if (k.id.spi == c->outbound && k.id.destination == sa.remote.address) out = k.packets;
    }
    // We send, and nothing comes back.
    if (out != c->packets_out && in == c->packets_in) suspicious = true;
    c->packets_in = in;
    c->packets_out = out;
  }
  if (suspicious) wish(sa, host, Liveness{});
}

void on_expired(IkeSa& sa, Host& host, const model::Expired& expired) {
  ChildSa* c = sa.child_by_inbound(expired.id.spi);
  if (c == nullptr || expired.id.destination != sa.local.address) {
    c = sa.child_by_outbound(expired.id.spi);
  }
  if (c == nullptr) return;
  if (expired.hard) {
    const uint16_t index = c->template_index;
    Context{sa, host, Lane::own}.wish(DeleteChild{c->inbound});
    if (sa.connection->active) {
      Context{sa, host, Lane::own}.wish(NewChild{index, {}, KeMethod::none, 0});
    }
    return;
  }
  if (c->state == ChildSa::State::installed && !c->no_rekey) {
    wish(sa, host, RekeyChild{c->inbound, KeMethod::none, 0});
  }
}

void on_due_timers(IkeSa& sa, Host& host) {
  for (size_t i = 0; i < sa.timers.size() && !sa.retired; ++i) {
    if (sa.timers[i] > host.now()) continue;
    sa.timers[i] = kNever;
    switch (static_cast<Timer>(i)) {
      case Timer::retransmit: retransmit(sa, host); break;
      case Timer::life: on_life_over(sa, host); break;
      case Timer::liveness: look_for_life(sa, host); break;
      case Timer::keepalive: send_keepalive(sa, host); break;
      case Timer::rekey: wish(sa, host, RekeyIke{KeMethod::none, 0}); break;
      case Timer::retry: retry_delayed(sa, host); break;
      case Timer::ports: on_ports_late(sa, host); break;
      case Timer::kCount: break;
    }
  }
}

void move_peer(IkeSa& sa, Host& host, const Endpoint& remote) {
  const Endpoint old = sa.remote;
  sa.remote = remote;
  Established* const e = sa.established();
  if (e == nullptr) return;
  // One request for each group of SAs that serve the same flows.
  for (const auto& first : e->children) {
    model::MoveSas request;
    request.reqid = first->reqid;
    for (const auto& c : e->children) {
      if (c->reqid != first->reqid) continue;
      if (&c < &first) break;
      const model::SaId out{old.address, c->outbound, c->protocol};
      std::optional<model::Encapsulation> to, from;
      if (sa.encapsulate) {
        to = model::Encapsulation{sa.local.port, remote.port};
        from = model::Encapsulation{remote.port, sa.local.port};
      }
      if (c->pending_outbound) {
        c->pending_outbound->id.destination = remote.address;
        c->pending_outbound->encapsulation = to;
      } else {
        if (!c->outbound_removed) {
          request.sas.push_back({out, sa.local.address, remote.address, to});
        }
      }
      request.sas.push_back(
          {{sa.local.address, c->inbound, c->protocol}, remote.address, sa.local.address, from});
      host.unwatch_outbound(out);
      host.watch_outbound(sa, {remote.address, c->outbound, c->protocol});
    }
    if (request.sas.empty() || !host.global().coupled) continue;
    request.tunnel_local = sa.local.address;
    request.tunnel_remote = remote.address;
    request.ticket = host.unattended();
    host.submit(std::move(request));
  }
}

// Keys that were in use are not loaded again: their sequence numbers would begin anew.  So what was
// taken out comes back by rekeying.
void set_coupled(IkeSa& sa, Host& host, bool coupled) {
  Established* const e = sa.established();
  if (e == nullptr) return;
  for (const auto& c : e->children) {
    if (!coupled) {
      c->loaded = false;
    } else if (!c->loaded) {
      Context{sa, host, Lane::own}.wish(RekeyChild{c->inbound, KeMethod::none, 0});
    }
  }
  pump(sa, host);
}

void peer_has_moved_on(Context& ctx) {
  Established* const e = ctx.sa.established();
  if (e == nullptr) return;
  for (const auto& c : e->children) install_pending_outbound(ctx, *c);
}

bool being_deleted_by_us(const IkeSa& sa, EspSpi inbound) {
  if (!sa.own.exchange) return false;
  const auto* state = std::get_if<informational_initiator::State>(&sa.own.exchange->state);
  if (state == nullptr) return false;
  const auto* deleting = std::get_if<informational_initiator::AwaitChildDeleted>(state);
  return deleting != nullptr && deleting->inbound == inbound;
}

void install_successor_of(Context& ctx, EspSpi inbound) {
  for (const auto& c : ctx.sa.established()->children) {
    if (c->replaces == inbound) install_pending_outbound(ctx, *c);
  }
}

void begin_closing(Context& ctx, const std::string& reason) {
  IkeSa& sa = ctx.sa;
  if (Established* e = sa.established()) {
    //= RFC 7296 section 2.8.2: the peer's successor has won, whatever became of ours
    if (IkeSa* theirs = rival_successor(ctx)) hand_over(ctx, *theirs);
    forget_rival(ctx);
    const ChildSas children = std::move(e->children);
    e->children.clear();
    for (const auto& c : children) unload_child(ctx, *c, reason);
    --ctx.host.counters().ike_sas_established_current;
  }
  sa.own.wishes.clear();
  sa.own.delayed.clear();
  for (const Timer t : {Timer::liveness, Timer::keepalive, Timer::rekey, Timer::retry}) {
    ctx.disarm(t);
  }
  if (!sa.closing()) sa.life = Closing{reason};
}

void close(IkeSa& sa, Host& host, const std::string& reason, Duration linger) {
  if (sa.retired) return;
  Context ctx{sa, host, Lane::background};
  const bool told = sa.closing() && std::get<Closing>(sa.life).told;
  const bool proven = sa.established() != nullptr || sa.closing() || sa.initiator;
  abandon_all(ctx);
  begin_closing(ctx, reason);
  if (!told && host.events().wants(events::IkeSaGone::kSeverity) &&
      (proven || host.may_tell_unproven())) {
    host.events().emit(events::IkeSaGone{sa.spi_i, sa.remote, ctx.policy_name(), reason});
  }
  std::get<Closing>(sa.life).told = true;
  if (linger > Duration(0) && !sa.peers.answer.packets.empty()) {
    ctx.disarm(Timer::retransmit);
    // What the peer goes on asking does not lengthen it.
    if (!told) ctx.arm(Timer::life, linger);
    return;
  }
  host.retire(sa);
}

}  // namespace ike::v2
