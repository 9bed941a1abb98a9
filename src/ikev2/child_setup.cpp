#include "ikev2/child_setup.h"

#include <algorithm>

#include "crypto/algorithms.h"
#include "ikev2/explain.h"
#include "ikev2/upkeep.h"

namespace ike::v2 {
namespace {

const model::ChildTemplate& template_of(const Context& ctx, uint16_t index) {
  return ctx.sa.connection->children[index];
}

bool is_transport(const model::ChildTemplate& t) { return t.mode == model::Mode::transport; }

uint64_t percent_of(Random& random, uint64_t hard) {
  // 85 to 95 per cent, so that many SAs of one age are not renewed in one moment.
  const uint64_t per_mille = 850 + random.below(101);
  return hard / 1000 * per_mille + hard % 1000 * per_mille / 1000;
}

model::SaLimits draw_limits(Random& random, const model::Lifetime& lifetime) {
  model::SaLimits limits;
  limits.hard_time = lifetime.time;
  limits.hard_bytes = lifetime.bytes;
  if (lifetime.time.count() > 0) {
    limits.soft_time = seconds(
        static_cast<int64_t>(percent_of(random, static_cast<uint64_t>(lifetime.time.count()))));
  }
  if (lifetime.bytes > 0) limits.soft_bytes = percent_of(random, lifetime.bytes);
  return limits;
}

std::optional<model::Encapsulation> encapsulation_of(const IkeSa& sa, bool outbound) {
  if (!sa.encapsulate) return std::nullopt;
  return outbound ? model::Encapsulation{sa.local.port, sa.remote.port}
                  : model::Encapsulation{sa.remote.port, sa.local.port};
}

std::vector<model::FlowSpec> flows_of(const IkeSa& sa, const ChildSa& child) {
  std::vector<model::FlowSpec> flows;
  flows.reserve(child.selectors.size());
  for (const model::SelectorPair& pair : child.selectors) {
    flows.push_back({child.reqid, pair, model::FlowAction::protect, child.protocol, child.mode,
                     sa.local.address, sa.remote.address, 0});
  }
  return flows;
}

void tell_established(Context& ctx, const ChildSa& child, bool rekeyed) {
  ++ctx.host.counters().child_sas_created;
  if (!ctx.host.events().wants(events::ChildSaEstablished::kSeverity)) return;
  model::Suite suite;
  suite.encr = child.algorithms.encr;
  suite.encr_key_bits = child.algorithms.encr_key_bits;
  suite.integ = child.algorithms.integ;
  suite.esn = child.algorithms.esn;
  suite.ke = child.ke;
  model::TrafficSelectors local, remote;
  for (const model::SelectorPair& pair : child.selectors) {
    if (std::ranges::find(local, pair.local) == local.end()) local.push_back(pair.local);
    if (std::ranges::find(remote, pair.remote) == remote.end()) remote.push_back(pair.remote);
  }
  ctx.host.events().emit(events::ChildSaEstablished{
      ctx.sa.spi_i, child.inbound, child.outbound, ctx.policy_name(), suite.text(),
      model::text_of(local), model::text_of(remote), rekeyed});
}

// Null: it was not under way, as while the kernel is decoupled.
std::unique_ptr<Installing> no_longer_installing(IkeSa& sa, EspSpi inbound) {
  const auto it = std::ranges::find(sa.installing, inbound, &Installing::inbound);
  if (it == sa.installing.end()) return nullptr;
  auto was = std::make_unique<Installing>(std::move(*it));
  sa.installing.erase(it);
  return was;
}

// RFC 4303 section 2.1 reserves 0 to 255, and one SPI can't name two SAs of one peer.
bool peer_spi_usable(Context& ctx, uint64_t spi) {
  return spi >= 256 && ctx.sa.child_by_outbound(EspSpi(static_cast<uint32_t>(spi))) == nullptr;
}

// The selectors of the exchange's initiator go into TSi, seen from whoever we are in it.
proto::SelectorSets sets_of(const wire::v2::Message& m, bool we_initiated) {
  proto::SelectorSets sets{proto::from_wire(*m.ts_i), proto::from_wire(*m.ts_r)};
  if (!we_initiated) std::swap(sets.local, sets.remote);
  return sets;
}

// The request fits the template, or the notify that says how it does not.
Agreed try_template(Context& ctx, const wire::v2::Message& request, uint16_t index, bool in_auth) {
  const model::ChildTemplate& t = template_of(ctx, index);
  //= RFC 7296 section 1.3.1: the initiator asks for transport mode, else it is tunnel mode
  const bool transport = request.has(NotifyType::use_transport_mode);
  if (transport != is_transport(t)) {
    return std::unexpected(NotifyType::no_proposal_chosen);
  }
  const proto::NegotiationRules rules{request.ke ? request.ke->method : KeMethod::none, in_auth};
  auto choice = proto::choose(t.proposals, *request.sa, rules);
  if (!choice || !peer_spi_usable(ctx, choice->peer_spi)) {
    return std::unexpected(NotifyType::no_proposal_chosen);
  }
  auto narrowed = proto::narrow(sets_of(request, false), t.selectors);
  if (!narrowed) return std::unexpected(NotifyType::ts_unacceptable);
  return ChildAgreement{index, *std::move(choice), t.mode, *std::move(narrowed)};
}

Blob spi_octets(EspSpi spi) {
  Blob octets;
  wire::Writer(octets).u32(spi.raw());
  return octets;
}

void add_selectors(Payloads& out, const proto::SelectorSets& sets, bool we_initiated) {
  const auto& i = we_initiated ? sets.local : sets.remote;
  const auto& r = we_initiated ? sets.remote : sets.local;
  out.writer.add(PayloadType::ts_i, proto::to_wire(i));
  out.writer.add(PayloadType::ts_r, proto::to_wire(r));
}

}  // namespace

Agreed negotiate_child(Context& ctx, const wire::v2::Message& request, bool in_auth,
                       const ChildSa* rekeyed) {
  if (!request.sa || !request.ts_i || !request.ts_r) {
    return std::unexpected(NotifyType::invalid_syntax);
  }
  const size_t templates = ctx.sa.connection->children.size();
  if (rekeyed != nullptr && rekeyed->template_index < templates) {
    return try_template(ctx, request, rekeyed->template_index, in_auth);
  }
  NotifyType why = NotifyType::no_proposal_chosen;
  for (uint16_t i = 0; i < templates; ++i) {
    Agreed agreed = try_template(ctx, request, i, in_auth);
    if (agreed) return agreed;
    // What got further tells more.
    if (agreed.error() == NotifyType::ts_unacceptable) why = agreed.error();
  }
  const bool transport = request.has(NotifyType::use_transport_mode);
  const auto& all = ctx.sa.connection->children;
  if (std::ranges::none_of(all, [&](const auto& t) { return is_transport(t) == transport; })) {
    if (!all.empty()) explain_mode_refusal(ctx, all.front());
  } else {
    explain_child_refusal(ctx, request, why, in_auth);
  }
  return std::unexpected(why);
}

Agreed accept_child(Context& ctx, const wire::v2::Message& m, const ChildOffer& offer) {
  if (const wire::v2::Notify* error = m.first_error()) return std::unexpected(error->type);
  if (!m.sa || !m.ts_i || !m.ts_r) return std::unexpected(NotifyType::invalid_syntax);
  // A reload may have taken it away.
  if (offer.template_index >= ctx.sa.connection->children.size()) {
    return std::unexpected(NotifyType::no_proposal_chosen);
  }
  const model::ChildTemplate& t = template_of(ctx, offer.template_index);
  //= RFC 7296 section 1.3.1: transport mode only when the responder echoes it; an initiator that
  //= takes nothing else deletes the SA
  if (m.has(NotifyType::use_transport_mode) != is_transport(t)) {
    explain_mode_refusal(ctx, t);
    return std::unexpected(NotifyType::no_proposal_chosen);
  }
  auto choice = proto::accept_answer(t.proposals, *m.sa, {offer.ke, offer.without_ke()});
  if (!choice || !peer_spi_usable(ctx, choice->peer_spi)) {
    return std::unexpected(NotifyType::no_proposal_chosen);
  }
  auto narrowed = proto::accept_narrowed(proto::offer_sets(t.selectors, offer.packet),
                                         sets_of(m, true), t.selectors);
  if (!narrowed) return std::unexpected(NotifyType::ts_unacceptable);
  return ChildAgreement{offer.template_index, *std::move(choice), t.mode, *std::move(narrowed)};
}

void add_child_sa(Context& ctx, Payloads& out, const ChildOffer& offer) {
  const model::ChildTemplate& t = template_of(ctx, offer.template_index);
  if (t.mode == model::Mode::transport) out.writer.notify(NotifyType::use_transport_mode);
  const Blob spi = spi_octets(offer.inbound);
  out.writer.add(proto::offer_payload(t.proposals, spi, {offer.ke, offer.without_ke()}));
}

void add_child_selectors(Context& ctx, Payloads& out, const ChildOffer& offer) {
  const model::ChildTemplate& t = template_of(ctx, offer.template_index);
  add_selectors(out, proto::offer_sets(t.selectors, offer.packet), true);
}

void add_agreed_sa(Payloads& out, const ChildAgreement& agreed, EspSpi inbound) {
  if (agreed.mode == model::Mode::transport) out.writer.notify(NotifyType::use_transport_mode);
  const Blob spi = spi_octets(inbound);
  out.writer.add(proto::answer_payload(agreed.choice, spi));
}

void add_agreed_selectors(Payloads& out, const ChildAgreement& agreed) {
  add_selectors(out, agreed.narrowed.sets, false);
  if (agreed.narrowed.additional_possible) {
    out.writer.notify(NotifyType::additional_ts_possible);
  }
}

Result<KeyedChild> key_child(Context& ctx, const ChildAgreement& agreed, EspSpi inbound,
                             const ChildSecrets& secrets) {
  IkeSa& sa = ctx.sa;
  const model::Suite& suite = agreed.choice.suite;
  if (agreed.template_index >= sa.connection->children.size()) {
    return fail(Fault::refused, "the Child SA is no longer configured");
  }
  IKE_TRY(ChildKeys keys, derive_child_keys(ctx.host.provider(), sa.suite.prf, sa.keys.d(), suite,
                                            {secrets.shared, secrets.ni, secrets.nr}));
  KeyedChild out;
  out.child = std::make_unique<ChildSa>();
  ChildSa& c = *out.child;
  c.mode = agreed.mode;
  c.template_index = agreed.template_index;
  c.inbound = inbound;
  c.outbound = EspSpi(static_cast<uint32_t>(agreed.choice.peer_spi));
  c.reqid = secrets.reqid ? secrets.reqid : ctx.host.reqid_for(sa, agreed.template_index);
  c.ke = suite.ke;
  c.algorithms = {suite.encr, suite.encr_key_bits, suite.integ, suite.esn};
  c.selectors = agreed.narrowed.pairs;

  const model::SaLimits limits =
      draw_limits(ctx.host.random(), template_of(ctx, agreed.template_index).lifetime);
  const auto fill = [&](model::SaSpec& s, model::Direction direction, ChildKeyPair&& pair) {
    const bool outbound = direction == model::Direction::outbound;
    s.id = {outbound ? sa.remote.address : sa.local.address, outbound ? c.outbound : c.inbound,
            c.protocol};
    s.source = outbound ? sa.local.address : sa.remote.address;
    s.direction = direction;
    s.reqid = c.reqid;
    s.mode = c.mode;
    s.algorithms = c.algorithms;
    s.encryption_key = std::move(pair.encryption);
    s.integrity_key = std::move(pair.integrity);
    s.encapsulation = encapsulation_of(sa, outbound);
    s.selectors = c.selectors;
    s.limits = limits;
  };
  //= RFC 7296 section 2.17: first the keys of what the exchange's initiator sends
  const bool first_is_ours = secrets.we_initiated;
  fill(out.outbound, model::Direction::outbound,
       std::move(first_is_ours ? keys.from_initiator : keys.from_responder));
  fill(out.inbound, model::Direction::inbound,
       std::move(first_is_ours ? keys.from_responder : keys.from_initiator));
  return out;
}

NotifyType notify_of(const CryptoDone& failed) {
  const bool malformed = !failed.result && failed.result.error().fault == Fault::malformed;
  return malformed ? NotifyType::invalid_syntax : NotifyType::temporary_failure;
}

bool install_child(Context& ctx, KeyedChild& keyed, Parts parts) {
  if (!ctx.host.global().coupled) return false;
  model::InstallSas request;
  request.connection = ctx.sa.connection->id;
  request.sas.push_back(std::move(keyed.inbound));
  if (parts == Parts::both) {
    request.sas.push_back(std::move(keyed.outbound));
    request.flows = flows_of(ctx.sa, *keyed.child);
  } else {
    keyed.child->pending_outbound = std::make_unique<model::SaSpec>(std::move(keyed.outbound));
  }
  // Should the IKE SA end before the kernel has answered, this is what has to go.
  Installing& pending = ctx.sa.installing.emplace_back(Installing{keyed.child->inbound, {}, {}});
  for (const model::SaSpec& sa : request.sas) pending.sas.push_back(sa.id);
  pending.flows = flows_of(ctx.sa, *keyed.child);
  ctx.host.hold_flows(pending.flows);
  ctx.ask(std::move(request));
  return true;
}

void abandon_all(Context& ctx) {
  while (!ctx.sa.installing.empty()) uninstall_child(ctx, ctx.sa.installing.back().inbound);
  while (!ctx.sa.reserved_spis.empty()) abandon_child(ctx, ctx.sa.reserved_spis.back());
}

ChildSa& adopt_child(Context& ctx, std::unique_ptr<ChildSa> child, Parts parts, bool rekeyed) {
  child->loaded = ctx.host.global().coupled;
  child->state =
      parts == Parts::both ? ChildSa::State::installed : ChildSa::State::inbound_installed;
  ChildSa& c = *child;
  std::erase(ctx.sa.reserved_spis, c.inbound);
  if (!no_longer_installing(ctx.sa, c.inbound)) ctx.host.hold_flows(flows_of(ctx.sa, c));
  ctx.sa.established()->children.push_back(std::move(child));
  ctx.host.watch_outbound(ctx.sa, {ctx.sa.remote.address, c.outbound, c.protocol});
  tell_established(ctx, c, rekeyed);
  return c;
}

void install_pending_outbound(Context& ctx, ChildSa& child) {
  if (!child.pending_outbound || child.state == ChildSa::State::replaced) return;
  if (ctx.host.global().coupled) {
    model::InstallSas request;
    request.connection = ctx.sa.connection->id;
    request.sas.push_back(std::move(*child.pending_outbound));
    request.flows = flows_of(ctx.sa, child);
    ctx.tell(std::move(request));
  }
  child.pending_outbound.reset();
  child.state = ChildSa::State::installed;
  // One of ours that gave way to it has nothing left to do.
  for (const auto& c : ctx.sa.established()->children) {
    if (c.get() != &child && child.replaces && c->replaces == child.replaces && c->made_by_us &&
        c->state == ChildSa::State::replaced) {
      ctx.wish(DeleteChild{c->inbound});
    }
  }
}

bool another_sends(IkeSa& sa, const ChildSa& child) {
  return std::ranges::any_of(sa.established()->children, [&](const auto& c) {
    return c.get() != &child && c->reqid == child.reqid && c->sends();
  });
}

void stop_sending(Context& ctx, ChildSa& child) {
  if (!child.sends()) return;
  model::RemoveSas request;
  request.sas = {{ctx.sa.remote.address, child.outbound, child.protocol}};
  ctx.tell(std::move(request));
  child.outbound_removed = true;
}

void abandon_child(Context& ctx, EspSpi inbound) {
  std::erase(ctx.sa.reserved_spis, inbound);
  if (const auto was = no_longer_installing(ctx.sa, inbound)) {
    static_cast<void>(ctx.host.drop_flows(was->flows));
  }
  ctx.host.release_esp_spi(inbound);
}

void uninstall_child(Context& ctx, EspSpi inbound) {
  if (const auto was = no_longer_installing(ctx.sa, inbound)) {
    model::RemoveSas request;
    request.sas = was->sas;
    request.flows = ctx.host.drop_flows(was->flows);
    ctx.tell(std::move(request));
  }
  abandon_child(ctx, inbound);
}

void remove_child(Context& ctx, EspSpi inbound, std::string_view reason) {
  Established* const e = ctx.sa.established();
  if (e == nullptr) return;
  const auto it =
      std::ranges::find_if(e->children, [&](const auto& c) { return c->inbound == inbound; });
  if (it == e->children.end()) return;
  const std::unique_ptr<ChildSa> child = std::move(*it);
  e->children.erase(it);
  // Nothing else is left to send by, so there is nothing to wait for.
  for (const auto& c : e->children) {
    if (c->replaces == inbound && !another_sends(ctx.sa, *c)) install_pending_outbound(ctx, *c);
  }
  unload_child(ctx, *child, reason);
}

void unload_child(Context& ctx, const ChildSa& c, std::string_view reason) {
  const IkeSa& sa = ctx.sa;
  const model::SaId in{sa.local.address, c.inbound, c.protocol};
  const model::SaId out{sa.remote.address, c.outbound, c.protocol};
  ctx.host.release_esp_spi(c.inbound);
  ctx.host.unwatch_outbound(out);
  model::RemoveSas request;
  request.flows = ctx.host.drop_flows(flows_of(sa, c));
  request.sas = {in, out};
  if (c.loaded) ctx.tell(std::move(request));
  ++ctx.host.counters().child_sas_removed;
  if (ctx.host.events().wants(events::ChildSaGone::kSeverity)) {
    ctx.host.events().emit(events::ChildSaGone{sa.spi_i, c.inbound, c.outbound, ctx.policy_name(),
                                               std::string(reason)});
  }
}

}  // namespace ike::v2
